"""The walls between organizations: every tenant table has one, and nothing is seen outside an organization."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest
from django.db import OperationalError
from psycopg.errors import ExclusionViolation, InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.quantities.identifiers import ActorKey, CustomerId, OrganizationKey
from evenroll.records import queries
from evenroll.records.memberships import RoleForeign, UserUnknown, give_role, memberships_of
from evenroll.records.organizations import (
    OrganizationNotOpen,
    OrganizationUnknown,
    OtherOrganizationOpen,
    cursor,
    kinds_of,
    open_organization,
    organization_keys,
)
from tests.records.invented import CLEARINGHOUSE, ESCO, UTILITY, Urls, new_case_number, open_case, opened, rows, working

pytestmark = pytest.mark.on_16

WALLS = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
    EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.with_check LIKE '%%evenroll_organization()%%')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""

KNOWN_TO_ALL = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "business_clock",
    "django_content_type",
    "django_migrations",
    "draft_paper",
    "draft_count",
    "draft_letter",
    "enrollment_draft",
    "evenroll_user",
    "evenroll_user_groups",
    "evenroll_user_user_permissions",
    "master_key_mark",
    "organization",
    "price_stamp",
    "program_version",
    "seal_checkpoint",
    "seal_tile",
    "seal_tree",
    "staff_sign_in",
    "web_cache",
    "web_count",
    "web_letter",
    "web_passkey",
    "web_session",
    "web_sign_in",
    "web_subject",
    "worker_seen",
}


def test_every_table_with_an_organization_has_its_wall(django_ready: Urls) -> None:
    found = rows(WALLS)
    assert len(found) > 25
    assert [name for name, enabled, forced, checked in found if not (enabled and forced and checked)] == []


def test_every_table_without_an_organization_is_known_to_all_on_purpose() -> None:
    tables = rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    walled = {row[0] for row in rows(WALLS)}
    assert {row[0] for row in tables} - walled == KNOWN_TO_ALL


def test_a_query_outside_an_organization_is_refused_on_full_and_empty_tables(django_ready: Urls) -> None:
    open_case()
    tables = [row[0] for row in rows(WALLS) if row[0] != "membership"]
    with psycopg.connect(django_ready.app, autocommit=True) as connection:
        connection.execute("SELECT set_config('evenroll.organization', '1', true)")
        for table in tables:
            with pytest.raises(InsufficientPrivilege, match="No organization is open"):
                connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))


def test_our_own_cursor_outside_an_organization_is_refused() -> None:
    with pytest.raises(OrganizationNotOpen, match="open_organization"):
        cursor()


def test_one_organization_sees_and_writes_nothing_of_another() -> None:
    case = open_case()
    count = "SELECT count(*) FROM case_record WHERE number = %s"
    assert rows(count, case.number) == [(1,)]
    assert rows(count, case.number, organization=ESCO) == [(0,)]
    with open_organization(UTILITY) as utility:
        pass
    with pytest.raises(InsufficientPrivilege), open_organization(ESCO), cursor() as pen:
        pen.execute(
            "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
            "VALUES (%s, '', '', 0, '')",
            (utility.id,),
        )
    with open_organization(ESCO), cursor() as pen:
        pen.execute("UPDATE case_record SET status = 'active' WHERE number = %s", (case.number,))
        assert pen.rowcount == 0


def test_another_organization_cannot_be_opened_inside() -> None:
    with open_organization(UTILITY):
        with pytest.raises(OtherOrganizationOpen, match="by a message"):
            with open_organization(ESCO):
                pass
        with open_organization(UTILITY) as again:
            assert again.key == UTILITY


def test_an_unknown_organization_is_refused() -> None:
    with pytest.raises(OrganizationUnknown, match="No organization is called"):
        with open_organization(OrganizationKey("nobody")):
            pass


def test_a_batch_is_one_transaction_and_one_bad_row_leaves_the_others() -> None:
    numbers: list[str] = []
    with open_organization(UTILITY):
        for bad in (False, True, False):
            try:
                with working() as uow:
                    case = opened(number := new_case_number())
                    uow.record_case(number, Decided(events=(case,)), expected=None)
                    numbers.append(number)
                    if bad:
                        raise RuntimeError("on purpose")
            except RuntimeError:
                pass
    found = rows("SELECT number FROM case_record WHERE number = ANY(%s)", numbers)
    assert {row[0] for row in found} == {numbers[0], numbers[2]}


def test_organizations_are_listed_by_kind() -> None:
    listed = organization_keys(kind=OrganizationKind.CLEARINGHOUSE)
    assert CLEARINGHOUSE in listed and not {UTILITY, ESCO} & set(listed)


@pytest.mark.parametrize("change", ["UPDATE program_version SET body = ''", "TRUNCATE program_version"])
def test_a_published_program_is_never_changed(change: LiteralString, django_ready: Urls) -> None:
    with psycopg.connect(django_ready.app, autocommit=True) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(change)


def test_service_periods_never_share_a_day() -> None:
    insert = (
        "INSERT INTO service_agreement (organization_id, tile_number, pod, rate, supplier, riders, start_on, end_on) "
        "VALUES (%s, %s, %s, 'standard', 'u', '[]', %s, %s)"
    )
    with pytest.raises(ExclusionViolation), open_organization(UTILITY) as utility, cursor() as pen:
        pen.execute(insert, (utility.id, 77, "LP-77", "2026-01-01", "2026-02-01"))
        pen.execute(insert, (utility.id, 77, "LP-77", "2026-02-01", None))
        pen.execute(insert, (utility.id, 78, "LP-78", "2026-01-01", None))
        pen.execute(insert, (utility.id, 77, "LP-77", "2026-05-01", "2026-06-01"))


def test_a_user_sees_the_own_memberships_before_any_organization_is_open() -> None:
    from evenroll.records.models import User

    first, second = (ActorKey(f"U-{new_case_number()}") for _ in range(2))
    for key in (first, second):
        User.objects.create(key=key, login_token=key, password="!")
    with open_organization(UTILITY):
        give_role(first, role=Role.METER_OFFICE)
        give_role(second, role=Role.BILLING)
    with open_organization(ESCO):
        give_role(first, role=Role.SUPERVISOR)
        with pytest.raises(RoleForeign, match="has no role meter_office"):
            give_role(first, role=Role.METER_OFFICE)
    assert memberships_of(first) == {UTILITY: {Role.METER_OFFICE}, ESCO: {Role.SUPERVISOR}}
    assert memberships_of(second) == {UTILITY: {Role.BILLING}}
    with pytest.raises(UserUnknown, match="Nobody signs in"):
        memberships_of(ActorKey("U-nobody"))


def test_queries_show_a_viewer_what_is_theirs() -> None:
    case = open_case()
    desk = queries.Viewer(organization=UTILITY, role=Role.ENROLLMENT_DESK)
    assert queries.case(desk, number=case.number) == case
    assert queries.timeline(desk, number=case.number)[0].event == "case_opened"
    assert queries.status_counts(desk)["draft"] >= 1 and queries.row_counts(desk)["2b"] >= 1
    assert case.number in {each.stream.key for each in queries.waiting(desk, on=Role.CUSTOMER)}
    for other in (
        queries.Viewer(organization=ESCO, role=Role.ENROLLMENT_DESK),
        queries.Viewer(organization=UTILITY, role=Role.PEER),
        queries.Viewer(organization=UTILITY, role=Role.CUSTOMER),
        queries.Viewer(organization=UTILITY, role=Role.CUSTOMER, customer=CustomerId(7)),
    ):
        with pytest.raises(queries.NotForViewer, match="There is no case"):
            queries.case(other, number=case.number)
    with pytest.raises(queries.NotForViewer, match="may not see queues"):
        queries.waiting(queries.Viewer(organization=UTILITY, role=Role.CUSTOMER, customer=CustomerId(7)))


def test_work_goes_on_after_the_server_ended_the_connection(django_ready: Urls) -> None:
    own = rows("SELECT pg_backend_pid()")[0][0]
    with psycopg.connect(django_ready.app, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))
    with pytest.raises((psycopg.OperationalError, OperationalError)):
        rows("SELECT 1")
    assert rows("SELECT pg_backend_pid()")[0][0] != own


def test_what_belongs_to_nobody_is_read_again_after_the_server_ended_the_connection(django_ready: Urls) -> None:
    """A door that asks who is there first must not fail for good: the next try has a new connection."""
    own = rows("SELECT pg_backend_pid()")[0][0]
    with psycopg.connect(django_ready.app, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))
    with pytest.raises((psycopg.OperationalError, OperationalError)):
        kinds_of(UTILITY)
    assert kinds_of(UTILITY) == {OrganizationKind.UTILITY}
    assert UTILITY in organization_keys()
