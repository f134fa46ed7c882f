-- title: Applications for everyone
-- description: Active applications that are assigned to the group Everyone, or need no assignment.
-- subject: app
-- needs: apps, app-groups
-- requires: apps
SELECT id AS uid, label, name, sign_on_mode, created, last_updated
FROM apps
WHERE everyone = 1 AND status = 'ACTIVE'
ORDER BY label
