-- title: Users of an application
-- description: Everybody who is assigned to an application, and how: directly, through a group, or by what Okta says alone. is_usable says whether it can be opened.
-- subject: user
-- needs: apps, app-users, app-groups, groups, members
-- param: app  id, name or label of an application
-- requires: apps, app-users
WITH app AS MATERIALIZED (
  SELECT id, label FROM apps WHERE id = :app OR lower(name) = lower(:app) OR lower(label) = lower(:app)
), ways AS MATERIALIZED (
  SELECT app.label, a.user_id, a.how, a.group_id, a.is_usable FROM app CROSS JOIN access AS a ON a.app_id = app.id
), found AS (
  SELECT a.user_id, group_concat(DISTINCT a.label ORDER BY a.label) AS apps,
    group_concat(DISTINCT a.how ORDER BY a.how) AS how,
    json_group_array(DISTINCT coalesce(g.name, g.id) ORDER BY coalesce(g.name, g.id))
      FILTER (WHERE g.id IS NOT NULL) AS through_groups,
    CASE WHEN max(a.is_usable) = 1 THEN 1 WHEN count(*) = count(a.is_usable) THEN 0 END AS is_usable
  FROM ways AS a LEFT JOIN groups AS g ON g.id = a.group_id
  GROUP BY a.user_id
)
SELECT u.id AS uid, u.login, u.display_name, u.status, found.apps, found.how, found.through_groups, found.is_usable
FROM found JOIN users AS u ON u.id = found.user_id
ORDER BY u.login
