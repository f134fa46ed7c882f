-- title: Group rules that do nothing
-- description: Group rules that are inactive or invalid, or that put users into a group that is gone.
-- subject: rule
-- needs: rules, groups
-- requires: rules
WITH gone AS (
  SELECT rule_id, json_group_array(group_id ORDER BY group_id) AS gone_groups
  FROM rule_groups WHERE is_known = 0 GROUP BY rule_id
)
SELECT r.id AS uid, r.name, r.status, gone.gone_groups, r.all_groups_valid, r.expression, r.last_updated
FROM rules AS r LEFT JOIN gone ON gone.rule_id = r.id
WHERE r.status IN ('INACTIVE', 'INVALID') OR r.all_groups_valid = 0 OR gone.rule_id IS NOT NULL
ORDER BY r.name
