"""The message catalog: every code has its words in both languages, none is unused, none is half translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest

import evenroll
from evenroll.backoffice.act_forms import question_keys
from evenroll.enrollment.case_evolve import CASE_EVENTS
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.erasure import ERASURE_EVENTS
from evenroll.enrollment.findings import EvidenceCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.order_events import ORDER_EVENTS
from evenroll.enrollment.point_events import POINT_EVENTS
from evenroll.enrollment.program_places import PLACE_EVENTS
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply_request import SUPPLY_REQUEST_EVENTS
from evenroll.enrollment.tracks import State
from evenroll.intake.paper_reading import Media, PaperFault
from evenroll.pages import texts
from evenroll.pages.next_steps import next_step_keys
from evenroll.pages.notice_mail import SUBJECT_KEYS
from evenroll.pages.notices import NOTICE_KINDS
from evenroll.pages.program_difference import FIELD_WORDS
from evenroll.pages.subjects import CODED_PARAMETERS, SUBJECTS
from evenroll.pages.texts import CatalogWrong, TextMissing, catalog, has, key_of, parse, render, variants
from evenroll.portal.case_changes import EVERY_QUESTION
from evenroll.portal.doors import DOORS
from evenroll.portal.enroll_texts import keys_made
from evenroll.programs.rules import CureOwner, Outcome, RuleKind
from evenroll.records.draft_counts import BEGUN, SENT

EVENTS = {**CASE_EVENTS, **ORDER_EVENTS, **POINT_EVENTS, **PLACE_EVENTS, **SUPPLY_REQUEST_EVENTS, **ERASURE_EVENTS}
KEY_IN_TEMPLATE = re.compile(r'{% say "([a-z_0-9.-]+)"')
SAME_IN_BOTH = {"case_ask.no", "desk.no", "enroll.answer_vin", "enroll.no", "lane.esco", "own_word.btu", "own_word.gas"}

NEEDED = {
    *(key_of(member) for codes in SUBJECTS for member in codes),
    *(f"event.{kind}" for kind in EVENTS),
    *(f"notice.{kind}" for kind in NOTICE_KINDS),
    *SUBJECT_KEYS.values(),
    *(f"evidence.{code.value}" for code in EvidenceCode),
    *(f"finding.{kind.value}.{outcome.value}" for kind in RuleKind for outcome in Outcome),
    *(f"cure_by.{owner.value}" for owner in CureOwner),
    *next_step_keys(),
    *(f"row_title.{row.value}" for row in Row if row is not Row.ACTION),
    *(f"act_means.{name.value}" for name in EVERY_QUESTION),
    *question_keys(),
    *keys_made(),
    *(f"papers.fault_{each}" for each in PaperFault),
    *(f"papers.media_{each}" for each in Media),
    *FIELD_WORDS.values(),
    *(f"doors.else_{door.value}" for door in DOORS),
    *(f"funnel.draft_{step}" for step in (BEGUN, SENT)),
    *(f"stay.kept_{what}" for what in ("person", "find", "find_use", "draft")),
}


def keys_in_code() -> set[str]:
    """The keys that the code writes out whole, and those of the drawing's nodes, which are made of their ids."""
    return set(catalog()) & written()


def written() -> set[str]:
    found: set[str] = set()
    for file in Path(evenroll.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
                if file.name.startswith("process"):
                    found.add(f"process.{node.value}")
    for file in Path(evenroll.__file__).parent.rglob("*.html"):
        found |= set(KEY_IN_TEMPLATE.findall(file.read_text(encoding="utf-8")))
    for lane in ("esco", "utility"):
        found |= {f"process.received_from_{lane}", f"process.handed_over_to_{lane}"}
    return found


def some_value(name: str) -> str | int | Decimal | date:
    samples: dict[str, str | int | Decimal | date] = {"days": 30, "total": Decimal("12.5")}
    if name in CODED_PARAMETERS:
        subject = CODED_PARAMETERS[name]
        return next(key.partition(".")[2] for key in catalog() if key.startswith(f"{subject}."))
    return samples.get(name, date(2027, 3, 8) if name.endswith("_on") or name == "until" else "X1")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("subject", sorted({key.partition(".")[0] for key in NEEDED}))
def test_every_code_has_a_text(subject: str, language: Language) -> None:
    for key in sorted(key for key in NEEDED if key.startswith(f"{subject}.")):
        entry = catalog().get(key)
        assert entry is not None, f"write a text for {key}"
        values = {name: some_value(name) for name in entry.placeholders(language)}
        text = render(key, language=language, parameters=values)
        assert text, key
        assert "{" not in text, key


def test_a_new_code_without_a_text_is_seen() -> None:
    class Grown(StrEnum):
        DRAFT = "draft"
        NEW_ONE = "new_one"

    assert [f"state.{member.value}" for member in Grown if not has(f"state.{member.value}")] == ["state.new_one"]


def test_no_entry_is_unused() -> None:
    used = NEEDED | keys_in_code()
    assert [key for key in catalog() if key.partition("-")[0] not in used] == []


def test_every_variant_belongs_to_an_entry_and_says_more() -> None:
    for base, entries in variants().items():
        assert has(base), f"{base} has variants and no text of its own"
        assert all(entry.placeholders(Language.EN) for entry in entries), base


def test_languages_agree() -> None:
    english = {"the", "your", "you", "is", "was", "of", "and", "with", "please"}
    for key, entry in catalog().items():
        assert entry.placeholders(Language.EN) == entry.placeholders(Language.ES), key
        if key in SAME_IN_BOTH:
            continue
        assert entry.en != entry.es, f"{key}: the Spanish text is the English one"
        ends = {entry.en[-1:], entry.es[-1:]}
        assert len(ends) == 1 or not ends & set(".?!"), f"{key}: one is a sentence, the other is not"
        spanish = {word.strip(".,;:“”«»()").lower() for word in entry.es.split()}
        assert not spanish & english, f"{key}: English left in Spanish"


def test_spanish_speaks_to_usted() -> None:
    for key, entry in catalog().items():
        words = {word.strip(".,;:«»()¿?¡!").lower() for word in entry.es.split()}
        assert not words & {"tu", "tú", "tus", "te", "vosotros", "vuestro", "tienes", "puedes", "debes", "ti"}, key


@pytest.mark.parametrize("kind", sorted(NOTICE_KINDS))
def test_a_notice_names_only_what_its_event_brings(kind: str) -> None:
    brought = {field.name for field in fields(CASE_EVENTS[kind])}
    made = {"case", "state", "answer", "verdict", "missing_items", "bill_kind", "total", "reason"}
    made |= {"objections", "supply_news", "appeal"}
    assert catalog()[f"notice.{kind}"].placeholders(Language.EN) <= brought | made


def refusals_in_code() -> Iterator[tuple[str, frozenset[str]]]:
    """Each place that makes a refusal: its code and the names of the parameters it gives."""
    for file in Path(evenroll.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal"):
                continue
            given = {word.arg: word.value for word in node.keywords}
            code, parameters = given.get("code"), given.get("parameters")
            if isinstance(code, ast.Attribute) and getattr(code.value, "id", "") == "RefusalCode":
                keys = parameters.keys if isinstance(parameters, ast.Dict) else []
                yield code.attr, frozenset(key.value for key in keys if isinstance(key, ast.Constant))


def test_every_refusal_made_can_be_said() -> None:
    made = list(refusals_in_code())
    assert len(made) > 20
    for name, given in made:
        code = RefusalCode[name]
        values = {each: some_value(each) for each in given}
        for language in Language:
            assert render(code, language=language, parameters=values)


def test_a_refusal_says_what_it_knows() -> None:
    parameters = {"case": "EV-1", "state": "draft", "command": "decide"}
    said = render(RefusalCode.NOT_IN_STATE, language=Language.ES, parameters=parameters)
    assert "EV-1" in said
    assert "Solicitud empezada" in said
    assert "EV-1" not in render(RefusalCode.NOT_IN_STATE, language=Language.ES)
    with_track = {"case": "EV-1", "track": "meter/POD7"}
    assert render(RefusalCode.NO_SUCH_TRACK, language=Language.EN, parameters=with_track)


def test_an_unknown_code_is_refused() -> None:
    class Stray(StrEnum):
        ONE = "one"

    with pytest.raises(TextMissing, match=r"no text for 'state\.nowhere'; write it"):
        render("state.nowhere", language=Language.EN)
    with pytest.raises(TextMissing, match="Stray has no subject"):
        render(Stray.ONE, language=Language.EN)
    assert render(State.DRAFT, language=Language.EN) == "Application started"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TextMissing, match="needs a value for 'days'; it came with case"):
        render("cure_by.customer", language=Language.EN, parameters={"case": "EV-1"})


def test_values_are_written_for_the_reader() -> None:
    said = render("evidence.barred_until", language=Language.ES, parameters={"until": "2027-03-08"})
    assert said == "Puede inscribirse de nuevo a partir del 8 de marzo de 2027."
    both = {"order": "SO-1", "open": "read_cycle, rate_code"}
    assert "reading days entered, rate entered" in render(
        "refusal.checklist_open", language=Language.EN, parameters=both
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("state:\n  draft: {en: Draft}\n", "line 2: an entry has en and es and nothing else; it has en"),
        ("state:\n  draft: {en: Draft, es: ''}\n", "line 2: the text in 'es' is empty"),
        ("state:\n  a: {en: A, es: B}\n  a: {en: A, es: B}\n", "'a' stands twice"),
        ("state: nothing\n", "line 1: here stands a mapping"),
        ("state: [\n", "not readable as YAML"),
        ("", r"wrong\.yaml: here stands a mapping"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(CatalogWrong, match=reason):
        parse(text, file="wrong.yaml")


def test_the_catalog_is_read_once() -> None:
    assert texts.catalog() is texts.catalog()
