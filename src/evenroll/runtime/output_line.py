"""Showing where a case stands in the waiting list of its program, and the list itself, to people and machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from evenroll.enrollment.form import Language
from evenroll.pages.formats import instant, number
from evenroll.pages.texts import render
from evenroll.pages.waiting_words import WaitingWord, ordinal

if TYPE_CHECKING:
    from evenroll.records.program_lines import PlacesTold, Standing
    from evenroll.runtime.output_console import Output


def show_line(line: Standing | None, *, output: Output, language: Language, zone: ZoneInfo) -> None:
    """Rank and offer of a case that stands in line, and the rule of the list; nothing for others."""
    if line is None:
        return
    output.heading(render("state.waitlisted", language=language))
    output.say(position_sentence(line, language=language, zone=zone))
    output.say(render(WaitingWord.RULE, language=language))


def position_sentence(line: Standing, *, language: Language, zone: ZoneInfo) -> str:
    """ "7th of 312 on the waiting list of ...", or until when a place is held."""
    waiting = number(line.waiting, language=language)
    if line.offered_until_on is not None:
        offer = {"program": line.program, "until": line.offered_until_on, "waiting": waiting}
        return render(WaitingWord.OFFERED, language=language, parameters=offer)
    place = {
        "position": ordinal(line.position, language=language),
        "waiting": waiting,
        "program": line.program,
        "ranked": instant(line.ranked_at, language=language, zone=zone),
    }
    return render(WaitingWord.POSITION, language=language, parameters=place)


def places_sentence(places: PlacesTold, *, language: Language) -> str:
    """How many places a program has, and how many are taken, on offer and waited for."""
    counts = {name: getattr(places, name) for name in ("cap", "taken", "offered", "waiting")}
    return render(WaitingWord.PLACES, language=language, parameters={"program": places.program, **counts})


def told_line(line: Standing | None) -> dict[str, Any] | None:
    """The same for machines."""
    if line is None:
        return None
    return {
        "program": line.program,
        "case": line.case,
        "position": line.position or None,
        "waiting": line.waiting,
        "ranked_at": line.ranked_at,
        "offered_until_on": line.offered_until_on,
    }
