-- title: Users with weak factors alone
-- description: Users who may sign in and whose usable factors are all security questions, e-mails, text messages or calls.
-- subject: user
-- needs: factors
SELECT id AS uid, login, display_name, status, factor_types, is_admin, last_login
FROM users
WHERE usable_factors > 0 AND strong_factors = 0 AND may_sign_in = 1
ORDER BY login
