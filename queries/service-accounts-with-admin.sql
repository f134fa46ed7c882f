-- title: Service accounts that are administrators
-- description: Users who are no persons and hold an administrator role.
-- subject: user
-- needs: record, roles
SELECT id AS uid, login, email, display_name, user_type, status, has_mfa, last_login
FROM users
WHERE is_person = 0 AND is_admin = 1
ORDER BY login
