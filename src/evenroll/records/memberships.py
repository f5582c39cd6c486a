"""Who may act for which organization: asked at every sign-in and command; who gave and took a role is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction

from evenroll.enrollment.roles import ROLES_OF, Role, is_actor_key
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


class KeyUnfit(ValueError):
    """An actor key under which nobody can sign in."""


class Change(StrEnum):
    """What became of a role."""

    GIVEN = "given"
    TAKEN = "taken"


KEY_LETTERS_MAX = 40
"""The longest key of a user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One role of one user in an organization. since, by: when and by whom it was given last, where that was kept."""

    user: ActorKey
    role: Role
    since: datetime | None
    by: str


def members() -> tuple[Member, ...]:
    """Everybody who holds a role in the open organization, by key and role."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT u.key, m.role, change.at, change.by FROM membership m JOIN evenroll_user u ON u.id = m.user_id "
            "LEFT JOIN LATERAL (SELECT at, by FROM membership_change c WHERE c.organization_id = m.organization_id "
            "AND c.user_key = u.key AND c.role = m.role AND c.change = %s ORDER BY c.id DESC LIMIT 1) change ON true "
            "WHERE m.organization_id = %s ORDER BY u.key, m.role",
            (Change.GIVEN.value, current().id),
        ).fetchall()
    return tuple(Member(user=ActorKey(row[0]), role=Role(row[1]), since=row[2], by=row[3] or "") for row in rows)


def is_member(user: str, *, role: Role) -> bool:
    """Whether an active user of this key holds the role in the open organization; capitals make nobody else of them."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT 1 FROM membership m JOIN evenroll_user u ON u.id = m.user_id "
            "WHERE m.organization_id = %s AND m.role = %s AND u.is_active AND lower(u.key) = lower(%s)",
            (current().id, role.value, user.strip()),
        ).fetchone()
    return row is not None


def add_member(user: ActorKey, *, role: Role, by: str, at: datetime) -> bool:
    """Give a role in the open organization to a user, who is made known where that is needed; whether it is new.

    by: the key of whoever gives it. Raises RoleForeign, KeyUnfit.
    """
    if not is_actor_key(user) or len(user) > KEY_LETTERS_MAX:
        raise KeyUnfit(
            f"{user!r} is no key of a user. Take at most {KEY_LETTERS_MAX} letters, digits and the signs . _ : / - ."
        )
    _refuse_foreign(role)
    if is_member(user, role=role):
        return False
    with cursor() as pen:
        # No password opens it: whoever signs in at a page does so by what the door asks for.
        pen.execute(
            "INSERT INTO evenroll_user (key, login_token, password, is_active, is_staff, is_superuser) "
            "VALUES (%s, %s, '!', true, true, false) ON CONFLICT (key) DO NOTHING",
            (user, f"key/{user}"),
        )
    give_role(user, role=role)
    _note(user, role=role, change=Change.GIVEN, by=by, at=at)
    return True


def remove_member(user: ActorKey, *, role: Role, by: str, at: datetime) -> bool:
    """Take a role in the open organization from a user; whether there was one."""
    with cursor() as pen:
        row = pen.execute(
            "DELETE FROM membership m USING evenroll_user u WHERE u.id = m.user_id AND m.organization_id = %s "
            "AND m.role = %s AND lower(u.key) = lower(%s) RETURNING u.key",
            (current().id, role.value, user.strip()),
        ).fetchone()
    if row is None:
        return False
    _note(ActorKey(row[0]), role=role, change=Change.TAKEN, by=by, at=at)
    return True


def _note(user: ActorKey, *, role: Role, change: Change, by: str, at: datetime) -> None:
    with cursor() as pen:
        pen.execute(
            "INSERT INTO membership_change (organization_id, user_key, role, change, by, at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (current().id, user, role.value, change.value, by, at),
        )


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
    _refuse_foreign(role)
    with cursor() as pen:
        pen.execute(
            "INSERT INTO membership (organization_id, user_id, role) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (opened.id, _user_id(user), role.value),
        )


def _refuse_foreign(role: Role) -> None:
    opened = current()
    admitted = frozenset[Role]().union(*(ROLES_OF[kind] for kind in kinds_of(opened.key)))
    if role not in admitted:
        raise RoleForeign(
            f"{opened.key} has no role {role.value}; its staff can be {', '.join(sorted(admitted))}. Give one of these."
        )


def _user_id(user: ActorKey) -> int:
    with connection.cursor() as pen:
        pen.execute("SELECT id FROM evenroll_user WHERE key = %s AND is_active", (user,))
        row = pen.fetchone()
    if row is None:
        raise UserUnknown(f"Nobody signs in as {user} here. Add the user, or correct the key.")
    return row[0]
