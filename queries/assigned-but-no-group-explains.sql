-- title: Assigned through a group that cannot be found
-- description: Users whose assignment to an application comes from a group, says Okta, while none of their groups gives it to them.
-- subject: user
-- needs: apps, app-users, app-groups, groups, members
-- requires: apps, app-users
WITH explained AS MATERIALIZED (
  SELECT a.id, a.label FROM apps AS a
  WHERE a.everyone = 0 AND a.assigned_groups = (
    SELECT count(DISTINCT g.id) FROM app_groups AS ag JOIN groups AS g ON g.id = ag.group_id
    WHERE ag.app_id = a.id AND g.members_known = 1)
), unexplained AS MATERIALIZED (
  SELECT e.id, e.label, x.user_id, x.is_usable FROM explained AS e CROSS JOIN app_users AS x ON x.app_id = e.id
  WHERE x.scope = 'GROUP' AND (e.id, x.user_id) NOT IN (
    SELECT given.id, m.user_id FROM explained AS given CROSS JOIN app_groups AS ag ON ag.app_id = given.id
    CROSS JOIN memberships AS m ON m.group_id = ag.group_id)
)
SELECT u.id AS uid, u.login, u.display_name, u.status,
  json_group_array(DISTINCT coalesce(x.label, x.id) ORDER BY coalesce(x.label, x.id)) AS apps,
  CASE WHEN max(x.is_usable) = 1 THEN 1 WHEN count(*) = count(x.is_usable) THEN 0 END AS is_usable
FROM unexplained AS x
JOIN users AS u ON u.id = x.user_id
WHERE x.user_id NOT IN (SELECT id FROM unknown WHERE subject = 'user' AND lookup = 'groups')
GROUP BY u.id
ORDER BY u.login
