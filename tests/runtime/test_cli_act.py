"""What `evenroll act` says: what came of a command in the words of its timeline, and what each command takes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from evenroll.enrollment.case import Case, Hidden
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.findings import Cure, Evidence, EvidenceCode, Finding
from evenroll.enrollment.form import Language
from evenroll.enrollment.moving_commands import MoveOut
from evenroll.enrollment.possible_commands import helps_at, possible_commands
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.intake.said_values import EXAMPLES
from evenroll.programs.program import Track
from evenroll.programs.rules import CureCode, CureOwner, Outcome, RuleId, RuleKind
from evenroll.quantities.identifiers import OrganizationKey, PodId, ProgramKey
from evenroll.runtime.cli_act import sentences_of
from evenroll.runtime.cli_case_view import view_case
from evenroll.runtime.cli_cures import cured_by, what_mends
from evenroll.runtime.cli_payload import words_of
from evenroll.runtime.output_case import show_case, show_choice
from evenroll.runtime.output_console import Output
from tests.territory import NOW, Territory, days, new_territory

LATER = NOW + days(100)


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_what_came_of_a_command_is_told_with_its_days(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run_through(LATER)
    moved = MoveOut(moved_on=date(2026, 6, 30))
    answer = territory.give(territory.utility, CommandName.MOVE_OUT, number, moved, role=Role.CUSTOMER, now=LATER)
    view = view_case(number, organizations=territory.organizations, language=Language.EN)
    assert view is not None
    said = sentences_of(answer.events, timeline=view.timeline)
    assert said and "June 30, 2026" in said[0]


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        (Language.EN, ("Timeline", "Who is waited on", "With their values", "rules are met", "Days to know")),
        (
            Language.ES,
            ("Cronología", "A quién se espera", "Con sus valores", "se cumplen", "Fechas que conviene saber"),
        ),
    ],
)
def test_a_case_is_shown_with_its_headings_in_both_languages(
    territory: Territory, language: Language, headings: tuple[str, ...]
) -> None:
    number = territory.apply(territory.premise())
    territory.run_through(LATER)
    view = view_case(number, organizations=territory.organizations, language=language)
    assert view is not None
    shown = io.StringIO()
    output = replace(Output(), out=Console(file=shown, width=160))
    show_case(view, output=output, language=language, zone=ZoneInfo("America/Chicago"))
    assert [each for each in headings if each not in shown.getvalue()] == []


def test_every_command_to_a_case_that_needs_values_has_an_example() -> None:
    for name, rule in COMMANDS.items():
        persons = rule.roles - {Role.SYSTEM, Role.PEER}
        if (
            persons
            and rule.record in (Record.CASE, Record.SERVICE_ORDER)
            and any("*" in each for each in words_of(name))
        ):
            assert name in EXAMPLES, f"{name} needs values, and `evenroll act CASE` shows none"


def test_only_what_can_be_given_to_a_case_is_listed_for_it() -> None:
    listed = possible_commands([(Track.SUPPLY, State.ASKED)], role=None)
    assert CommandName.ASK_SUPPLY in listed and CommandName.REJECT_SUPPLY not in listed


def test_a_switch_is_told_by_the_state_of_the_service_and_not_of_the_meter() -> None:
    assert helps_at(CommandName.SWITCH_SERVICE, Track.SERVICE)
    assert not helps_at(CommandName.BOOK_VISIT, Track.SERVICE)


def test_what_a_case_can_only_refuse_is_not_offered_for_it(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    territory.run_through(LATER)
    case = _active(territory.case(territory.utility, number))
    assert case.provider is not None
    bound = replace(case, provider=replace(case.provider, kind=ProviderAnswerKind.NO_CHOICE))
    offered = _offered(bound)
    assert CommandName.MOVE_OUT in offered
    assert not {CommandName.CHANGE_SUPPLIER, CommandName.DISPUTE_SUPPLY} & offered
    assert CommandName.CHANGE_SUPPLIER in _offered(_supplied(case, State.EFFECTIVE))
    assert CommandName.CHANGE_SUPPLIER not in _offered(_supplied(case, State.NOT_NEEDED))
    assert CommandName.DISPUTE_SUPPLY in _offered(_supplied(case, State.LOST))


def _offered(case: Case) -> set[CommandName]:
    return set(possible_commands([(Track.CASE, State.ACTIVE)], role=Role.CUSTOMER, case=case))


def _supplied(case: Case, state: State) -> Case:
    supply = replace(case.tracks["case"], track=Track.SUPPLY, state=state)
    return replace(case, tracks={**case.tracks, "supply": supply})


def _active(case: Case) -> Case:
    return replace(case, tracks={**case.tracks, "case": replace(case.tracks["case"], state=State.ACTIVE)})


def test_a_usage_point_is_chosen_only_among_several(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    territory.run_through(LATER)
    case = territory.case(territory.utility, number)
    assert case.provider is not None
    waits = [(Track.CASE, State.NEEDS_ANSWER)]
    nowhere = replace(case, provider=replace(case.provider, kind=ProviderAnswerKind.NOT_FOUND, points=()))
    several = replace(case, provider=replace(case.provider, points=(PodId("A"), PodId("B"))))
    assert CommandName.CHOOSE_USAGE_POINT not in possible_commands(waits, role=Role.CUSTOMER, case=nowhere)
    assert CommandName.CHOOSE_USAGE_POINT in possible_commands(waits, role=Role.CUSTOMER, case=several)
    assert "service_address=" in what_mends(nowhere, ())


def test_the_desk_asks_for_a_switch_and_the_customer_does_not() -> None:
    waits = [(Track.SUPPLY, State.ASKED)]
    assert CommandName.ASK_SUPPLY in possible_commands(waits, role=Role.ENROLLMENT_DESK)
    assert CommandName.ASK_SUPPLY not in possible_commands(waits, role=Role.CUSTOMER)


def test_a_cure_names_the_values_that_mend_and_leaves_alone_what_no_form_mends() -> None:
    missing = _finding(CureCode.GET_PERMISSION)
    assert "documents=landlord_permission" in cured_by([missing])
    assert cured_by([_finding(CureCode.PAY_BALANCE)]) == ""


def _finding(cure: CureCode) -> Finding:
    return Finding(
        rule=RuleId("any"),
        kind=RuleKind.DOCUMENT_PRESENT,
        outcome=Outcome.CURABLE,
        evidence=Evidence(code=EvidenceCode.NOT_AS_REQUIRED),
        cure=Cure(code=cure, owner=CureOwner.CUSTOMER, days=30),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.EN, ("Programs to choose from", "Not shown", "does not serve your address")),
        (Language.ES, ("Programas para elegir", "No se muestran", "no atiende su dirección")),
    ],
)
def test_in_choice_a_case_shows_what_was_presented_and_why_the_rest_is_hidden(
    territory: Territory, language: Language, words: tuple[str, ...]
) -> None:
    number = territory.apply(territory.premise())
    territory.run_through(LATER)
    case = territory.case(territory.utility, number)
    hidden = Hidden(program=ProgramKey("OTHER"), organization=OrganizationKey("far"), reason="not_your_provider")
    choosing = {"case": replace(case.tracks["case"], state=State.CHOOSING)}
    shown = io.StringIO()
    output = replace(Output(), out=Console(file=shown, width=160))
    show_choice(replace(case, tracks=choosing, hidden=(hidden,)), output=output, language=language)
    assert [each for each in words if each not in shown.getvalue()] == []
    assert str(case.shown[0].program) in shown.getvalue()
    shown.truncate(0)
    show_choice(case, output=output, language=language)
    assert "OTHER" not in shown.getvalue()
