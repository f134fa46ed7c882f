-- title: Users who do not sign in
-- description: Users who may sign in and had not done so for 90 days when they were last read; those who never did are in never-signed-in.
-- subject: user
-- needs: record
SELECT id AS uid, login, display_name, status, last_login, is_admin, read_at
FROM users
WHERE may_sign_in = 1 AND julianday(read_at) - julianday(last_login) >= 90
ORDER BY last_login
