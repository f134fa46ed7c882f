/** The name of this sink: in the inventory's keys, in messages, and as `refused_by` of a dead letter. */
export const INTAKE = 'intake';
