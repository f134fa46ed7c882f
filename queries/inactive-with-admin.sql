-- title: Administrators who are not active
-- description: Users who hold an administrator role while their status is not ACTIVE.
-- subject: user
-- needs: record, roles
SELECT id AS uid, login, display_name, status, has_mfa, last_login, last_updated
FROM users
WHERE is_active = 0 AND is_admin = 1
ORDER BY login
