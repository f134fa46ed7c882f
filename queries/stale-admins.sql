-- title: Administrators who do not sign in
-- description: Administrators who may sign in and had not done so for 180 days when they were last read; of those who never did, the ones who are that old.
-- subject: user
-- needs: record, roles
SELECT id AS uid, login, display_name, status, last_login, created, has_mfa, read_at
FROM users
WHERE is_admin = 1 AND may_sign_in = 1
  AND julianday(read_at) - julianday(coalesce(last_login, created)) >= 180
ORDER BY last_login
