-- title: Administrators whose factors are not known
-- description: Administrators who may sign in, of whom nobody can say whether they have MFA.
-- subject: user
-- needs: roles
SELECT id AS uid, login, display_name, status, last_login,
  (SELECT reason FROM unknown WHERE subject = 'user' AND id = users.id AND lookup = 'factors') AS why
FROM users
WHERE is_admin = 1 AND has_mfa IS NULL AND may_sign_in = 1
ORDER BY login
