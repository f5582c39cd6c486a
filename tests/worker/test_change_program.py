"""Another program at the same premise, on the real database: the old ends where the new begins, or stays as it was."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.moving_commands import ChangeProgram
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import check_periods
from evenroll.programs.bill import BillKind
from evenroll.programs.program import ConsentKind, MeterCapability, ProgramVersion
from evenroll.programs.program_terms import ChangeLimit
from evenroll.quantities.identifiers import CaseNumber, ProgramKey, RateKey
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.territory_books import Premise

LATER = NOW + days(100)


def program(territory: Territory, name: str, **changes: object) -> ProgramVersion:
    from evenroll.records.published import publish

    made = replace(
        territory.night, key=ProgramKey(f"{name}-{territory.tag}"), minimum_stay_days=0, lockout_days=0, **changes
    )
    publish(made)
    return made


def active(territory: Territory, premise: Premise, first: ProgramVersion) -> CaseNumber:
    number = territory.apply(premise, program=first)
    territory.run_through(LATER)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    return number


def change(territory: Territory, number: CaseNumber, to: ProgramVersion, **how: object):
    said = ChangeProgram(program=to.key, signed_on=LATER.date(), consents=frozenset(ConsentKind))
    given = {"role": Role.CUSTOMER, "now": LATER, **how}
    return territory.give(territory.utility, CommandName.CHANGE_PROGRAM, number, said, **given)


def new_of(territory: Territory, number: CaseNumber) -> Case:
    follower = territory.case(territory.utility, number).followed_by
    assert follower is not None
    return territory.case(territory.utility, follower)


def live_places(territory: Territory, premise: Premise) -> list[str]:
    from evenroll.records.models import Place
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return list(Place.objects.filter(unit_id=premise.pod, live=True).values_list("case_number", flat=True))


def test_the_old_ends_where_the_new_begins_in_one_order(territory: Territory, ready: Premise) -> None:
    """Rules 8, 9: one order from the old rate to the new, periods tile, one closing and one first bill."""
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = active(territory, ready, first)
    territory.taken(change(territory, number, calm))
    territory.run(LATER)
    new = new_of(territory, number)
    assert new.status is State.ENROLLED, territory.events(territory.utility, new.number)
    assert new.proof.customer == ready.customer and new.opening.replaces == number
    assert new.answers not in (0, territory.case(territory.utility, number).answers)
    assert live_places(territory, ready) == [number]
    territory.run_through(LATER + days(70), since=LATER)
    old, new = territory.case(territory.utility, number), territory.case(territory.utility, new.number)
    assert old.status is State.ENDED and old.ended_because is EndReason.PROGRAM_CHANGED
    assert new.status is State.ACTIVE and old.ended_on == new.price_since
    assert live_places(territory, ready) == [new.number]
    point = territory.point(ready.pod)
    check_periods(point.agreements, pod=ready.pod)
    assert [each.rate for each in point.agreements] == ["LE-R", "LE-EV-TOU", "LE-R"]
    assert point.agreements[-1].start_on == new.price_since
    order = territory.order_of(territory.utility, new.number)
    assert order.closing_bill is not None and order.closing_bill.rate == "LE-EV-TOU"
    assert new.order is not None and [bill.kind for bill in new.order.bills] == [BillKind.CLOSING, BillKind.FIRST]


def test_the_program_of_before_binds_until_its_dates(territory: Territory, ready: Premise) -> None:
    """Rule 17: minimum stay and change count are dates, and a refusal shows them."""
    from evenroll.records.published import publish

    bound = replace(territory.night, key=ProgramKey(f"BOUND-{territory.tag}"))
    publish(bound)
    counted = program(territory, "COUNTED", changes=ChangeLimit(changes_max=1, days=400))
    calm = program(territory, "CALM", rate=RateKey("LE-R"))
    stays = active(territory, ready, bound)
    refused = territory.refused(change(territory, stays, calm))
    assert refused.code is RefusalCode.MINIMUM_STAY and refused.parameters["ends_on"] == "2027-11-02"
    other = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    used = active(territory, other, counted)
    price_since = territory.case(territory.utility, used).price_since
    assert price_since is not None
    refused = territory.refused(change(territory, used, calm))
    assert refused.code is RefusalCode.CHANGES_USED_UP
    assert refused.parameters["ends_on"] == (price_since + timedelta(days=400)).isoformat()
    assert territory.case(territory.utility, used).followed_by is None


def test_a_new_one_that_is_withdrawn_leaves_the_old_as_it_was(territory: Territory, ready: Premise) -> None:
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = active(territory, ready, first)
    before = territory.case(territory.utility, number)
    territory.taken(change(territory, number, calm))
    territory.run(LATER)
    new = new_of(territory, number)
    again = territory.refused(change(territory, number, calm))
    assert again.code is RefusalCode.CHANGE_PENDING and again.parameters["other"] == new.number
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, new.number, role=Role.CUSTOMER, now=LATER))
    territory.run_through(LATER + days(70), since=LATER)
    assert territory.case(territory.utility, new.number).status is State.WITHDRAWN
    old = territory.case(territory.utility, number)
    assert replace(old, followed_by=None) == before and live_places(territory, ready) == [number]
    assert [each.rate for each in territory.point(ready.pod).agreements] == ["LE-R", "LE-EV-TOU"]
    # And another change may be asked for.
    later = LATER + days(70)
    territory.taken(change(territory, number, calm, now=later))


def test_a_new_one_that_is_refused_leaves_the_old_as_it_was(territory: Territory, ready: Premise) -> None:
    first = program(territory, "FIRST")
    closed = program(territory, "HARD", rate=RateKey("LE-R"), max_per_premise=1)
    rules = tuple(
        replace(rule, params=replace(rule.params, values=("commercial",))) if str(rule.id) == "class" else rule
        for rule in closed.rules
    )
    from evenroll.records.published import publish

    hard = replace(closed, key=ProgramKey(f"HARDER-{territory.tag}"), rules=rules)
    publish(hard)
    number = active(territory, ready, first)
    territory.taken(change(territory, number, hard))
    territory.run(LATER)
    assert new_of(territory, number).status is State.REFUSED
    assert territory.case(territory.utility, number).status is State.ACTIVE
    assert live_places(territory, ready) == [number]


def test_a_change_before_the_first_bill_waits(territory: Territory, ready: Premise) -> None:
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = territory.apply(ready, program=first)
    territory.run()
    assert territory.refused(change(territory, number, calm, now=NOW)).code is RefusalCode.CHANGE_AFTER_SWITCH


def test_terms_are_signed_anew(territory: Territory, ready: Premise) -> None:
    """Rule 12: identity is not asked again, terms are."""
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = active(territory, ready, first)
    said = ChangeProgram(program=calm.key, signed_on=LATER.date())
    given = territory.give(territory.utility, CommandName.CHANGE_PROGRAM, number, said, role=Role.CUSTOMER, now=LATER)
    refused = territory.refused(given)
    assert refused.code is RefusalCode.FORM_INCOMPLETE and "consent_terms" in refused.parameters["lacking"]


def test_a_crash_between_the_two_leaves_the_old_as_it_was(territory: Territory, ready: Premise) -> None:
    """Half of a change is never seen: what ends the old and what begins the new are one transaction."""
    from evenroll.actions.change_program import change_program
    from evenroll.ports.outside import Outside
    from evenroll.records.asked import Asked
    from evenroll.records.models import CaseRecord
    from evenroll.records.organizations import open_organization
    from evenroll.records.unit_of_work import unit_of_work

    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = active(territory, ready, first)
    before = territory.case(territory.utility, number)
    with open_organization(territory.utility):
        cases = CaseRecord.objects.count()
    said = ChangeProgram(program=calm.key, signed_on=LATER.date(), consents=frozenset(ConsentKind))
    asked = Asked(number=number, command=said, outside=Outside(entropy=bytes(range(32))))
    with pytest.raises(ZeroDivisionError):
        with unit_of_work(
            territory.utility, actor=territory.actor(territory.utility, Role.CUSTOMER), now=LATER
        ) as work:
            territory.taken(change_program(work, asked=asked))
            raise ZeroDivisionError
    assert territory.case(territory.utility, number) == before
    with open_organization(territory.utility):
        assert CaseRecord.objects.count() == cases


def test_of_change_and_unenroll_at_once_one_story_stands(territory: Territory) -> None:
    """Whoever is first, no premise has two live enrollments, and no customer who leaves is changed meanwhile."""
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    premises = [territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(6)]
    numbers = [territory.apply(each, program=first) for each in premises]
    territory.run_through(LATER)
    for premise, number in zip(premises, numbers, strict=True):
        _at_once(
            lambda number=number: change(territory, number, calm),
            lambda number=number: leave(territory, number),
        )
        old = territory.case(territory.utility, number)
        assert (old.status is State.LEAVING) == (old.followed_by is None)
        assert live_places(territory, premise) == [number]
    territory.run_through(LATER + days(70), since=LATER)
    for premise, number in zip(premises, numbers, strict=True):
        cases = [territory.case(territory.utility, number)]
        if cases[0].followed_by is not None:
            cases.append(new_of(territory, number))
        assert [each.status in LIVE for each in cases].count(True) == len(cases) - 1
        assert len(live_places(territory, premise)) == len(cases) - 1
        check_periods(territory.point(premise.pod).agreements, pod=premise.pod)


def leave(territory: Territory, number: CaseNumber):
    from evenroll.enrollment.leaving_codes import LeaveReason
    from evenroll.enrollment.leaving_commands import Unenroll

    said = Unenroll(reason=LeaveReason.OTHER)
    return territory.give(territory.utility, CommandName.UNENROLL, number, said, role=Role.CUSTOMER, now=LATER)


def _at_once(*works) -> None:
    from django.db import connections

    gate = threading.Barrier(len(works))

    def begin(work) -> None:
        try:
            gate.wait(timeout=20)
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begin, work) for work in works]:
            done.result(timeout=30)
