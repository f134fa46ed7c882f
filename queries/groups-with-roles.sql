-- title: Groups with administrator roles
-- description: Groups that hold an administrator role, and so give it to their members.
-- subject: group
-- needs: groups, group-roles
SELECT g.id AS uid, g.name, g.type, g.members,
  json_group_array(DISTINCT coalesce(r.label, r.type) ORDER BY coalesce(r.label, r.type)) AS roles,
  max(r.is_active) AS is_active
FROM group_roles AS r JOIN groups AS g ON g.id = r.group_id
GROUP BY g.id
ORDER BY g.name
