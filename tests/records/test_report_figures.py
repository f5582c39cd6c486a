"""The kept figures of reports: those of the journal after any history, however they were brought there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any, LiteralString

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.report_lines import Entered, Story, Subject, at_share, kept_tenths, lines_of
from tests.records.histories import lived, opening_of
from tests.statements import counted_traffic
from tests.territory import NOW, Territory, days, new_territory

DAY = 86_400


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def caught_up(organization: OrganizationKey, *, limit: int = 2_000) -> int:
    """Seal what is committed, and bring the figures there."""
    from evenroll.records.report_taking import take_all
    from evenroll.records.sealing import seal_all

    seal_all()
    return take_all(organization, limit=limit)


def report_of(organization: OrganizationKey, **chosen: Any) -> Any:
    from evenroll.records.queries import Viewer
    from evenroll.records.report_figures import Chosen, report

    return report(Viewer(organization=organization, role=Role.SUPERVISOR), chosen=Chosen(**chosen))


def counted(organization: OrganizationKey) -> Any:
    """The same from the journal itself."""
    from evenroll.records.funnel import funnel
    from evenroll.records.queries import Viewer

    return funnel(Viewer(organization=organization, role=Role.SUPERVISOR))


def rows_of(organization: OrganizationKey, query: LiteralString) -> list[Any]:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(organization) as opened, cursor() as pen:
        return pen.execute(query, (opened.id,)).fetchall()


def agrees(organization: OrganizationKey) -> None:
    """Kept figures are the journal's, and sums are those of the rows."""
    told, kept = counted(organization), report_of(organization)
    found = kept.funnel
    assert (found.stages, found.times, found.drafts) == (told.stages, told.times, told.drafts)
    assert sorted(map(repr, found.reasons)) == sorted(map(repr, told.reasons))
    assert sum(each.opened for each in kept.channels) == told.stages[0].reached
    assert sum(each.opened for each in kept.languages) == told.stages[0].reached
    assert sum(each.cases for each in kept.uptake) == told.stages[5].reached
    assert set(rows_of(organization, _CELLS)) == set(rows_of(organization, _ROWS_SUMMED))


_CELLS: LiteralString = (
    "SELECT subject, code, extent, month, kind, channel, language, cases::bigint, times::bigint FROM report_cell "
    "WHERE organization_id = %s"
)
_SUBJECTS: LiteralString = "SELECT DISTINCT subject FROM report_cell WHERE organization_id = %s"
_ROWS_SUMMED: LiteralString = (
    "SELECT subject, code, extent, month, kind, channel, language, count(*), sum(times)::bigint FROM report_row "
    "WHERE organization_id = %s GROUP BY 1, 2, 3, 4, 5, 6, 7"
)


@pytest.mark.parametrize("seed", [3, 2026])
def test_kept_figures_are_those_of_the_journal_after_any_history(territory: Territory, seed: int) -> None:
    """Brought there in portions of any size at any moment; and made anew they are the same."""
    from evenroll.records.report_taking import begin_anew, take_portion
    from evenroll.records.sealing import seal_all

    def sometimes(dice: Random) -> None:
        if dice.random() < 0.5:
            seal_all()
            take_portion(territory.utility, limit=dice.randint(1, 9))

    lived(territory, seed=seed, steps=20, after_each=sometimes)
    caught_up(territory.utility, limit=5)
    agrees(territory.utility)
    assert {row[0] for row in rows_of(territory.utility, _SUBJECTS)} == set(Subject)
    before = (rows_of(territory.utility, _CELLS), report_of(territory.utility))
    assert caught_up(territory.utility) == 0
    begin_anew(territory.utility)
    assert caught_up(territory.utility) > 0
    assert sorted(map(repr, rows_of(territory.utility, _CELLS))) == sorted(map(repr, before[0]))
    assert replace(report_of(territory.utility), standing=before[1].standing) == before[1]


def test_figures_say_how_far_they_are(territory: Territory) -> None:
    territory.apply(territory.premise())
    standing = report_of(territory.utility).standing
    assert standing.upto_at is None and standing.behind > 0
    assert report_of(territory.utility).funnel.stages[0].reached == 0
    caught_up(territory.utility)
    standing = report_of(territory.utility).standing
    assert (standing.upto_at, standing.behind) == (NOW, 0)
    territory.run()
    assert report_of(territory.utility).standing.behind > 0


def test_a_choice_takes_its_part_of_the_figures_and_the_parts_make_the_whole(territory: Territory) -> None:
    lived(territory, seed=7, steps=8, after_each=lambda _dice: None)
    later = NOW + days(40)
    territory.taken(
        territory.give(
            territory.utility, CommandName.OPEN_CASE, *opening_of(territory, Random(7), now=later), now=later
        )
    )
    caught_up(territory.utility)
    whole = report_of(territory.utility)
    for name, shares in (("channel", whole.channels), ("language", whole.languages)):
        parts = [report_of(territory.utility, **{name: share.code}) for share in shares]
        assert [part.funnel.stages[0].reached for part in parts] == [share.opened for share in shares]
        for place, stage in enumerate(whole.funnel.stages):
            assert sum(part.funnel.stages[place].reached for part in parts) == stage.reached
            assert sum(part.funnel.stages[place].stopped for part in parts) == stage.stopped
    months = sorted({row[3] for row in rows_of(territory.utility, _CELLS) if row[0] != Subject.PROGRAM})
    by_month = [report_of(territory.utility, since=month, until=month).funnel.stages[0].reached for month in months]
    assert sum(by_month) == whole.funnel.stages[0].reached and len(months) > 1
    assert report_of(territory.utility, kind="rtp").funnel.stages[0].reached == 0


def test_a_portion_takes_as_many_statements_beside_many_cases_as_beside_few(territory: Territory) -> None:
    from evenroll.records.report_taking import take_portion
    from evenroll.records.sealing import seal_all

    def taken(cases: int) -> int:
        for _ in range(cases):
            territory.apply(territory.premise())
        seal_all()
        with counted_traffic() as traffic:
            assert take_portion(territory.utility).entries >= cases
        return traffic.statements

    caught_up(territory.utility)
    taken(1)
    assert taken(1) == taken(6)


def test_nobody_else_reads_the_figures(territory: Territory) -> None:
    from evenroll.records.queries import NotForViewer, Viewer
    from evenroll.records.report_figures import report

    territory.apply(territory.premise())
    caught_up(territory.utility)
    with pytest.raises(NotForViewer, match="Sign in as one of these"):
        report(Viewer(organization=territory.utility, role=Role.CUSTOMER))
    assert report_of(territory.esco).funnel.stages[0].reached == 0
    assert rows_of(territory.esco, _CELLS) == []


@given(st.integers(0, 500 * DAY))
def test_a_length_is_cut_never_lengthened_and_by_a_tenth_at_most(seconds: int) -> None:
    tenths = kept_tenths(seconds)
    assert tenths * DAY / 10 <= seconds
    assert seconds - tenths * DAY / 10 < max(DAY / 10, seconds / 10)
    assert kept_tenths(tenths * DAY / 10) == tenths


@given(st.lists(st.integers(0, 40), min_size=1), st.sampled_from([0.5, 0.9]))
def test_the_length_at_a_share_is_one_of_them_with_the_share_at_or_below_it(lengths: list[int], share: float) -> None:
    found = at_share({each: lengths.count(each) for each in lengths}, share=share)
    assert found in lengths
    assert sum(each <= found for each in lengths) >= share * len(lengths)
    assert sum(each < found for each in lengths) < share * len(lengths)


_STATES = st.sampled_from([each.value for each in (State.DRAFT, State.CHOOSING, State.DECIDING, State.ENROLLED)])


@given(st.lists(st.tuples(_STATES, st.integers(0, 30)), min_size=1))
def test_each_line_of_a_case_is_told_once_and_what_it_left_is_all_but_where_it_stands(
    moves: list[tuple[str, int]],
) -> None:
    entered, at = list[Entered](), NOW
    for state, later in moves:
        at += days(later)
        entered.append(Entered(state=state, at=at, on=at.date()))
    story = Story(
        opened_on=date(2026, 11, 2),
        channel="web",
        language="en",
        kind="tou",
        program="P",
        status=entered[-1].state,
        ended_because="",
        entered=entered,
        held_by=frozenset({("vehicle_known", "curable")}),
    )
    lines = lines_of(story)
    assert len({(each.subject, each.code, each.extent) for each in lines}) == len(lines)
    assert [each.code for each in lines if each.subject is Subject.STATE] == [entered[-1].state]
    changes = sum(one.state != other.state for one, other in pairwise(entered))
    assert sum(each.times for each in lines if each.subject is Subject.LEFT) == changes
    assert [each.code for each in lines if each.subject is Subject.RULE] == ["vehicle_known:curable"]


def test_a_worker_brings_every_organization_further_in_small_portions(territory: Territory) -> None:
    from evenroll.records.report_taking import take_some
    from evenroll.records.sealing import seal_all

    territory.apply(territory.premise())
    territory.apply(territory.premise(), at=territory.esco, program=territory.supply)
    seal_all()
    more = True
    while more:
        _, more = take_some(portions=1)
    for organization in (territory.utility, territory.esco):
        assert report_of(organization).standing.behind == 0
        assert report_of(organization).funnel.stages[0].reached == 1
