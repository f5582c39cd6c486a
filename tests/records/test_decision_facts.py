"""What is read for one decision by one statement: the same as each look-up reads by itself."""

from __future__ import annotations

import json
from datetime import date

import pytest

from evenroll.enrollment.case import Place
from evenroll.programs.program import Unit
from evenroll.quantities.identifiers import CaseNumber
from tests.territory import Territory, new_territory, with_planted_rows

CHANGED_ON = (date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1))


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return with_planted_rows(new_territory())


def test_changes_of_rate_by_our_own_cases_are_counted_alike(territory: Territory) -> None:
    from evenroll.records.decision_facts import facts_for_decision
    from evenroll.records.foreseen import Fact
    from evenroll.records.organizations import current, cursor, open_organization
    from evenroll.records.past_enrollments import rate_changes

    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    case = territory.case(territory.esco, number)
    assert case.pod == premise.pod
    place = Place(family="supply", unit=Unit.USAGE_POINT, unit_key=premise.pod)
    states = [{"price_since": CHANGED_ON[0].isoformat()}]
    states += [{"price_since": "", "leaving": {"switch_on": each.isoformat()}} for each in CHANGED_ON[1:]]
    counted: list[int] = []
    with open_organization(territory.esco), cursor() as pen:
        for at, state in enumerate(states):
            pen.execute(
                "INSERT INTO case_record (organization_id, number, state, status, pod) "
                "VALUES (%s, %s, %s, 'ended', %s)",
                (current().id, f"EARLIER-{at}", json.dumps(state), premise.pod),
            )
        for since_on in (date(2026, 1, 1), *CHANGED_ON):
            told = facts_for_decision(case, place, point=None, released=None, changes_since=since_on)
            by_itself = rate_changes(premise.pod, point=None, on=date.max, since_on=since_on, but=number)
            assert told.told(Fact.CHANGES_AT_POINT, premise.pod) == by_itself
            counted.append(by_itself)
        unasked = facts_for_decision(case, place, point=None, released=None, changes_since=None)
        assert not unasked.knows(Fact.CHANGES_AT_POINT, premise.pod)
    assert counted == [3, 2, 1, 0]


def test_units_and_lockouts_are_found_alike(territory: Territory) -> None:
    from evenroll.records import register
    from evenroll.records.decision_facts import facts_for_decision
    from evenroll.records.foreseen import Fact
    from evenroll.records.gathered import live_families
    from evenroll.records.organizations import current, cursor, open_organization
    from evenroll.records.past_enrollments import lockouts

    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    case = territory.case(territory.utility, number)
    customer = case.proof.customer
    assert customer is not None
    with open_organization(territory.utility), cursor() as pen:
        point = register.point(territory.utility, pod=premise.pod)
        assert point is not None
        for at, (family, live, held) in enumerate((("a", True, False), ("b", False, True), ("c", False, False))):
            pen.execute(
                "INSERT INTO place (organization_id, family, unit_kind, unit_id, case_number, live, held) "
                "VALUES (%s, %s, 'usage_point', %s, %s, %s, %s)",
                (current().id, family, premise.pod, f"OTHER-{at}", live, held),
            )
        ended = [("p", "ended", "2027-01-01"), ("p", "ended", "2028-01-01"), ("q", "ended", None)]
        ended.append(("r", "live", "2029-01-01"))
        for at, (program, status, until) in enumerate(ended):
            pen.execute(
                "INSERT INTO case_record (organization_id, number, state, status, program, customer_id) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                (current().id, f"PAST-{at}", json.dumps({"lockout_ends_on": until}), status, program, customer),
            )
        place = Place(family="a", unit=Unit.USAGE_POINT, unit_key=premise.pod)
        for released in (None, CaseNumber("OTHER-0")):
            told = facts_for_decision(case, place, point=point, released=released, changes_since=None)
            units = register.units_at([point.location], but=released).get(point.location, {})
            assert told.told(Fact.UNITS_AT_LOCATION, point.location) == units
            families = live_families(place, but=number, released=released)
            assert told.told(Fact.FAMILIES_AT_UNIT, (place.unit.value, premise.pod)) == families
            assert told.told(Fact.LOCKOUTS, customer) == lockouts([customer]).get(customer, {})
            assert ({"b"} <= set(units), "c" in units, "a" in families) == (True, False, released is None)
        assert told.told(Fact.LOCKOUTS, customer) == {"p": date(2028, 1, 1)}
