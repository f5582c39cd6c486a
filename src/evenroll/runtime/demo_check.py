"""The check of the demo: what the script expects of every application against what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.event import event_kind
from evenroll.enrollment.form import Language
from evenroll.enrollment.moving_events import ProgramChangeAsked
from evenroll.enrollment.rows import Row
from evenroll.programs.program import Track
from evenroll.programs.rules import Outcome
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.runtime.cli_case_view import CaseView, view_case
from evenroll.runtime.demo_run import DemoRun
from evenroll.runtime.demo_script import Scenario, load_script
from evenroll.runtime.demo_shown import codes_of_entries

_TRACKS = {"equipment": Track.EQUIPMENT, "device": Track.DEVICE, "setup": Track.SETUP, "supply": Track.SUPPLY}


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One application. actual: of the same keys as expected, as far as they are there.

    home: the provider in whose books the case goes on; rows: of the use case that it has been through.
    """

    scenario: Scenario
    number: CaseNumber | None
    expected: Mapping[str, Any]
    actual: Mapping[str, Any]
    home: str = ""
    rows: frozenset[str] = frozenset()

    @property
    def equal(self) -> bool:
        """Whether all that was expected came."""
        return dict(self.expected) == dict(self.actual)

    @property
    def differences(self) -> tuple[str, ...]:
        """Each key that differs, in words."""
        return tuple(
            f"{key}: expected {self.expected[key]!r}, got {self.actual.get(key)!r}"
            for key in self.expected
            if self.expected[key] != self.actual.get(key)
        )


def check(run: DemoRun, *, organizations: Iterable[OrganizationKey]) -> tuple[Checked, ...]:
    """Every application of the script, in its order."""
    keys = tuple(organizations)
    return tuple(_checked(each, run, keys) for each in load_script())


def _checked(scenario: Scenario, run: DemoRun, keys: tuple[OrganizationKey, ...]) -> Checked:
    number = run.cases.get(scenario.key)
    here = tuple(key for key in keys if key in scenario.territory.organizations)
    view = view_case(number, organizations=here, language=Language.EN) if number else None
    if view is None:
        row = run.results.get(scenario.key)
        actual: dict[str, Any] = {"bad_row": [each["code"] for each in row.problems]} if row else {}
    else:
        actual = _actual(view, here)
        # Of what it went through only what the script names is compared: a timeline is long.
        went = {each.event for each in view.timeline}
        actual["went"] = [each for each in scenario.expect.get("went", ()) if each in went]
    actual["shows"] = _shown(scenario, run, view, here)
    told = {key: actual[key] for key in scenario.expect if key in actual}
    return Checked(
        scenario=scenario,
        number=number,
        expected=scenario.expect,
        actual=told,
        home=view.case.organization if view else "",
        rows=_rows(view) if view else frozenset(),
    )


def _shown(scenario: Scenario, run: DemoRun, view: CaseView | None, keys: tuple[OrganizationKey, ...]) -> list[str]:
    """Of the codes that the script names, those that it came to: in its journal, or as the rules told the cast.

    A case that another program was asked for in counts with the case of that program.
    """
    wanted = scenario.expect.get("shows", ())
    if not wanted:
        return []
    codes = run.told.get(scenario.key, set()) | (codes_of_entries(view.entries) if view else set())
    for number in _asked_for(view) if view else ():
        other = view_case(number, organizations=keys, language=Language.EN)
        codes |= codes_of_entries(other.entries) if other else set()
    row = run.results.get(scenario.key)
    codes |= {f"FaultCode.{each['code']}" for each in row.problems} if row and view is None else set()
    return [each for each in wanted if each in codes]


def _asked_for(view: CaseView) -> tuple[CaseNumber, ...]:
    """The cases of the programs that were asked for in place of this one."""
    asked = (each for each in view.entries if each.event == event_kind(ProgramChangeAsked))
    return tuple(CaseNumber(json.loads(each.data)["to"]) for each in asked)


def _rows(view: CaseView) -> frozenset[str]:
    """Row 1 has no entry in a case, which begins at row 2: it is known by the offer that the case carries."""
    informed = {Row.R1.value} if view.offer else set()
    return frozenset({*informed, *(each.row for each in view.timeline)})


def _actual(view: CaseView, keys: tuple[OrganizationKey, ...]) -> dict[str, Any]:
    case = view.case
    follower = view_case(case.followed_by, organizations=keys, language=Language.EN) if case.followed_by else None
    order = next((each for each in view.orders if case.order and each.number == case.order.number), None)
    told: dict[str, Any] = {
        "status": case.status.value,
        "offer": "kept" if view.offer else "",
        "organization": case.organization,
        "decision": _decision(view),
        "waits_on": case.course.owner.value if case.course.owner else "",
        "findings": [str(each.rule) for each in view.findings if each.outcome is not Outcome.MET],
        "meter": order.meter.state.value if order else _state(case, Track.METER),
        "service": order.service.state.value if order else _state(case, Track.SERVICE),
    }
    told["ended_because"] = case.ended_because.value if case.ended_because else ""
    told["followed_by"] = follower.case.status.value if follower else ""
    told["reject"] = [each.value for each in case.switch.codes] if case.switch else []
    told["credits"] = sorted({f"{each.code} {each.state.value}" for each in case.ledger.credits})
    for key, track in _TRACKS.items():
        told[key] = _state(case, track)
    return told


def _state(case: Case, track: Track) -> str:
    subject = str(case.pod or "") if track is Track.METER else ""
    state = case.state_of(track, subject=subject)
    return state.value if state else ""


def _decision(view: CaseView) -> str:
    from evenroll.enrollment.eligibility import verdict

    return verdict(view.findings).value if view.findings else ""
