"""Who may act: given and taken with a record of it, and asked at the terminal before anything is done."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.identifiers import ActorKey
from evenroll.records.memberships import (
    KeyUnfit,
    Member,
    RoleForeign,
    add_member,
    is_member,
    members,
    memberships_of,
    remove_member,
)
from evenroll.records.organizations import cursor, open_organization
from evenroll.runtime.cli_exit import CommandEnded, ExitCode
from evenroll.runtime.cli_member import books_of, refuse_stranger
from tests.records.invented import ESCO, UTILITY

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
DESK = Role.ENROLLMENT_DESK


@pytest.fixture
def somebody() -> ActorKey:
    return ActorKey(f"terminal/ana-{secrets.token_hex(4)}")


def test_a_role_is_given_taken_and_given_again_with_a_record_of_each(somebody: ActorKey) -> None:
    with open_organization(UTILITY) as opened:
        assert add_member(somebody, role=DESK, by="terminal/root", at=NOW)
        assert not add_member(somebody, role=DESK, by="terminal/root", at=NOW)
        assert Member(user=somebody, role=DESK, since=NOW, by="terminal/root") in members()
        assert is_member(somebody.upper(), role=DESK) and not is_member(somebody, role=Role.BILLING)
        assert remove_member(somebody, role=DESK, by="terminal/bo", at=NOW + timedelta(days=1))
        assert not remove_member(somebody, role=DESK, by="terminal/bo", at=NOW)
        assert not is_member(somebody, role=DESK)
        assert add_member(somebody, role=DESK, by="terminal/cy", at=NOW + timedelta(days=2))
        with cursor() as pen:
            kept = pen.execute(
                "SELECT change, by FROM membership_change WHERE organization_id = %s AND user_key = %s ORDER BY id",
                (opened.id, somebody),
            ).fetchall()
    assert kept == [("given", "terminal/root"), ("taken", "terminal/bo"), ("given", "terminal/cy")]
    assert memberships_of(somebody) == {UTILITY: {DESK}}


def test_what_was_kept_of_roles_is_changed_by_nobody(somebody: ActorKey) -> None:
    with open_organization(UTILITY):
        add_member(somebody, role=DESK, by="terminal/root", at=NOW)
    for statement in ("UPDATE membership_change SET by = 'me'", "DELETE FROM membership_change"):
        for alias, refused in (("default", InsufficientPrivilege), ("owner", RestrictViolation)):
            with pytest.raises(Exception) as wrong, open_organization(UTILITY, alias=alias), cursor() as pen:
                pen.execute(statement)  # pyright: ignore[reportArgumentType]
            assert isinstance(wrong.value.__cause__ or wrong.value, refused), wrong.value


def test_a_role_that_the_organization_does_not_have_and_a_key_of_nobody_are_refused(somebody: ActorKey) -> None:
    with open_organization(ESCO):
        with pytest.raises(RoleForeign, match="has no role meter_office"):
            add_member(somebody, role=Role.METER_OFFICE, by="terminal/root", at=NOW)
        for key in ("Ana Lopez", "a" * 41, ""):
            with pytest.raises(KeyUnfit, match="is no key of a user"):
                add_member(ActorKey(key), role=DESK, by="terminal/root", at=NOW)


def test_the_terminal_takes_a_role_of_the_staff_from_its_members_only(somebody: ActorKey) -> None:
    def acts(role: Role, *, at=UTILITY) -> None:
        refuse_stranger(Actor(key=somebody, role=role, organization=at))

    with pytest.raises(CommandEnded, match=f"{somebody} is no enrollment_desk of .*evenroll member add") as told:
        acts(DESK)
    assert told.value.code is ExitCode.REFUSED and told.value.reason == "not_a_member"
    with open_organization(UTILITY):
        add_member(somebody, role=DESK, by="terminal/root", at=NOW)
    acts(DESK)
    acts(Role.CUSTOMER)
    for role, organization in ((Role.SUPERVISOR, UTILITY), (DESK, ESCO)):
        with pytest.raises(CommandEnded, match="so nothing was done"):
            acts(role, at=organization)
    assert books_of((ESCO, UTILITY), actor=somebody, role=DESK) == (UTILITY,)
    with pytest.raises(CommandEnded, match="is no supervisor"):
        books_of((ESCO, UTILITY), actor=somebody, role=Role.SUPERVISOR)


def test_an_inactive_user_is_nobody(somebody: ActorKey) -> None:
    with open_organization(UTILITY):
        add_member(somebody, role=DESK, by="terminal/root", at=NOW)
        with cursor() as pen:
            pen.execute("UPDATE evenroll_user SET is_active = false WHERE key = %s", (somebody,))
        assert not is_member(somebody, role=DESK)
