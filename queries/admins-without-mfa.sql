-- title: Administrators without MFA
-- description: Administrators who may sign in and were seen without a factor that counts under MFA_RULE.
-- subject: user
-- needs: factors, roles
SELECT id AS uid, login, display_name, status, factors, last_login, read_at
FROM users
WHERE is_admin = 1 AND has_mfa = 0 AND may_sign_in = 1
ORDER BY login
