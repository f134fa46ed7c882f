/**
 * Events that are to be made anew, since something that they say has changed: a device's event names its users and the org,
 * and that of a user names the devices. Triggers note it in the transaction that brings the change, whoever makes it.
 */
export const DUE_EVENTS = `
  CREATE TABLE device_events_due (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TRIGGER devices_come AFTER INSERT ON assets WHEN new.kind = 'device' BEGIN
    INSERT INTO device_events_due VALUES (new.id) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER devices_change AFTER UPDATE OF record ON assets
  WHEN new.kind = 'device' AND json_remove(new.record, '$.lastUpdated') <> json_remove(old.record, '$.lastUpdated') BEGIN
    INSERT INTO device_events_due VALUES (new.id) ON CONFLICT DO NOTHING;
    UPDATE users SET needs_event = 1
      WHERE id IN (SELECT member FROM asset_links WHERE kind = 'device-users' AND owner = new.id);
  END;
  CREATE TRIGGER devices_go AFTER DELETE ON assets WHEN old.kind = 'device' BEGIN
    DELETE FROM device_events_due WHERE id = old.id;
  END;
  CREATE TRIGGER org_is_named AFTER INSERT ON assets WHEN new.kind = 'org' BEGIN
    INSERT INTO device_events_due SELECT id FROM assets WHERE kind = 'device' ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER org_is_renamed AFTER UPDATE OF record ON assets
  WHEN new.kind = 'org' AND json_extract(new.record, '$.companyName') IS NOT json_extract(old.record, '$.companyName') BEGIN
    INSERT INTO device_events_due SELECT id FROM assets WHERE kind = 'device' ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER device_users_come AFTER INSERT ON asset_links WHEN new.kind = 'device-users' BEGIN
    INSERT INTO device_events_due VALUES (new.owner) ON CONFLICT DO NOTHING;
    UPDATE users SET needs_event = 1 WHERE id = new.member;
  END;
  CREATE TRIGGER device_users_go AFTER DELETE ON asset_links WHEN old.kind = 'device-users' BEGIN
    INSERT INTO device_events_due VALUES (old.owner) ON CONFLICT DO NOTHING;
    UPDATE users SET needs_event = 1 WHERE id = old.member;
  END;
  CREATE TRIGGER device_users_known AFTER INSERT ON asset_sets WHEN new.kind = 'device-users' BEGIN
    INSERT INTO device_events_due VALUES (new.owner) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER device_users_are_users AFTER INSERT ON users BEGIN
    INSERT INTO device_events_due
      SELECT owner FROM asset_links WHERE kind = 'device-users' AND member = new.id ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER device_users_are_renamed AFTER UPDATE OF fields ON users
  WHEN json_extract(new.fields, '$.login') IS NOT json_extract(old.fields, '$.login') BEGIN
    INSERT INTO device_events_due
      SELECT owner FROM asset_links WHERE kind = 'device-users' AND member = new.id ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER device_users_are_no_users AFTER DELETE ON users BEGIN
    INSERT INTO device_events_due
      SELECT owner FROM asset_links WHERE kind = 'device-users' AND member = old.id ON CONFLICT DO NOTHING;
  END;`;
