"""The program office: a draft is checked, its difference is told, and only a second person publishes it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from psycopg.errors import CheckViolation

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.programs.drafted import DraftFault
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, ProgramKey
from tests.statements import counted_traffic
from tests.territory import Territory
from tests.web.browsing import signed_in_as, staff_of, token_in
from tests.web.matrix import draft_text

NEW = "/desk/programs/draft/"


def manager(territory: Territory, number: int) -> Any:
    return manager_of(territory.utility, number)


def manager_of(organization: OrganizationKey, number: int) -> Any:
    named = ActorKey(f"program_manager-{number}")
    return signed_in_as(replace(staff_of(organization, Role.PROGRAM_MANAGER), actor=named))


def new_key() -> str:
    return f"CHARGE-{secrets.token_hex(4).upper()}"


def page_of(asked: Any, address: str, status: int = 200) -> str:
    answer = asked.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def sent(asked: Any, text: str) -> Any:
    return asked.post(NEW, {"csrfmiddlewaretoken": token_in(page_of(asked, NEW)), "body": text})


def drafted(asked: Any, text: str) -> str:
    """The address of a draft that was taken."""
    answer = sent(asked, text)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].partition("?")[0]


def decided(asked: Any, address: str, how: str) -> Any:
    return asked.post(f"{address}{how}/", {"csrfmiddlewaretoken": token_in(page_of(asked, address))})


def in_english(code: Any, **parameters: str) -> str:
    return render(code, language=Language.EN, parameters=dict(parameters))


def publish_by_two(territory: Territory, text: str) -> None:
    published_by(territory.utility, text)


def versions(territory: Territory, key: str) -> list[int]:
    from evenroll.records.program_shelf import program_versions

    return [each.version for each in program_versions(ProgramKey(key))]


def test_a_second_person_publishes_and_never_who_wrote(web: None, territory: Territory) -> None:
    key = new_key()
    writer, other = manager(territory, 1), manager(territory, 2)
    address = drafted(writer, draft_text(territory.utility, key=key))
    shown = page_of(writer, address)
    assert in_english("office.own") in shown and f'action="{address}publish/"' not in shown
    refused = decided(writer, address, "publish")
    assert refused.status_code == 409
    assert in_english(DraftFault.SAME_PERSON) in refused.content.decode()
    assert versions(territory, key) == []
    done = decided(other, address, "publish")
    assert (done.status_code, done["Location"]) == (302, f"{address}?done=published")
    assert versions(territory, key) == [1]
    assert in_english("office.published") in page_of(other, done["Location"])
    assert key in page_of(other, "/desk/programs/")
    # Sent twice it has its effect once, and says so.
    again = decided(other, address, "publish")
    assert again.status_code == 409 and in_english(DraftFault.NOT_OPEN) in again.content.decode()


def test_a_draft_that_would_end_the_process_is_refused_by_its_line(web: None, territory: Territory) -> None:
    asked = manager(territory, 1)
    for text in ("[" * 10_000, "organization: x\nprograms: " + "{a: " * 10_000):
        answer = sent(asked, text)
        assert answer.status_code == 422
        line = text.count("\n") + 1
        shown = answer.content.decode()
        assert in_english("office.mistake", line=str(line)) in shown
        assert "lists and mappings stand more than 64 deep" in shown


def test_a_key_belongs_to_who_published_it_first(web: None, territory: Territory) -> None:
    key = new_key()
    published_by(territory.esco, draft_text(territory.esco, key=key))
    asked = manager(territory, 1)
    for taken in (key, "BW-NIGHT-DRIVE"):
        answer = sent(asked, draft_text(territory.utility, key=taken, version=2))
        assert answer.status_code == 422
        assert "another" in answer.content.decode() and territory.esco not in answer.content.decode()
    assert versions(territory, key) == [1]


def test_a_key_that_somebody_takes_meanwhile_is_refused_at_publishing(web: None, territory: Territory) -> None:
    key = new_key()
    address = drafted(manager(territory, 1), draft_text(territory.utility, key=key, version=2))
    published_by(territory.esco, draft_text(territory.esco, key=key))
    answer = decided(manager(territory, 2), address, "publish")
    assert answer.status_code == 409
    assert in_english(DraftFault.KEY_TAKEN, program=key) in answer.content.decode()
    assert versions(territory, key) == [1]


@pytest.mark.parametrize("write", [str.upper, str.lower])
def test_the_database_itself_lets_nobody_publish_the_key_of_another(
    web: None, territory: Territory, write: Callable[[str], str]
) -> None:
    from django.db import IntegrityError, connection, transaction

    key = new_key()
    published_by(territory.esco, draft_text(territory.esco, key=key))
    with (
        pytest.raises(IntegrityError, match="another organization") as refused,
        transaction.atomic(),
        connection.cursor() as pen,
    ):
        pen.execute(
            "INSERT INTO program_version (key, version, publisher, content_hash, body) VALUES (%s, 9, %s, '', '')",
            (write(key), territory.utility),
        )
    assert territory.esco not in str(refused.value)


@pytest.mark.parametrize("key", ["../../x", "x y", "X--Y", "X..Y", "-X", "X" * 41, "=X", "charge-x", "ÉCLAIR"])
def test_a_key_that_is_none_is_refused_by_its_line(web: None, territory: Territory, key: str) -> None:
    answer = sent(manager(territory, 1), draft_text(territory.utility, key=key))
    assert answer.status_code == 422
    assert "capital letters (A to Z) and digits" in answer.content.decode()


def published_by(organization: OrganizationKey, text: str) -> None:
    """As `publish_by_two`, for another organization."""
    address = drafted(manager_of(organization, 1), text)
    assert decided(manager_of(organization, 2), address, "publish").status_code == 302


def test_capitals_make_nobody_else_of_who_wrote(web: None, territory: Territory) -> None:
    from evenroll.actions.draft_program import keep, publish
    from evenroll.programs.drafted import DraftRefused
    from evenroll.records.unit_of_work import unit_of_work
    from tests.territory import NOW

    with unit_of_work(
        territory.utility, actor=territory.actor(territory.utility, Role.PROGRAM_MANAGER, key="Ann-1"), now=NOW
    ) as work:
        number = keep(work, text=draft_text(territory.utility, key=new_key()))
    same = territory.actor(territory.utility, Role.PROGRAM_MANAGER, key="ann-1")
    with unit_of_work(territory.utility, actor=same, now=NOW) as work, pytest.raises(DraftRefused) as refused:
        publish(work, number=number)
    assert refused.value.fault is DraftFault.SAME_PERSON


def test_the_database_itself_takes_no_second_look_of_one_person(web: None, territory: Territory) -> None:
    from evenroll.records.organizations import open_organization
    from evenroll.records.program_drafts import DraftState, decide_draft, keep_draft
    from tests.territory import NOW

    with pytest.raises(CheckViolation, match="two_persons"), open_organization(territory.utility):
        number = keep_draft("text", programs="X v1", by=ActorKey("Ann-1"), at=NOW)
        decide_draft(number, state=DraftState.PUBLISHED, by=ActorKey("ann-1"), at=NOW)


def test_what_a_draft_changes_is_told_field_by_field(web: None, territory: Territory) -> None:
    key = new_key()
    publish_by_two(territory, draft_text(territory.utility, key=key))
    after = draft_text(territory.utility, key=key, version=2, minimum_stay_days="365", opens_on="2027-01-01")
    other = manager(territory, 2)
    shown = page_of(other, drafted(manager(territory, 1), after))
    for name, gone, new in (("minimum_stay_days", "90", "365"), ("opens_on", "January 1, 2026", "January 1, 2027")):
        part = shown.partition(f"<code>{name}</code>")[2].partition("</div>")[0]
        assert f"<del>{gone}</del>" in part and f"<ins>{new}</ins>" in part, name
    assert shown.count('class="changes__field"') == 2
    other.get("/desk/?lang=es")
    assert "Permanencia mínima, en días" in page_of(other, drafted(manager(territory, 1), after))


@pytest.mark.parametrize("language", Language)
def test_applicants_words_are_shown_and_nothing_is_begun(web: None, territory: Territory, language: Language) -> None:
    from django.db import connection

    key, asked = new_key(), manager(territory, 2)
    address = drafted(manager(territory, 1), draft_text(territory.utility, key=key))
    asked.get(f"/desk/?lang={language.value}")
    with connection.cursor() as pen:
        pen.execute("SELECT count(*) FROM enrollment_draft")
        before = pen.fetchone()
    shown = page_of(asked, f"{address}preview/")
    assert ("El cargador cuenta" if language is Language.ES else "Charger Counts") in shown
    assert render("find.terms_leaving", language=language) in shown
    with connection.cursor() as pen:
        pen.execute("SELECT count(*) FROM enrollment_draft")
        assert pen.fetchone() == before
    assert versions(territory, key) == []


def test_a_draft_that_changes_nothing_is_refused(web: None, territory: Territory) -> None:
    key = new_key()
    text = draft_text(territory.utility, key=key)
    publish_by_two(territory, text)
    for same in (text, draft_text(territory.utility, key=key, version=2)):
        answer = sent(manager(territory, 1), same)
        assert answer.status_code == 422
        assert in_english(DraftFault.CHANGES_NOTHING) in answer.content.decode()


def test_a_mistake_is_named_with_its_line(web: None, territory: Territory) -> None:
    text = draft_text(territory.utility, key=new_key(), minimum_stay_days="soon")
    line = next(place for place, each in enumerate(text.splitlines(), start=1) if "minimum_stay_days" in each)
    answer = sent(manager(territory, 1), text)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert in_english("office.mistake", line=str(line)) in shown
    assert "must be a whole number" in shown and f"{line}  minimum_stay_days: soon" in shown


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"organization": "somebody-else"}, DraftFault.NOT_YOURS),
        ({"summary": "same"}, DraftFault.ONE_LANGUAGE),
        ({"version": "0"}, None),
        ({"text": "organization: {own}\nrates: []\nprograms: []\n"}, DraftFault.NO_PROGRAM),
        ({"text": "["}, None),
        ({"text": "[" * 20_000}, None),
        ({"text": "&a [*a, *a]"}, None),
        ({"text": ""}, None),
    ],
)
def test_other_drafts_are_refused_with_a_reason(
    web: None, territory: Territory, wrong: dict[str, str], fault: DraftFault | None
) -> None:
    own = territory.utility
    key = new_key()
    text = draft_text(own, key=key)
    if "organization" in wrong:
        text = text.replace(own, "somebody-else")
    if "summary" in wrong:
        lines = [each for each in text.splitlines() if not each.strip().startswith(("en: ", "es: "))]
        text = "\n".join(lines).replace("    summary:", "    summary: {en: Same, es: Same}")
    if "version" in wrong:
        text = text.replace("version: 1", "version: -1")
    text = wrong.get("text", text).replace("{own}", own)
    answer = sent(manager(territory, 1), text)
    assert answer.status_code in (200, 422), answer
    shown = answer.content.decode()
    assert in_english("office.refused") in shown or in_english("office.body_required") in shown
    if fault is not None:
        named = in_english(fault, organization="somebody-else", own=own, program=key, version="1")
        assert named in shown


def test_published_terms_need_a_new_version(web: None, territory: Territory) -> None:
    key = new_key()
    publish_by_two(territory, draft_text(territory.utility, key=key, version=3))
    for version, fault in ((3, DraftFault.VERSION_TAKEN), (2, DraftFault.VERSION_LOWER)):
        text = draft_text(territory.utility, key=key, version=version, minimum_stay_days="1")
        shown = sent(manager(territory, 1), text).content.decode()
        assert in_english(fault, program=key, version=str(version), last="3") in shown


def test_of_two_drafts_of_one_version_the_first_one_stands(web: None, territory: Territory) -> None:
    key, other = new_key(), manager(territory, 2)
    first, second = (
        drafted(manager(territory, 1), draft_text(territory.utility, key=key, minimum_stay_days=days))
        for days in ("10", "20")
    )
    assert decided(other, first, "publish").status_code == 302
    assert in_english(DraftFault.VERSION_TAKEN, program=key, version="1") in page_of(other, second)
    assert decided(other, second, "publish").status_code == 409
    assert decided(other, second, "withdraw").status_code == 302
    assert versions(territory, key) == [1]


def test_a_file_is_taken_as_its_text_is(web: None, territory: Territory) -> None:
    asked = manager(territory, 1)
    sign = {"csrfmiddlewaretoken": token_in(page_of(asked, NEW))}
    text = draft_text(territory.utility, key=new_key())
    taken = asked.post(NEW, {**sign, "file": SimpleUploadedFile("x.yaml", text.encode())})
    assert taken.status_code == 302
    for content, why in ((b"\xff\xfe", "office.file_no_text"), (b"x" * 900_000, "office.file_long")):
        answer = asked.post(NEW, {**sign, "file": SimpleUploadedFile("x.yaml", content)})
        assert answer.status_code == 200 and in_english(why) in answer.content.decode()


def test_drafts_of_others_are_pages_that_are_not_there(web: None, territory: Territory) -> None:
    address = drafted(manager(territory, 1), draft_text(territory.utility, key=new_key()))
    esco = signed_in_as(staff_of(territory.esco, Role.PROGRAM_MANAGER))
    page_of(esco, address, status=404)
    page_of(esco, f"{address}preview/", status=404)
    sign = {"csrfmiddlewaretoken": token_in(page_of(esco, NEW))}
    for how in ("publish", "withdraw"):
        assert esco.post(f"{address}{how}/", sign).status_code == 404
    desk = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    page_of(desk, "/desk/programs/", status=404)


def test_the_shelf_takes_the_same_statements_however_much_is_on_it(web: None, territory: Territory) -> None:
    counts: list[int] = []
    asked = manager(territory, 1)
    for _ in range(2):
        page_of(asked, "/desk/programs/")
        with counted_traffic() as traffic:
            page_of(asked, "/desk/programs/")
        counts.append(traffic.statements)
        publish_by_two(territory, draft_text(territory.utility, key=new_key()))
    assert counts[0] == counts[1] <= 10
