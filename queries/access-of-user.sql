-- title: Applications of a user
-- description: Every application that a user is assigned to, and how: directly, through a group, or by what Okta says alone. is_usable says whether it can be opened.
-- subject: app
-- needs: apps, app-users, app-groups, groups, members
-- param: user  id, login or e-mail address of a user
-- requires: apps, app-users
WITH person AS MATERIALIZED (
  SELECT id FROM users WHERE id = :user OR lower(login) = lower(:user) OR lower(email) = lower(:user)
), ways AS MATERIALIZED (
  SELECT a.app_id, a.how, a.group_id, a.is_usable FROM person CROSS JOIN access AS a ON a.user_id = person.id
), found AS (
  SELECT a.app_id, group_concat(DISTINCT a.how ORDER BY a.how) AS how,
    json_group_array(DISTINCT coalesce(g.name, g.id) ORDER BY coalesce(g.name, g.id))
      FILTER (WHERE g.id IS NOT NULL) AS through_groups,
    CASE WHEN max(a.is_usable) = 1 THEN 1 WHEN count(*) = count(a.is_usable) THEN 0 END AS is_usable
  FROM ways AS a LEFT JOIN groups AS g ON g.id = a.group_id
  GROUP BY a.app_id
)
SELECT p.id AS uid, p.label, p.name, p.status, found.how, found.through_groups, found.is_usable
FROM found JOIN apps AS p ON p.id = found.app_id
ORDER BY p.label
