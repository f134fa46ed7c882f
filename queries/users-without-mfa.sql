-- title: Users without MFA
-- description: Users who may sign in and were seen without a factor that counts under MFA_RULE.
-- subject: user
-- needs: factors
SELECT id AS uid, login, display_name, status, is_admin, factors, last_login, read_at
FROM users
WHERE has_mfa = 0 AND may_sign_in = 1
ORDER BY login
