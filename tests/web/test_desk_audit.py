"""The auditor reads every case of the organization, its journal with hashes and proof, and who looked; no more."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from evenroll.enrollment.form import FormField, Language
from evenroll.enrollment.papers import LookReason
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.heads import give_out, own_verifier
from evenroll.records.keys import current_keys
from evenroll.records.seal_proofs import check
from evenroll.records.sealing import seal_all
from evenroll.runtime.database import DatabaseUrls
from tests.territory import Territory
from tests.web.browsing import signed_in_as, staff_of, token_in
from tests.web.test_desk import page_of, searched


@pytest.fixture
def number(web: None, territory: Territory) -> CaseNumber:
    """A case of the utility that waits for its meter."""
    found = territory.apply(territory.premise())
    territory.run()
    return found


@pytest.fixture
def auditor(web: None, territory: Territory) -> Any:
    return signed_in_as(staff_of(territory.utility, Role.AUDITOR))


def forms(page: str) -> list[str]:
    """Where the forms of the page itself lead."""
    return re.findall(r'<form method="post" action="([^"]*)"', page.partition("<main")[2].partition("</main")[0])


def sealed() -> None:
    seal_all()
    give_out(current_keys())


def test_the_auditor_finds_and_reads_every_case_and_can_give_nothing(
    number: CaseNumber, auditor: Any, territory: Territory
) -> None:
    order = territory.order_of(territory.utility, number).number
    queue = page_of(auditor, "/desk/?track=meter")
    assert f'href="/desk/order/{order}/"' in queue and 'name="row"' not in queue
    assert f"/desk/case/{number}/" in searched(auditor, number)
    for address in (f"/desk/case/{number}/", f"/desk/order/{order}/", f"/desk/case/{number}/journal/"):
        assert forms(page_of(auditor, address)) == []
    token = token_in(page_of(auditor, "/desk/search/"))
    before = territory.events(territory.utility, number)
    for address in (f"case/{number}/do/withdraw/", f"case/{number}/claim/", f"order/{order}/claim/", "together/"):
        assert auditor.post(f"/desk/{address}", {"csrfmiddlewaretoken": token, "act": "claim"}).status_code == 404
    assert territory.events(territory.utility, number) == before
    theirs = territory.apply(territory.premise(supplier=territory.esco), at=territory.esco, program=territory.supply)
    for page in ("", "journal/", "proof.json"):
        assert auditor.get(f"/desk/case/{theirs}/{page}").status_code == 404


@pytest.mark.parametrize("language", Language)
def test_the_journal_of_a_case_shows_its_hashes_and_the_seal(
    number: CaseNumber, auditor: Any, territory: Territory, language: Language
) -> None:
    auditor.get(f"/desk/?lang={language.value}")
    address = f"/desk/case/{number}/journal/"
    assert render("proof.open", language=language) in page_of(auditor, address)
    sealed()
    page = page_of(auditor, address)
    assert render("proof.whole", language=language) in page
    hashes = re.findall(r">([0-9a-f]{64})<", page)
    assert len(hashes) >= len(territory.events(territory.utility, number))
    # What happens afterwards stands above the seal, and is told apart.
    proof = auditor.get(f"/desk/case/{number}/proof.json")
    assert f"proof-{number}.json" in proof["Content-Disposition"]
    held = check(proof.json(), verifier=own_verifier(current_keys()))
    assert any(number in each for each in held.streams)
    assert number in page_of(auditor, "/desk/taken/")


def test_an_entry_that_was_changed_is_told(number: CaseNumber, auditor: Any, django_ready: DatabaseUrls) -> None:
    sealed()
    change = "UPDATE journal_entry SET actor_key = %s WHERE stream_key = %s AND number = 2"
    with psycopg.connect(django_ready.owner) as owner:
        row = owner.execute("SELECT set_config('evenroll.organization', id::text, true) FROM organization").fetchone()
        assert row is not None
        owner.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE journal_entry NO FORCE ROW LEVEL SECURITY")
        assert owner.execute(change, ("somebody-else", number)).rowcount == 1
        owner.execute("ALTER TABLE journal_entry FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    page = page_of(auditor, f"/desk/case/{number}/journal/")
    assert render("proof.broken", language=Language.EN) in page
    assert f"{number} 2" in page


def test_personal_answers_are_read_for_a_reason_which_stands_among_the_looks_of_all(
    auditor: Any, territory: Territory
) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    name = premise.answers()[FormField.NAME]
    address = f"/desk/case/{number}/personal/"
    asked = page_of(auditor, address)
    token = token_in(asked)
    refused = auditor.post(address, {"csrfmiddlewaretoken": token, "note": ""})
    assert refused.status_code == 422
    assert name not in asked + refused.content.decode() + page_of(auditor, f"/desk/case/{number}/journal/")
    assert f"/desk/case/{number}/" not in page_of(auditor, "/desk/looks/")
    said = {"csrfmiddlewaretoken": token, "reason": LookReason.AUDIT.value, "note": ""}
    assert name in auditor.post(address, said).content.decode()
    looks = page_of(auditor, "/desk/looks/")
    assert f"/desk/case/{number}/" in looks and render(LookReason.AUDIT, language=Language.EN) in looks
