"""Who may enter and what he may see: users with roles and collections, their passwords, sessions and keys, and what they did.

Takes names, passwords and keys; gives Principals. Its own SQLite file (`users.db`) in the home; knows no document and no HTTP.
Importing this loads nothing: passwords are compared by argon2, which comes with the first of them.
"""

from ai_chat.users.principal import LOCAL, Principal, Role, Use

__all__ = ["LOCAL", "Principal", "Role", "Use"]
