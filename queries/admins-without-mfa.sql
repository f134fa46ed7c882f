-- title: Administrators without MFA
-- description: Active users who hold an administrator role and were seen without a factor that counts.
-- subject: user
-- needs: factors, roles, group-roles
SELECT id AS uid, login, display_name, status, last_login, read_at
FROM users
WHERE is_active = 1 AND is_admin = 1 AND has_mfa = 0
ORDER BY login
