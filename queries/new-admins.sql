-- title: New administrators
-- description: Administrators who got a role since an instant and still hold it: their own, one of a group that they joined, or one that their group got.
-- subject: user
-- needs: roles
-- param: since  an instant, or a span before now such as 1d
WITH recent AS (
  SELECT at, what, subject_id, object_id, after FROM changes WHERE at >= :since
), held AS (
  SELECT user_id, type, label, role_id, via_group_id FROM held_roles WHERE is_active = 1
), got AS (
  SELECT held.*, c.at FROM recent AS c JOIN held ON held.user_id = c.subject_id AND held.via_group_id IS NULL
  WHERE (c.what = 'role-added' OR (c.what = 'role-status' AND c.after = 'ACTIVE'))
    AND c.object_id IN (held.type, held.role_id, held.label)
  UNION ALL
  SELECT held.*, c.at FROM recent AS c JOIN held ON held.user_id = c.subject_id AND held.via_group_id = c.object_id
  WHERE c.what = 'membership-added'
  UNION ALL
  SELECT held.*, c.at FROM recent AS c JOIN held ON held.via_group_id = c.subject_id
  WHERE (c.what = 'group-role-added' OR (c.what = 'group-role-status' AND c.after = 'ACTIVE'))
    AND c.object_id IN (held.type, held.role_id, held.label)
  UNION ALL
  SELECT held.*, c.at FROM recent AS c JOIN held ON held.user_id = c.subject_id
  WHERE c.what = 'user-appeared'
)
SELECT u.id AS uid, u.login, u.display_name, u.status,
  json_group_array(DISTINCT coalesce(got.label, got.type) ORDER BY coalesce(got.label, got.type)) AS roles,
  json_group_array(DISTINCT coalesce(g.name, g.id) ORDER BY coalesce(g.name, g.id))
    FILTER (WHERE g.id IS NOT NULL) AS through_groups,
  max(got.at) AS seen_at, u.has_mfa
FROM got JOIN users AS u ON u.id = got.user_id LEFT JOIN groups AS g ON g.id = got.via_group_id
WHERE u.is_admin = 1
GROUP BY u.id
ORDER BY seen_at DESC, u.login
