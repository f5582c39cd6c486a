"""The report of an organization on a real database: who came how far, how long it took, why it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, LiteralString

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.ledger import ReverseReason
from evenroll.enrollment.money_commands import NameCredit, RecordPayment, ReverseCredit
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.programs.program_terms import Incentive, IncentivePer
from evenroll.quantities.identifiers import ProgramKey
from tests.meter_work import at
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory


def test_every_case_is_counted_once_where_it_came_to(django_ready: object) -> None:
    from evenroll.records.funnel import funnel
    from evenroll.records.queries import NotForViewer, Viewer

    territory = new_territory()
    ready = [territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(3)]
    first, _second = territory.apply(ready[0]), territory.apply(ready[1])
    unsigned = territory.apply(ready[2], signed_on=None)
    twice = territory.apply(ready[0])
    territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, unsigned, role=Role.CUSTOMER))
    territory.run_through(NOW + days(60))
    assert territory.case(territory.utility, first).status is State.ACTIVE
    assert territory.case(territory.utility, twice).status is State.EXPIRED

    told = funnel(Viewer(organization=territory.utility, role=Role.PROGRAM_MANAGER))
    assert [(each.key, each.reached, each.stopped) for each in told.stages] == [
        ("2", 4, 0),
        ("2b", 4, 0),
        ("3", 4, 1),
        ("4a", 3, 0),
        ("5", 3, 1),
        ("enrolled", 2, 0),
        ("active", 2, 0),
    ]
    times = {each.state: each for each in told.times}
    assert (times[State.NEEDS_ANSWER].times, times[State.NEEDS_ANSWER].now) == (1, 0)
    assert 30 <= times[State.NEEDS_ANSWER].median_days <= 31
    assert times[State.ACTIVE].now == 2
    ends = {each.code: each.cases for each in told.reasons if each.kind == "end"}
    assert ends == {"expired": 1, "withdrawn": 1}
    assert ("no_excluded_program", "curable", 1) in {(each.code, each.outcome, each.cases) for each in told.reasons}
    assert {(each.code, each.count) for each in told.money} == {("closing", 2), ("first", 2)}

    with pytest.raises(NotForViewer, match="Sign in as one of these"):
        funnel(Viewer(organization=territory.utility, role=Role.CUSTOMER))
    assert funnel(Viewer(organization=territory.esco, role=Role.SYSTEM)).stages[0].reached == 0


def test_the_report_agrees_with_what_the_journal_says_counted_another_way(django_ready: object) -> None:
    """Stages by the events' names instead of their moves; bills and credits by the journal instead of their tables."""
    from evenroll.records.funnel import funnel
    from evenroll.records.queries import Viewer

    territory = _with_credits(new_territory())
    told = funnel(Viewer(organization=territory.utility, role=Role.AUDITOR))
    credits_ = {(each.code, each.state): (each.count, each.amount) for each in told.money if each.what == "credit"}
    assert credits_ == {
        ("monthly", "paid"): (1, Decimal("8.50")),
        ("monthly", "reversed"): (1, Decimal("8.50")),
        ("monthly", "earned"): (4, Decimal("34.00")),
    }
    assert {(state, *sums) for (_, state), sums in credits_.items()} == _credits_by_journal(territory)
    bills = {(each.code, each.count, each.amount) for each in told.money if each.what == "bill"}
    assert bills == set(_rows(territory, _BILLED))
    assert tuple(each.reached for each in told.stages) == _rows(territory, _REACHED)[0]
    assert sum(each.stopped for each in told.stages) == _rows(territory, _ENDED)[0][0] == 1
    assert {(each.state.value, each.now) for each in told.times if each.now} == set(_rows(territory, _STANDING))


_REACHED: LiteralString = """
SELECT count(DISTINCT stream_key) FILTER (WHERE event = 'case_opened') AS "2",
    count(DISTINCT stream_key) FILTER (WHERE event = 'provider_answered') AS "2b",
    count(DISTINCT stream_key) FILTER (WHERE event = 'program_chosen') AS "3",
    count(DISTINCT stream_key) FILTER (WHERE event = 'application_completed') AS "4a",
    count(DISTINCT stream_key) FILTER (WHERE event = 'identity_proved') AS "5",
    count(DISTINCT stream_key) FILTER (WHERE event = 'enrolled') AS "enrolled",
    count(DISTINCT stream_key) FILTER (WHERE event = 'activated') AS "active"
FROM journal_entry WHERE organization_id = %s AND stream_kind = 'case'
"""

_ENDED: LiteralString = """
SELECT count(*) FROM case_record WHERE organization_id = %s AND owner IS NULL
"""

_STANDING: LiteralString = """
SELECT status, count(*) FROM case_record WHERE organization_id = %s GROUP BY status
"""

_BILLED: LiteralString = """
SELECT data::json #>> '{bill,kind}', count(*), sum((data::json #>> '{bill,total}')::numeric) FROM journal_entry
WHERE organization_id = %s AND event IN ('closing_bill_issued', 'first_bill_issued') GROUP BY 1
"""

_CREDITED: LiteralString = """
SELECT event, count(*), coalesce(sum((data::json ->> 'usd')::numeric), 0) FROM journal_entry
WHERE organization_id = %s AND event LIKE 'incentive%%' GROUP BY event
"""


def _with_credits(territory: Territory) -> Territory:
    """Two enrollments with three monthly credits each, one of them paid and one taken back; a third one withdrawn."""
    from evenroll.records.published import publish

    monthly = Incentive(code="monthly", usd=Decimal("8.50"), per=IncentivePer.MONTH)
    program = replace(
        territory.night, key=ProgramKey(f"MONEY-{territory.tag}"), events=None, incentives=(monthly,), protection=None
    )
    publish(program)
    ready = [territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(3)]
    paid, reversed_ = territory.apply(ready[0], program=program), territory.apply(ready[1], program=program)
    unsigned = territory.apply(ready[2], program=program, signed_on=None)
    territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, unsigned, role=Role.CUSTOMER))
    now = at(date(2027, 3, 2))
    territory.run_through(now)
    december, january = NameCredit(code="monthly", span="2026-12"), NameCredit(code="monthly", span="2027-01")
    arrived = RecordPayment(code="monthly", span="2026-12", paid_on=date(2027, 3, 1), reference="B-77")
    back = ReverseCredit(code="monthly", span=january.span, reason=ReverseReason.ERROR)
    for name, number, said, role in (
        (CommandName.APPROVE_CREDIT, paid, december, Role.PROGRAM_MANAGER),
        (CommandName.SEND_CREDIT, paid, december, Role.BILLING),
        (CommandName.RECORD_PAYMENT, paid, arrived, Role.BILLING),
        (CommandName.REVERSE_CREDIT, reversed_, back, Role.SUPERVISOR),
    ):
        territory.taken(territory.give(territory.utility, name, number, said, role=role, now=now))
    return territory


def _credits_by_journal(territory: Territory) -> set[tuple[str, int, Decimal]]:
    """What was earned, less what went on, by the events alone; each credit here is of one amount."""
    found: Mapping[str, tuple[int, Decimal]] = {row[0]: (row[1], row[2]) for row in _rows(territory, _CREDITED)}
    each = found["incentive_earned"][1] / found["incentive_earned"][0]
    paid, back = found["incentive_paid"][0], found["incentive_reversed"][0]
    assert found["incentive_sent"] == (paid, each * paid) and found["incentive_reversed"][1] == each * back
    left = found["incentive_earned"][0] - paid - back
    return {("paid", paid, each * paid), ("reversed", back, each * back), ("earned", left, each * left)}


def _rows(territory: Territory, query: LiteralString) -> list[Any]:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        return pen.execute(query, (opened.id,)).fetchall()
