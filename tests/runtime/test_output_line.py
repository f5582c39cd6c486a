"""A case in line shows its rank in words, and a program its places, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment.form import Language
from evenroll.pages.waiting_words import ordinal
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from evenroll.runtime.output_line import places_sentence, position_sentence, told_line
from tests.territory import NOW, capped_program, new_territory

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("number", "english"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (7, "7th"), (11, "11th"), (112, "112th"), (1021, "1,021st")],
)
def test_positions_are_said_as_people_say_them(number: int, english: str) -> None:
    assert ordinal(number, language=Language.EN) == english
    assert ordinal(number, language=Language.ES) == f"{number:,}.º"


def test_a_rank_and_an_offer_are_sentences(django_ready: object) -> None:
    from evenroll.records.program_lines import PlacesTold, Standing

    line = Standing(
        program=ProgramKey("EV-1"),
        case=CaseNumber("EV-X"),
        ranked_at=datetime(2026, 3, 8, 18, 5, tzinfo=UTC),
        position=7,
        waiting=312,
    )
    said = position_sentence(line, language=Language.EN, zone=CHICAGO)
    assert said == "7th of 312 on the waiting list of EV-1; ranked by March 8, 2026, 1:05 p.m. CDT."
    offered = Standing(
        program=line.program,
        case=line.case,
        ranked_at=line.ranked_at,
        position=0,
        waiting=311,
        offered_until_on=date(2026, 4, 1),
    )
    said = position_sentence(offered, language=Language.ES, zone=CHICAGO)
    assert said == "Hay una plaza reservada en EV-1 hasta el 1 de abril de 2026; otras 311 solicitudes esperan."
    told = told_line(offered)
    assert told is not None and told["position"] is None and told_line(None) is None
    places = PlacesTold(program=line.program, cap=100, taken=100, offered=1, waiting=311)
    assert (
        places_sentence(places, language=Language.EN) == "EV-1: 100 of 100 places taken, 1 of them on offer; 311 wait."
    )


def test_a_case_shows_where_it_stands(django_ready: object) -> None:
    """Rule 16: the rule stands on the page, and the rank is shown."""
    from evenroll.programs.program import MeterCapability
    from evenroll.runtime.cli_case_view import view_case
    from tests.territory import NIGHT_RATE

    territory = new_territory()
    program = capped_program(territory)
    numbers: list[CaseNumber] = []
    for _ in range(3):
        ready = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
        numbers.append(territory.apply(ready, program=program))
        territory.run(NOW)
    views = [view_case(each, organizations=(territory.utility,), language=Language.EN) for each in numbers]
    positions = sorted(view.line.position for view in views if view is not None and view.line is not None)
    assert positions == [1, 2]
    assert views[0] is not None and views[0].line is None
