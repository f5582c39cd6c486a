"""Personal data on the desk: only for a reason, each look kept first, and none for whom it is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from evenroll.accounts.wired import Wired, business_now, use_wired
from evenroll.enrollment.form import FormField, Language
from evenroll.enrollment.papers import LookReason
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import ActorKey, CaseNumber
from evenroll.records.personal_looks import Why, look_at_address, look_at_case, looks
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.runtime.database import DatabaseUrls
from tests.meter_work import at, book_visit
from tests.territory import Premise, Territory
from tests.web.browsing import signed_in_as, staff_of, token_in
from tests.web.test_desk import page_of, working_days

PERSONAL = (FormField.NAME, FormField.SERVICE_ADDRESS, FormField.ACCOUNT_NUMBER)


@pytest.fixture
def premise(web: None, territory: Territory) -> Premise:
    return territory.premise()


@pytest.fixture
def number(premise: Premise, territory: Territory) -> CaseNumber:
    found = territory.apply(premise)
    territory.run()
    return found


def kept(territory: Territory) -> list[tuple[str, str, str, str]]:
    supervisor = Viewer(organization=territory.utility, role=Role.SUPERVISOR)
    return [(each.number, each.look.actor, each.look.reason.value, each.look.what) for each in looks(supervisor)]


def asked_for(asked: Any, address: str, status: int = 200, **said: str) -> str:
    token = token_in(page_of(asked, address))
    answer = asked.post(address, {"csrfmiddlewaretoken": token, **said})
    assert answer.status_code == status
    return unescape(answer.content.decode())


@pytest.mark.parametrize("language", Language)
def test_answers_are_shown_for_a_reason_and_the_look_is_kept(
    premise: Premise, number: CaseNumber, territory: Territory, language: Language
) -> None:
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    desk.get(f"/desk/?lang={language.value}")
    address, before = f"/desk/case/{number}/personal/", kept(territory)
    values = [premise.answers()[each] for each in PERSONAL]
    for shown in (page_of(desk, f"/desk/case/{number}/"), page_of(desk, address)):
        assert [each for each in values if each in unescape(shown)] == []
    # Without a reason, or with a text in place of a number: nothing is shown, nothing is kept.
    for said in ({}, {"reason": "curious"}, {"reason": "settles_identity", "note": "Mrs. Miller called"}):
        shown = asked_for(desk, address, 422, **said)
        assert [each for each in values if each in shown] == []
    assert kept(territory) == before
    shown = asked_for(desk, address, reason="customer_asks", note="CALL-77")
    assert [each for each in values if each not in shown] == []
    assert kept(territory) == [(number, "enrollment_desk-1", "customer_asks", "answers/CALL-77"), *before]
    boss = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    boss.get(f"/desk/?lang={language.value}")
    told = unescape(page_of(boss, "/desk/looks/"))
    assert number in told and "CALL-77" in told and render(LookReason.CUSTOMER_ASKS, language=language) in told
    assert [each for each in values if each in told] == []


@pytest.mark.parametrize(
    "role", [Role.METER_OFFICE, Role.METER_CREW, Role.PROGRAM_MANAGER, Role.REGISTRY_OPERATOR, Role.CUSTOMER]
)
def test_whom_it_does_not_concern_reads_no_answers(number: CaseNumber, territory: Territory, role: Role) -> None:
    organization = territory.registry if role is Role.REGISTRY_OPERATOR else territory.utility
    person = staff_of(organization, role)
    asked = signed_in_as(person)
    assert asked.get(f"/desk/case/{number}/personal/").status_code == 404
    before = kept(territory)
    with pytest.raises(NotForViewer, match="may not read personal data"):
        look_at_case(person.acts, number=number, why=Why(reason=LookReason.SETTLES_IDENTITY))
    if role not in (Role.METER_OFFICE, Role.METER_CREW):
        order = territory.order_of(territory.utility, number).number
        with pytest.raises(NotForViewer):
            look_at_address(person.acts, number=order, why=Why(reason=LookReason.VISITS), now=business_now())
    assert kept(territory) == before


def test_another_organization_reads_nothing_and_nothing_is_kept(number: CaseNumber, territory: Territory) -> None:
    other = staff_of(territory.esco, Role.ENROLLMENT_DESK)
    before = kept(territory)
    asked = signed_in_as(other)
    token = token_in(page_of(asked, "/desk/"))
    said = {"csrfmiddlewaretoken": token, "reason": "settles_identity"}
    assert asked.post(f"/desk/case/{number}/personal/", said).status_code == 404
    assert kept(territory) == before
    assert looks(Viewer(organization=territory.esco, role=Role.SUPERVISOR)) == ()


def test_a_crew_reads_the_address_of_its_order_on_the_day_of_the_visit_only(
    premise: Premise, number: CaseNumber, territory: Territory
) -> None:
    order = territory.order_of(territory.utility, number).number
    day = date.fromisoformat(working_days()[0])
    book_visit(territory, order, on=day, now=business_now())
    crew = signed_in_as(staff_of(territory.utility, Role.METER_CREW))
    address, where = f"/desk/order/{order}/address/", premise.answers()[FormField.SERVICE_ADDRESS]
    assert crew.get(address).status_code == 404
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    assert where in asked_for(office, address, reason="visits")
    before = kept(territory)
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: at(day)))
    shown = asked_for(crew, address, reason="visits")
    assert where in shown and premise.answers()[FormField.NAME] not in shown
    assert kept(territory) == [(number, "meter_crew-1", "visits", f"address/{order}"), *before]


def test_a_look_that_cannot_be_kept_shows_nothing(
    premise: Premise, number: CaseNumber, territory: Territory, django_ready: DatabaseUrls
) -> None:
    from django.db import DataError
    from psycopg import DataError as ColumnTooShort

    actor = replace(staff_of(territory.utility, Role.ENROLLMENT_DESK), actor=ActorKey("desk-9")).acts
    with pytest.raises((DataError, ColumnTooShort)):
        look_at_case(actor, number=number, why=Why(reason=LookReason.SETTLES_IDENTITY, note="x" * 60))
    for statement in ("UPDATE personal_look SET reason = 'law'", "DELETE FROM personal_look", "TRUNCATE personal_look"):
        with psycopg.connect(django_ready.app, autocommit=True) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement)  # pyright: ignore[reportArgumentType]


def test_the_auditor_reads_the_looks_of_all_organizations(
    number: CaseNumber, territory: Territory, django_ready: DatabaseUrls
) -> None:
    actor = staff_of(territory.utility, Role.BILLING).acts
    look_at_case(actor, number=number, why=Why(reason=LookReason.BILLS, note="L-1"))
    assert django_ready.auditor is not None
    with psycopg.connect(django_ready.auditor, autocommit=True) as connection:
        found = connection.execute(
            "SELECT reason, what FROM personal_look WHERE case_number = %s", (number,)
        ).fetchall()
        assert ("bills", "answers/L-1") in found
        with pytest.raises(InsufficientPrivilege):
            connection.execute("SELECT ciphertext FROM personal_record")
