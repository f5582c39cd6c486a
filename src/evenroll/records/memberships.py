"""Who may act for which organization: asked when somebody signs in, before any organization is open."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from evenroll.enrollment.roles import ROLES_OF, Role
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records.organizations import current, cursor, kinds_of

_OWN = (
    "SELECT o.key, array_agg(m.role ORDER BY m.role) FROM membership m JOIN organization o ON o.id = m.organization_id "
    "WHERE m.user_id = %s GROUP BY o.key ORDER BY o.key"
)


class UserUnknown(LookupError):
    """No user stands under this actor key."""


class RoleForeign(ValueError):
    """A role was to be given that an organization of this kind does not have."""


def memberships_of(user: ActorKey) -> Mapping[OrganizationKey, frozenset[Role]]:
    """The roles that a user holds, by organization. Raises UserUnknown."""
    user_id = _user_id(user)
    with transaction.atomic(), connection.cursor() as pen:
        # Only the own memberships show; the setting ends with the transaction.
        pen.execute("SELECT set_config('evenroll.user', %s, true)", (str(user_id),))
        pen.execute(_OWN, (user_id,))
        rows = pen.fetchall()
    return {OrganizationKey(key): frozenset(map(Role, roles)) for key, roles in rows}


def give_role(user: ActorKey, *, role: Role) -> None:
    """Give a user a role in the open organization; the same once more changes nothing.

    Raises UserUnknown, RoleForeign.
    """
    opened = current()
    admitted = frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds_of(opened.key)))
    if role not in admitted:
        raise RoleForeign(
            f"{opened.key} has no role {role.value}; its staff can be {', '.join(sorted(admitted))}. Give one of these."
        )
    with cursor() as pen:
        pen.execute(
            "INSERT INTO membership (organization_id, user_id, role) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (opened.id, _user_id(user), role.value),
        )


def _user_id(user: ActorKey) -> int:
    with connection.cursor() as pen:
        pen.execute("SELECT id FROM evenroll_user WHERE key = %s AND is_active", (user,))
        row = pen.fetchone()
    if row is None:
        raise UserUnknown(f"Nobody signs in as {user} here. Add the user, or correct the key.")
    return row[0]
