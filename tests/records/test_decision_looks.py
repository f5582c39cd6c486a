"""One statement tells row 5 what three looks would: for whoever asks, the same units, places and lock-outs."""

from __future__ import annotations

import pytest

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, Unit
from evenroll.quantities.identifiers import CaseNumber, PodId, RateKey
from tests.territory import NIGHT_RATE, Territory, days, new_territory, with_planted_rows
from tests.territory_books import Premise
from tests.worker.test_change_program import LATER, active, change, new_of, program


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return with_planted_rows(new_territory())


@pytest.fixture
def ready(territory: Territory) -> Premise:
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)


def compare(territory: Territory, case: Case, *, pod: PodId, released: CaseNumber | None) -> frozenset[str]:
    """The families at the unit, once the one statement and the looks by themselves were found to agree."""
    from evenroll.records import register
    from evenroll.records.decision_facts import facts_for_decision
    from evenroll.records.foreseen import Fact
    from evenroll.records.gathered import live_families
    from evenroll.records.organizations import open_organization
    from evenroll.records.past_enrollments import lockouts

    place = Place(family="any", unit=Unit.USAGE_POINT, unit_key=pod)
    with open_organization(territory.utility):
        point = register.points([pod])[pod]
        facts = facts_for_decision(case, place, point=point, released=released, changes_since=None)
        customer, account = case.proof.customer, case.proof.account
        assert customer is not None and account is not None
        families = live_families(place, but=case.number, released=released)
        units = register.units_at([point.location], but=released).get(point.location, {})
        barred = lockouts([customer]).get(customer, {})
        own = register.accounts([account])[account]
    assert facts.told(Fact.FAMILIES_AT_UNIT, (Unit.USAGE_POINT.value, pod)) == families
    assert facts.told(Fact.UNITS_AT_LOCATION, point.location) == units
    assert facts.told(Fact.LOCKOUTS, customer) == barred
    assert facts.told(Fact.ACCOUNT, account) == own
    assert facts.told(Fact.POINT, case.pod) == point
    return families


def test_one_statement_tells_what_each_look_tells(territory: Territory, ready: Premise) -> None:
    """A live unit, one that is kept for who follows, one that was let go, and a customer who is locked out."""
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = active(territory, ready, first)
    territory.taken(change(territory, number, calm))
    territory.run(LATER)
    old, new = territory.case(territory.utility, number), new_of(territory, number)
    keep(territory, new, pod=ready.pod)
    for case in (old, new):
        for released in (None, old.number, new.number):
            compare(territory, case, pod=ready.pod, released=released)
    other = territory.apply(territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS))
    territory.run()
    stranger = territory.case(territory.utility, other)
    assert compare(territory, stranger, pod=ready.pod, released=None) == {first.family, "kept"}
    assert compare(territory, stranger, pod=ready.pod, released=old.number) == {"kept"}
    # What is kept for the one that follows is nothing beside the one that it follows.
    assert compare(territory, old, pod=ready.pod, released=None) == frozenset()


def keep(territory: Territory, case: Case, *, pod: PodId) -> None:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        pen.execute(
            "INSERT INTO place (organization_id, case_number, family, unit_kind, unit_id, live, held) "
            "VALUES (%s, %s, 'kept', 'usage_point', %s, false, true)",
            (opened.id, case.number, pod),
        )


def test_a_lock_out_is_told_and_a_unit_that_was_let_go_is_not(territory: Territory, ready: Premise) -> None:
    number = territory.apply(ready)
    territory.run_through(LATER)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    from tests.worker.test_leaving import HARDSHIP, leave

    territory.taken(leave(territory, number, HARDSHIP, now=LATER))
    territory.run_through(LATER + days(90), since=LATER)
    case = territory.case(territory.utility, number)
    assert case.status is State.ENDED and case.lockout_ends_on is not None
    assert compare(territory, case, pod=ready.pod, released=None) == frozenset()
    other = territory.apply(territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS))
    territory.run()
    stranger = territory.case(territory.utility, other)
    assert compare(territory, stranger, pod=ready.pod, released=None) == frozenset()
