-- title: Users who are no persons
-- description: Users without an e-mail address, or whose userType says generic, service or bot; deactivated ones do not count.
-- subject: user
-- needs: record
SELECT id AS uid, login, email, display_name, user_type, status, is_admin, last_login
FROM users
WHERE is_person = 0 AND status <> 'DEPROVISIONED'
ORDER BY login
