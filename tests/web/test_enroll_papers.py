"""Papers in an application: sent page by page, kept with the draft, taken along into the case, gone with the draft."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from tests import papers_made as made
from tests.territory import NOW, Territory
from tests.web.enrolling import Enrolling, answers_of

PAGE = "/enroll/answer/papers"


@pytest.fixture
def portal(web: None, territory: Territory) -> Territory:
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    return territory


def one(content: bytes, name: str = "registration.jpg") -> Any:
    return {"file_vehicle_registration": SimpleUploadedFile(name, content)}


def begun(portal: Territory) -> Enrolling:
    customer = Enrolling(portal)
    customer.begin()
    return customer


def rows() -> list[Any]:
    from evenroll.records.models import DraftPaper

    return list(DraftPaper.objects.all())


def test_papers_go_along_into_the_case_and_its_journal(portal: Territory) -> None:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization
    from evenroll.records.papers import papers_of, read_paper

    before = len(rows())
    customer = begun(portal)
    customer.answer_all(portal.premise(), papers=one(made.photo()))
    assert render("paper.vehicle_registration", language=Language.EN) in customer.page
    assert len(rows()) == before + 1
    customer.send("/enroll/check", {})
    number = CaseNumber(customer.number())
    assert len(rows()) == before
    portal.run()
    with open_organization(portal.utility):
        (kept,) = papers_of(number)
        found = read_paper(number, kept.id)
        received = JournalEntry.objects.get(stream_key=number, event="form_received")
    assert found is not None and found.name == "registration.jpg"
    form = json.loads(received.data)["form"]
    assert (form["documents"], form["papers"]) == (["vehicle_registration"], [kept.digest])
    decided = portal.events(portal.utility, number)
    assert "enrolled" in decided and "cure_asked" not in decided


def test_a_paper_is_taken_back_and_another_is_sent(portal: Territory) -> None:
    customer = begun(portal)
    before = len(rows())
    customer.answer("papers", one(made.photo(), name="=1+1|<b>.jpg"))
    customer.open(PAGE)
    assert "<b>" not in customer.page and "1_1__b.jpg" in customer.page
    number = customer.page.split('name="remove" value="')[1].split('"')[0]
    assert len(rows()) == before + 1
    customer.send(PAGE, {"remove": number})
    assert len(rows()) == before and "1_1" not in customer.page
    customer.send(PAGE, one(made.paper(), name="a.pdf"))
    assert len(rows()) == before + 1


def test_a_paper_of_another_draft_is_not_taken_away(portal: Territory) -> None:
    owner, other = begun(portal), begun(portal)
    owner.answer("papers", one(made.photo()))
    there = len(rows())
    number = max(rows(), key=lambda each: each.id).id
    other.open(PAGE)
    other.send(PAGE, {"remove": str(number)})
    assert len(rows()) == there


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, "papers.none_chosen"),
        (one(made.with_file_inside(), "a.pdf"), "papers.fault_active"),
        (one(made.EICAR, "a.pdf"), "papers.fault_not_a_paper"),
    ],
)
def test_what_is_no_paper_is_told_at_once(portal: Territory, said: dict[str, Any], fault: str) -> None:
    customer = begun(portal)
    before = len(rows())
    answer = customer.answer("papers", said)
    assert answer.status_code == 200 and len(rows()) == before
    assert render(fault, language=Language.EN, parameters={"name": "a.pdf", "most": 10}) in customer.page


def test_a_draft_has_its_limit_and_takes_its_papers_along_when_it_is_swept(portal: Territory) -> None:
    from evenroll.records.draft_papers import DRAFT_PAPERS_MAX
    from evenroll.records.models import EnrollmentDraft
    from evenroll.records.organizations import shared_transaction

    customer = begun(portal)
    before = {each.draft for each in rows()}
    for shade in (0, 120):
        files = [SimpleUploadedFile(f"{each}.jpg", made.photo(shade + each)) for each in range(8)]
        customer.open(PAGE)
        answer = customer.client.post(PAGE, {**_hidden(customer.page), "file_vehicle_registration": files})
    assert answer.status_code == 200
    assert render("papers.full", language=Language.EN, parameters={"most": DRAFT_PAPERS_MAX}) in answer.content.decode()
    (draft,) = {each.draft for each in rows()} - before
    with shared_transaction() as pen:
        pen.execute("DELETE FROM enrollment_draft WHERE number = %s", (draft,))
    assert not EnrollmentDraft.objects.filter(number=draft).exists()
    assert draft not in {each.draft for each in rows()}


def _hidden(page: str) -> dict[str, str]:
    import re

    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_the_answers_of_all_pages_are_known_here(portal: Territory) -> None:
    assert "papers" in answers_of(portal.premise())
