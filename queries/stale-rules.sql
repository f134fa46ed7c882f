-- title: Group rules that do nothing
-- description: Group rules that are inactive or invalid, or that put users into a group that is gone.
-- subject: rule
-- needs: rules, groups
-- requires: rules
WITH told AS (
  SELECT rule_id, max(is_known = 0) AS has_gone,
    CASE WHEN count(*) = count(is_known)
      THEN json_group_array(group_id ORDER BY group_id) FILTER (WHERE is_known = 0) END AS gone_groups
  FROM rule_groups GROUP BY rule_id
)
SELECT r.id AS uid, r.name, r.status, told.gone_groups, r.all_groups_valid, r.expression, r.last_updated
FROM rules AS r LEFT JOIN told ON told.rule_id = r.id
WHERE r.status IN ('INACTIVE', 'INVALID') OR r.all_groups_valid = 0 OR told.has_gone = 1
ORDER BY r.name
