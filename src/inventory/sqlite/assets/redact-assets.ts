import type { DatabaseSync } from 'node:sqlite';
import type { AssetRedaction } from '../../../ports/assets.ts';
import { readLink, readRecord } from './asset-records.ts';

/** Applies a redaction to all devices and users of applications that were stored under another one. */
export function redactAssets(database: DatabaseSync, { device, appUser }: AssetRedaction): void {
  database.function('redact_device', (record) =>
    JSON.stringify(device(readRecord('device', String(record)))),
  );
  database.function('redact_app_user', (record) =>
    JSON.stringify(appUser(readLink('app-users', String(record)))),
  );
  database.exec(`
    UPDATE assets SET record = redact_device(record) WHERE kind = 'device';
    UPDATE asset_links SET record = redact_app_user(record) WHERE kind = 'app-users';
    DELETE FROM links_being_read;
    INSERT INTO device_events_due SELECT id FROM assets WHERE kind = 'device' ON CONFLICT DO NOTHING`);
}
