-- title: Old passwords
-- description: Users who may sign in and whose password was a year old or more when they were last read.
-- subject: user
-- needs: record
SELECT id AS uid, login, display_name, status, password_changed, is_admin, has_mfa, read_at
FROM users
WHERE may_sign_in = 1 AND julianday(read_at) - julianday(password_changed) >= 365
ORDER BY password_changed
