"""What `evenroll act` says: what came of a command in the words of its timeline, and what each command takes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.form import Language
from evenroll.enrollment.moving_commands import MoveOut
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.runtime.cli_act import sentences_of
from evenroll.runtime.cli_case_view import view_case
from evenroll.runtime.cli_payload import words_of
from evenroll.runtime.cli_possible import helps_at, possible_commands
from evenroll.runtime.cli_values import EXAMPLES
from evenroll.runtime.output_case import show_case
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
