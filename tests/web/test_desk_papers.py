"""Papers on the desk: handed out as a file to who says why, each look noted for good, and to nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from evenroll.enrollment.papers import LookReason, PaperKind
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber
from tests import papers_made as made
from tests.territory import NOW, Territory
from tests.web.browsing import signed_in_as, staff_of
from tests.web.test_case_acts import hidden_in, text_of, wire


@pytest.fixture
def with_paper(web: None, territory: Territory) -> tuple[CaseNumber, int]:
    from evenroll.intake.paper_reading import clean_paper
    from evenroll.records.organizations import open_organization
    from evenroll.records.papers import PaperToKeep, keep_papers, papers_of

    wire(territory, NOW)
    number = territory.apply(territory.premise())
    territory.run()
    clean = clean_paper(made.photo(), name='"><script>alert(1)</script>.jpg')
    sent = PaperToKeep(kind=PaperKind.LEASE, media=clean.media.value, content=clean.content, name=clean.name)
    with open_organization(territory.utility):
        keep_papers(number, [sent], at=NOW)
        (row,) = papers_of(number)
    return number, row.id


def looks(territory: Territory, number: CaseNumber) -> Any:
    from evenroll.records.looks import looks_at
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return looks_at(number)


def asked(person: Any, number: CaseNumber, **said: str) -> Any:
    address = f"/desk/case/{number}/papers/"
    return person.post(address, {**hidden_in(text_of(person.get(address))), **said})


def test_a_paper_is_a_file_for_who_says_why_and_the_look_is_noted(
    territory: Territory, with_paper: tuple[CaseNumber, int]
) -> None:
    number, paper = with_paper
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    assert f'href="/desk/case/{number}/papers/"' in text_of(desk.get(f"/desk/case/{number}/"))
    before: datetime = timezone.now()
    answer = asked(desk, number, paper=str(paper), reason="decides")
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == f'attachment; filename="lease-{paper}.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    (look,) = looks(territory, number)
    assert (look.what, look.reason, look.role) == (f"paper/{paper}", LookReason.DECIDES, Role.ENROLLMENT_DESK)
    assert look.looked_at >= before


def test_without_a_reason_nothing_is_handed_out(territory: Territory, with_paper: tuple[CaseNumber, int]) -> None:
    number, paper = with_paper
    desk = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
    for said in ({"paper": str(paper)}, {"paper": str(paper), "reason": "curious"}, {"paper": "1", "reason": "audit"}):
        answer = asked(desk, number, **said)
        assert answer["Content-Type"].startswith("text/html") and "govuk-error-summary" in text_of(answer)
    assert looks(territory, number) == ()


def test_others_are_told_that_there_is_nothing(territory: Territory, with_paper: tuple[CaseNumber, int]) -> None:
    number, paper = with_paper
    for organization, role in (
        (territory.esco, Role.ENROLLMENT_DESK),
        (territory.utility, Role.BILLING),
        (territory.utility, Role.METER_CREW),
        (territory.registry, Role.REGISTRY_OPERATOR),
    ):
        person = signed_in_as(staff_of(organization, role))
        address = f"/desk/case/{number}/papers/"
        person.handler.enforce_csrf_checks = False
        assert person.get(address).status_code == 404
        assert person.post(address, {"paper": str(paper), "reason": "audit"}).status_code == 404
    assert looks(territory, number) == ()


def test_a_look_is_never_taken_back(territory: Territory, with_paper: tuple[CaseNumber, int]) -> None:
    from django.db import DatabaseError
    from psycopg import Error

    from evenroll.records.organizations import cursor, open_organization

    number, paper = with_paper
    asked(signed_in_as(staff_of(territory.utility, Role.SUPERVISOR)), number, paper=str(paper), reason="audit")
    for sql in ("DELETE FROM personal_look", "UPDATE personal_look SET reason = 'decides'"):
        with pytest.raises((Error, DatabaseError)), open_organization(territory.utility), cursor() as pen:
            pen.execute(sql)
    assert [each.reason for each in looks(territory, number)] == [LookReason.AUDIT]
