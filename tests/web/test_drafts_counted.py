"""Applications that are not sent are counted by step, once each, and nothing of them stands in the counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import OrganizationKey
from tests.territory import NOW, Territory, new_territory
from tests.web.enrolling import Enrolling, answers_of


@pytest.fixture
def own(web: None) -> Iterator[Territory]:
    """A territory of its own, in which nothing was counted before."""
    from evenroll.accounts.wired import Wired, use_wired

    found = new_territory()
    use_wired(Wired(installation=lambda: found.installation, now=lambda: NOW))
    yield found


def counted(organization: OrganizationKey) -> dict[str, int]:
    from evenroll.records.funnel import funnel
    from evenroll.records.queries import Viewer

    found = funnel(Viewer(organization=organization, role=Role.SUPERVISOR))
    return {each.step: each.drafts for each in found.drafts}


def test_each_step_is_counted_once_for_a_draft(own: Territory) -> None:
    assert counted(own.utility) == {}
    premise = own.premise()
    gone, sent = Enrolling(own), Enrolling(own)
    gone.begin()
    gone.answer("holder", {"holder": "account_holder"})
    gone.answer("holder", {"holder": "authorized"})
    sent.begin()
    sent.answer_all(premise)
    assert counted(own.utility)["begun"] == 2
    assert "sent" not in counted(own.utility)
    sent.send("/enroll/check", {})
    found = counted(own.utility)
    asked = list(answers_of(premise))
    assert found == {"begun": 2, "holder": 2, **{name: 1 for name in asked if name != "holder"}, "sent": 1}
    assert list(found) == ["begun", *asked, "sent"]
    assert counted(own.esco) == {}


def test_nothing_of_a_draft_stands_in_the_counts(own: Territory) -> None:
    from django.db import connection

    customer = Enrolling(own)
    customer.begin()
    customer.answer("person", {"name": "Robin Counted", "email": "robin.counted@example.test"})
    with connection.cursor() as pen:
        pen.execute("SELECT * FROM draft_count WHERE owner = %s ORDER BY step", (own.utility,))
        columns = [each.name for each in pen.description]
        rows = pen.fetchall()
    assert columns == ["id", "owner", "counted_on", "step", "drafts"]
    assert [row[3:] for row in rows] == [("begun", 1), ("person", 1)]


def test_the_steps_of_the_report_are_the_pages_in_their_order_and_have_words() -> None:
    from evenroll.pages.report_words import draft_step_words
    from evenroll.portal.enroll_texts import QuestionName
    from evenroll.records.funnel import DRAFT_STEPS

    assert ("begun", *(each.value for each in QuestionName), "sent") == DRAFT_STEPS
    for language in Language:
        assert all(draft_step_words(each, language=language) for each in DRAFT_STEPS)
