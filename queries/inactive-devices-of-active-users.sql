-- title: Inactive devices of active users
-- description: Devices whose status is not ACTIVE and that still belong to an active user.
-- subject: device
-- needs: devices, device-users, record
-- requires: devices
SELECT d.id AS uid, d.name, d.status, d.platform, d.serial_number,
  json_group_array(DISTINCT coalesce(u.login, u.id) ORDER BY coalesce(u.login, u.id)) AS users, d.last_updated
FROM devices AS d
JOIN device_users AS du ON du.device_id = d.id
JOIN users AS u ON u.id = du.user_id AND u.is_active = 1
WHERE d.status <> 'ACTIVE'
GROUP BY d.id
ORDER BY d.name
