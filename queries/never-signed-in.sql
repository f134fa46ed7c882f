-- title: Users who have never signed in
-- description: Users who may sign in and have not done so until they were last read.
-- subject: user
-- needs: record
SELECT id AS uid, login, display_name, status, created, activated, is_admin, read_at
FROM users
WHERE last_login IS NULL AND may_sign_in = 1
ORDER BY created
