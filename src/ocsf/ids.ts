/** Names and numbers of OCSF that all dialects share. */

const DISCOVERY = { category_name: 'Discovery', category_uid: 5 } as const;

export const USER_INVENTORY = {
  ...DISCOVERY,
  class_name: 'User Inventory Info',
  class_uid: 5003,
} as const;

export const DEVICE_INVENTORY = {
  ...DISCOVERY,
  class_name: 'Device Inventory Info',
  class_uid: 5001,
} as const;

/** Everything else that an org has. OCSF's words for it: an inventory from the APIs of cloud services. */
export const RESOURCE_INVENTORY = {
  ...DISCOVERY,
  class_name: 'Cloud Resources Inventory Info',
  class_uid: 5023,
} as const;

/** A row of an alert. */
export const DETECTION_FINDING = {
  category_name: 'Findings',
  category_uid: 2,
  class_name: 'Detection Finding',
  class_uid: 2004,
} as const;

export type EventClass =
  typeof USER_INVENTORY | typeof DEVICE_INVENTORY | typeof RESOURCE_INVENTORY | typeof DETECTION_FINDING;

export const COLLECT = { activity_id: 2, activity_name: 'Collect' } as const;

export const INFORMATIONAL = { severity: 'Informational', severity_id: 1 } as const;

export const ADMIN_TYPE = { type: 'Admin', type_id: 2 } as const;
export const USER_TYPE = { type: 'User', type_id: 1 } as const;
export const SERVICE_TYPE = { type: 'Service', type_id: 4 } as const;

/** OCSF has no account type for Okta: 99 is "Other", which names itself in `type`. */
export const OKTA_ACCOUNT = { type: 'Okta Account', type_id: 99 } as const;
