"""Papers of a customer's own case: sent, kept enclosed, told in the journal by their hash, and gone with the person."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evenroll.enrollment.erasure import DataErased
from evenroll.enrollment.form import Language
from evenroll.enrollment.papers import PaperKind
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from tests import papers_made as made
from tests.territory import NOW, Territory, days
from tests.web.browsing import customer_of, signed_in_as
from tests.web.test_case_acts import confirmed, hidden_in, text_of, wire
from tests.worker.test_erasing import erase, opens, subjects


@pytest.fixture
def asked(web: None, territory: Territory) -> CaseNumber:
    """A case that waits for the registration of the car."""
    wire(territory, NOW)
    number = territory.apply(territory.premise(), documents=frozenset())
    territory.run()
    assert territory.case(territory.utility, number).status is State.NEEDS_ANSWER
    return number


def owner(territory: Territory, number: CaseNumber) -> Any:
    customer = territory.case(territory.utility, number).proof.customer
    assert customer is not None
    return signed_in_as(customer_of(territory.utility, customer))


def sent(
    mine: Any, number: CaseNumber, *contents: bytes, kind: str = "vehicle_registration", name: str = "a.jpg"
) -> Any:
    address = f"/cases/{number}/papers"
    files = [SimpleUploadedFile(name, each, content_type="image/svg+xml") for each in contents]
    return mine.post(
        address, {**hidden_in(text_of(mine.get(address))), "kind": "vehicle_registration", "papers": files}
    )


def kept(territory: Territory, number: CaseNumber) -> Any:
    from evenroll.records.organizations import open_organization
    from evenroll.records.papers import papers_of

    with open_organization(territory.utility):
        return papers_of(number)


def events(territory: Territory, number: CaseNumber, event: str) -> list[dict[str, Any]]:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        rows = JournalEntry.objects.filter(stream_key=number, event=event).order_by("number")
        return [json.loads(each.data) for each in rows]


def test_what_is_missing_is_sent_told_and_decided_on(territory: Territory, asked: CaseNumber) -> None:
    mine = owner(territory, asked)
    page = text_of(mine.get(f"/cases/{asked}"))
    assert f'href="/cases/{asked}/papers"' in page
    act = f"/cases/{asked}/do/give_cure"
    assert 'name="documents"' not in text_of(mine.get(act)), "nothing can be said to be here that is not"
    answer = sent(mine, asked, made.photo(), made.photo(200))
    assert answer.status_code == 302
    listed = text_of(mine.get(answer["Location"]))
    assert render("papers.sent", language=Language.EN) in listed and f'href="{act}"' in listed
    assert confirmed(mine, act, documents="vehicle_registration").status_code == 302
    received = events(territory, asked, "cure_received")[-1]["form"]
    assert received["documents"] == ["vehicle_registration"]
    assert received["papers"] == sorted(each.digest for each in kept(territory, asked))
    territory.run()
    assert territory.case(territory.utility, asked).status is State.ENROLLED


def test_a_paper_is_enclosed_and_opens_for_its_organization_alone(territory: Territory, asked: CaseNumber) -> None:
    from evenroll.records.models import PersonalRecord
    from evenroll.records.organizations import cursor, open_organization
    from evenroll.records.papers import read_paper

    sent(owner(territory, asked), asked, made.photo(), name="My car.jpg")
    row = kept(territory, asked)[0]
    with open_organization(territory.utility):
        found = read_paper(asked, row.id)
        assert found is not None and found.name == "My car.jpg" and found.content.startswith(b"\xff\xd8\xff")
        assert all(b"My car" not in bytes(each.ciphertext) for each in PersonalRecord.objects.all())
    with open_organization(territory.esco):
        assert read_paper(asked, row.id) is None
        with cursor() as pen:
            found = pen.execute("SELECT count(*) FROM paper WHERE case_number = %s", (asked,)).fetchone()
        assert found == (0,)


def test_sent_again_it_is_one_and_a_full_case_takes_no_more(
    territory: Territory, asked: CaseNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = owner(territory, asked)
    for _ in range(2):
        assert sent(mine, asked, made.photo()).status_code == 302
    assert len(kept(territory, asked)) == 1
    monkeypatch.setattr("evenroll.records.papers.PAPERS_MAX", 2)
    refused = sent(mine, asked, made.photo(10), made.photo(200))
    assert refused.status_code == 200 and "govuk-error-summary" in text_of(refused)
    assert len(kept(territory, asked)) == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [(made.SVG, "not_a_paper"), (made.png_bomb(60_000, 60_000), "too_large"), (made.with_script(), "active")],
)
def test_a_file_that_is_refused_is_told_with_its_name_escaped_and_nothing_is_kept(
    territory: Territory, asked: CaseNumber, content: bytes, fault: str
) -> None:
    mine = owner(territory, asked)
    answer = sent(mine, asked, made.photo(), content, name='"><img src=x onerror=alert(1)>.svg')
    page = answer.content.decode()
    assert "<img" not in page
    name = unescape(re.findall(r'<a href="#id_papers">(.*?)</a>', page)[0])
    assert name == render(f"papers.fault_{fault}", language=Language.EN, parameters={"name": _shown(name), "most": 10})
    assert kept(territory, asked) == ()


def _shown(sentence: str) -> str:
    return sentence[: sentence.index(".svg") + 4]


def test_very_many_files_are_never_read(territory: Territory, asked: CaseNumber) -> None:
    mine = owner(territory, asked)
    some = sent(mine, asked, *(made.photo(each) for each in range(11)))
    assert render("papers.fault_too_many", language=Language.EN, parameters={"most": 10}) in text_of(some)
    assert sent(mine, asked, *(b"x" for _ in range(10_000))).status_code == 400
    assert kept(territory, asked) == ()


def test_papers_of_somebody_else_are_told_like_none(territory: Territory, asked: CaseNumber) -> None:
    other = territory.apply(territory.premise(), documents=frozenset())
    territory.run()
    stranger = owner(territory, other)
    page = text_of(stranger.get(f"/cases/{other}/papers"))
    for number in (asked, "EV-00000-00000-0000"):
        assert stranger.get(f"/cases/{number}/papers").status_code == 404
        answer = stranger.post(
            f"/cases/{number}/papers",
            {**hidden_in(page), "kind": "lease", "papers": SimpleUploadedFile("a.jpg", made.photo())},
        )
        assert answer.status_code == 404
    assert kept(territory, asked) == ()


def test_an_erasure_of_the_person_destroys_the_papers(territory: Territory, asked: CaseNumber) -> None:
    from evenroll.records.models import PersonalRecord
    from evenroll.records.organizations import open_organization

    mine = owner(territory, asked)
    sent(mine, asked, made.photo())
    confirmed(mine, f"/cases/{asked}/do/withdraw")
    record = _record(territory, asked)
    assert opens(territory, record)
    # Of the case alone, as the worker does when its time is over.
    _, case = subjects(territory, asked)
    assert isinstance(erase(territory, case, now=NOW + days(4000)), DataErased)
    assert kept(territory, asked) == () and not opens(territory, record)
    with open_organization(territory.utility):
        assert bytes(PersonalRecord.objects.get(id=record).ciphertext) == b""


def _record(territory: Territory, number: CaseNumber) -> int:
    from evenroll.records.organizations import open_organization
    from evenroll.records.papers import records_of

    with open_organization(territory.utility):
        return next(iter(records_of([number])))


@pytest.mark.parametrize("kind", PaperKind)
def test_every_kind_has_its_words(kind: PaperKind) -> None:
    assert len({render(f"paper.{kind}", language=each) for each in Language}) == 2
