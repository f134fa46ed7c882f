-- title: Groups without members
-- description: Groups that nobody is in.
-- subject: group
-- needs: groups, members
SELECT id AS uid, name, type, description, has_roles, apps, created, last_membership_updated
FROM groups
WHERE is_empty = 1
ORDER BY name
