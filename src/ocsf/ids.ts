/** Names and numbers of OCSF that every dialect of class 5003 shares. */

export const USER_INVENTORY = {
  category_name: 'Discovery',
  category_uid: 5,
  class_name: 'User Inventory Info',
  class_uid: 5003,
} as const;

export const COLLECT = { activity_id: 2, activity_name: 'Collect' } as const;

export const INFORMATIONAL = { severity: 'Informational', severity_id: 1 } as const;

export const ADMIN_TYPE = { type: 'Admin', type_id: 2 } as const;
export const USER_TYPE = { type: 'User', type_id: 1 } as const;
export const SERVICE_TYPE = { type: 'Service', type_id: 4 } as const;

/** OCSF has no account type for Okta: 99 is "Other", which names itself in `type`. */
export const OKTA_ACCOUNT = { type: 'Okta Account', type_id: 99 } as const;
