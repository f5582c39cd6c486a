"""A date that rests on a figure nobody has read in its source is told to staff as such, with the source to read."""

from __future__ import annotations

import json
from dataclasses import replace

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.programs.rescission import rescission_rules
from evenroll.programs.supply_terms import all_supply_terms, unverified_terms
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.territory import NIGHT_SUPPLY, Territory


def terms_received(territory: Territory, rule: str) -> dict[str, str]:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization
    from evenroll.records.published import publish

    program = replace(territory.supply, key=ProgramKey(f"{rule}-{territory.tag}"), rescission_rule=rule)
    publish(program)
    premise = territory.premise(supplier=territory.esco, registers=NIGHT_SUPPLY)
    number: CaseNumber = territory.apply(premise, at=territory.esco, program=program)
    territory.run()
    assert territory.case(territory.esco, number).status is State.IN_RESCISSION
    with open_organization(territory.esco):
        return json.loads(JournalEntry.objects.get(stream_key=number, event="terms_received").data)


def test_a_window_from_an_unread_figure_says_so_to_staff(territory: Territory) -> None:
    told = terms_received(territory, "US-PA")
    assert told["unverified"] == "52 Pa. Code 57.173"
    said = {name: value for name, value in told.items() if isinstance(value, str)}
    for language, word in ((Language.EN, "For staff"), (Language.ES, "Para el personal")):
        sentence = render("event.terms_received", language=language, parameters=said)
        assert word in sentence and "57.173" in sentence


def test_a_window_that_was_read_says_nothing_of_it(territory: Territory) -> None:
    assert "unverified" not in terms_received(territory, "US-LAKELAND")


def test_every_line_that_was_not_read_names_what_to_read() -> None:
    unread = [rule for rule in rescission_rules() if not rule.checked]
    assert {rule.jurisdiction for rule in unread} == {"US-TX", "US-PA"} and all(rule.source for rule in unread)
    terms = {key for key in all_supply_terms() if unverified_terms(key)}
    assert terms == {"US-PA", "US-IL", "US-NY"}
    assert unverified_terms("US-LAKELAND") == unverified_terms("US-XX") == ""
