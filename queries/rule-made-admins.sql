-- title: Group rules that make administrators
-- description: Active group rules that put users into a group with an administrator role: the rule decides who is one.
-- subject: rule
-- needs: rules, groups, group-roles
-- requires: rules
SELECT r.id AS uid, r.name, r.expression,
  json_group_array(DISTINCT coalesce(g.name, g.id) ORDER BY coalesce(g.name, g.id)) AS into_groups,
  json_group_array(DISTINCT coalesce(gr.label, gr.type) ORDER BY coalesce(gr.label, gr.type)) AS roles, r.last_updated
FROM rules AS r
JOIN rule_groups AS rg ON rg.rule_id = r.id
JOIN groups AS g ON g.id = rg.group_id
JOIN group_roles AS gr ON gr.group_id = rg.group_id AND gr.is_active = 1
WHERE r.status = 'ACTIVE'
GROUP BY r.id
ORDER BY r.name
