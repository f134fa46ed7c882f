-- title: Administrators
-- description: All administrators, with their active roles and the groups through which they hold them.
-- subject: user
-- needs: roles
WITH held AS (
  SELECT r.user_id, json_group_array(DISTINCT coalesce(r.label, r.type) ORDER BY coalesce(r.label, r.type)) AS roles,
    json_group_array(DISTINCT coalesce(g.name, g.id) ORDER BY coalesce(g.name, g.id))
      FILTER (WHERE g.id IS NOT NULL) AS through_groups
  FROM held_roles AS r LEFT JOIN groups AS g ON g.id = r.via_group_id
  WHERE r.is_active = 1 GROUP BY r.user_id
)
SELECT u.id AS uid, u.login, u.display_name, u.status, held.roles, held.through_groups, u.has_mfa, u.last_login
FROM users AS u LEFT JOIN held ON held.user_id = u.id
WHERE u.is_admin = 1
ORDER BY u.login
