-- title: Applications that nobody uses
-- description: Applications to which no user and no group is assigned.
-- subject: app
-- needs: apps, app-users, app-groups
-- requires: apps, app-users
SELECT id AS uid, label, name, status, sign_on_mode, created, last_updated
FROM apps
WHERE assigned_users = 0 AND assigned_groups = 0 AND everyone = 0
ORDER BY label
