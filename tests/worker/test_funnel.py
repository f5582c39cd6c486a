"""The report of an organization on a real database: who came how far, how long it took, why it stopped."""

from __future__ import annotations

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from tests.territory import NIGHT_RATE, NOW, days, new_territory


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
