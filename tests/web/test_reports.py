"""The report in a browser: every number leads to the rows that it counts, in both languages and under every choice."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest

from evenroll.accounts.rules import rule_of
from evenroll.accounts.wired import Wired, use_wired
from evenroll.backoffice.reports import PARTS
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import OrganizationKey
from tests.records.histories import lived
from tests.statements import counted_traffic
from tests.territory import Territory, days, new_territory
from tests.web.browsing import signed_in_as, staff_of

REPORT = "/desk/reports/"
ROWS = "/desk/reports/rows/"
_LINK = re.compile(r'<a class="govuk-link" href="(/desk/reports/rows/\?[^"]+)">([^<]+)</a>')
_NUMBER = re.compile(r'<th scope="row"[^>]*><a class="govuk-link" href="/desk/case/([^/]+)/">')
_NEXT = re.compile(r'<a class="govuk-link" href="([^"]+)" rel="next">')
_ROW = re.compile(r'<tbody class="govuk-table__body">(.*?)</tbody>', re.DOTALL)
_MOST = 20


@pytest.fixture(scope="module")
def lived_in(django_ready: object) -> Territory:
    """A territory with a history, counted; its web's clock stands where the history ends."""
    territory = new_territory()
    # One enrollment excludes the other at the same address, and holds it up.
    for premise in [territory.premise()] * 2:
        territory.apply(premise)
    until = lived(territory, seed=2026, steps=20, after_each=lambda _dice: None)
    count(territory.utility)
    installation = territory.installation
    use_wired(Wired(installation=lambda: installation, now=lambda: until + days(3)))
    return territory


def count(organization: OrganizationKey) -> None:
    from evenroll.records.report_taking import take_all
    from evenroll.records.sealing import seal_all

    seal_all()
    take_all(organization)


@pytest.fixture
def desk(web: None, lived_in: Territory) -> Any:
    return signed_in_as(staff_of(lived_in.utility, Role.SUPERVISOR))


def page_of(asked: Any, address: str) -> str:
    answer = asked.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def rows_of(asked: Any, address: str) -> Iterator[list[str]]:
    """The cells of every row that a number leads to, over all pages."""
    while address:
        page = page_of(asked, address)
        body = _ROW.search(page)
        assert body is not None
        for row in re.findall(r"<tr.*?</tr>", body[1], re.DOTALL):
            cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
            if len(cells) > 1:
                yield cells
        more = _NEXT.search(page)
        address = f"{ROWS}{unescape(more[1])}" if more else ""


def numbers_of(page: str) -> list[tuple[str, str]]:
    """Each link of the tables to rows, and its text."""
    return [(unescape(href), text) for href, text in _LINK.findall(page)]


def leads_there(asked: Any, address: str, text: str) -> None:
    found = [*rows_of(asked, address)]
    if "least=" in address or "." in text:
        # A length leads to those who stood so long or longer.
        assert found and all(float(row[-1].split(",")[0]) >= float(text) for row in found), address
        return
    times = [int(row[-1].split(",")[1].split()[0]) if "," in row[-1] and "of=left" in address else 1 for row in found]
    assert sum(times) == int(text.replace(",", "")), address


def test_every_number_leads_to_the_rows_that_it_counts(desk: Any) -> None:
    numbers = numbers_of(page_of(desk, REPORT))
    kinds = {re.search(r"of=(\w+)", href)[1] for href, _ in numbers}  # pyright: ignore[reportOptionalSubscript]
    assert kinds == {"reached", "stopped", "now", "left", "rule", "end", "program", "due"}
    for address, text in numbers:
        leads_there(desk, address, text)


def test_numbers_under_a_choice_lead_to_rows_under_it(desk: Any) -> None:
    whole = numbers_of(page_of(desk, REPORT))
    for chosen in ("language=es", "channel=mail", "kind=tou", "since=2026-11&until=2026-11"):
        numbers = numbers_of(page_of(desk, f"{REPORT}?{chosen}"))
        assert numbers and numbers != whole
        for address, text in numbers:
            assert "of=due" in address or all(part in address for part in chosen.split("&")), address
            leads_there(desk, address, text)


def test_pages_of_rows_follow_one_another_and_lose_none(desk: Any, lived_in: Territory) -> None:
    from evenroll.records.queries import Viewer
    from evenroll.records.report_figures import Chosen
    from evenroll.records.report_lines import STAGE_KEYS, Subject
    from evenroll.records.report_rows import Behind, rows_behind

    viewer = Viewer(organization=lived_in.utility, role=Role.SUPERVISOR)
    behind = Behind(subject=Subject.STAGE, codes=STAGE_KEYS, chosen=Chosen())
    whole = rows_behind(viewer, behind=behind).rows
    found, after, more = list[Any](), None, True
    while more:
        page = rows_behind(viewer, behind=behind, after=after, rows=2)
        found, more = [*found, *page.rows], page.more
        after = page.rows[-1].key
    assert tuple(found) == whole and len(whole) > 4


@pytest.mark.parametrize("language", Language)
def test_every_part_has_its_drawing_its_table_and_its_file(desk: Any, language: Language) -> None:
    page = page_of(desk, REPORT) if language is Language.EN else _in_spanish(desk)
    # Where nobody here applied on the web nothing of drafts is drawn.
    assert len(PARTS) - page.count("<figure") in {0, 1}
    assert "style=" not in page and "report_word." not in page and "reports." not in page.replace("/desk/reports.", "")
    for key in PARTS:
        answer = desk.get(f"/desk/reports.csv?part={key}")
        rows = [*csv.reader(io.StringIO(answer.content.decode()))]
        assert answer["Content-Type"].startswith("text/csv") and key in answer["Content-Disposition"]
        assert len({len(row) for row in rows}) == 1
        assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    whole = desk.get("/desk/reports.csv").content.decode()
    assert render("reports.uptake", language=language) in whole
    assert desk.get("/desk/reports.csv?part=nothing").status_code == 404


def _in_spanish(desk: Any) -> str:
    desk.get(f"{REPORT}?lang=es")
    return page_of(desk, REPORT)


def test_a_file_has_the_numbers_of_the_page_without_their_points(desk: Any) -> None:
    rows = [*csv.reader(io.StringIO(desk.get("/desk/reports.csv?part=stages").content.decode()))][1:]
    numbers = [text for address, text in numbers_of(page_of(desk, REPORT)) if "of=reached" in address]
    assert [row[2] for row in rows if row[2] != "0"] == numbers[: len([row for row in rows if row[2] != "0"])]


def test_whoever_reads_a_report_may_open_the_cases_that_its_numbers_lead_to(desk: Any, lived_in: Territory) -> None:
    """So that no small number has to be kept back from anybody."""
    from django.urls import resolve

    from evenroll.backoffice.who import READ_CASES
    from evenroll.records.queries import NotForViewer, Viewer
    from evenroll.records.report_figures import READERS, Chosen
    from evenroll.records.report_lines import Subject
    from evenroll.records.report_rows import Behind, rows_behind

    for address in (REPORT, ROWS, "/desk/reports.csv"):
        rule = rule_of(resolve(address).func)
        assert rule is not None and rule.roles <= READ_CASES.roles, address
        assert rule.roles == READERS - {Role.SYSTEM}, address
    auditor = signed_in_as(staff_of(lived_in.utility, Role.AUDITOR))
    address, text = next(each for each in numbers_of(page_of(auditor, REPORT)) if "of=end" in each[0])
    leads_there(auditor, address, text)
    behind = Behind(subject=Subject.END, codes=("expired",), chosen=Chosen())
    with pytest.raises(NotForViewer, match="Sign in as one of these"):
        rows_behind(Viewer(organization=lived_in.utility, role=Role.METER_CREW), behind=behind)


def test_another_organization_finds_none_of_these_rows(desk: Any, lived_in: Territory) -> None:
    theirs = signed_in_as(staff_of(lived_in.esco, Role.SUPERVISOR))
    assert [*rows_of(desk, f"{ROWS}?of=reached&code=2")] != []
    assert [*rows_of(theirs, f"{ROWS}?of=reached&code=2")] == []
    assert numbers_of(page_of(theirs, REPORT)) == []


@pytest.mark.parametrize(
    "query",
    [
        "of=nobody&code=2",
        "of=reached&code=99",
        "of=now&code=nowhere",
        "of=due&code=customer",
        "of=due&code=x:later",
    ],
)
def test_what_no_number_leads_to_is_not_there(desk: Any, query: str) -> None:
    assert desk.get(f"{ROWS}?{query}").status_code == 404


def test_what_is_no_choice_counts_as_none(desk: Any) -> None:
    plain = numbers_of(page_of(desk, REPORT))
    assert numbers_of(page_of(desk, f"{REPORT}?since=0000-01&kind=none&channel=%00&language=xx&until=2026-13")) == plain
    assert page_of(desk, f"{ROWS}?of=left&code=deciding&least=-1&more={'9' * 30}&after=x")


def test_applications_on_the_web_are_told_by_month_alone(desk: Any, lived_in: Territory) -> None:
    from evenroll.records.draft_counts import BEGUN, SENT, count_steps
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(lived_in.utility), cursor() as pen:
        for on, steps in ((date(2026, 11, 3), (BEGUN, SENT)), (date(2026, 12, 31), (BEGUN,))):
            count_steps(pen, steps, owner=lived_in.utility, on=on)

    def told(query: str) -> list[list[str]]:
        return [*csv.reader(io.StringIO(desk.get(f"/desk/reports.csv?part=drafts&{query}").content.decode()))][1:]

    assert [row[2] for row in told("")] == ["2", "1"]
    assert [row[2] for row in told("since=2026-12&until=2026-12")] == ["1"]
    assert told("kind=tou") == told("channel=mail") == told("since=2027-01") == []
    assert "counted by month alone" in page_of(desk, f"{REPORT}?kind=tou")


def test_the_page_says_how_far_its_figures_are(desk: Any, lived_in: Territory) -> None:
    assert "newer entries" not in page_of(desk, REPORT)
    lived_in.apply(lived_in.premise())
    assert "newer entries are not in them yet" in page_of(desk, REPORT)
    count(lived_in.utility)
    assert "newer entries" not in page_of(desk, REPORT)


def test_the_pages_ask_as_often_beside_many_cases_as_beside_few(web: None) -> None:
    territory = new_territory()
    asked = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))

    def statements() -> list[int]:
        count(territory.utility)
        counts: list[int] = []
        for address in (REPORT, f"{REPORT}?kind=tou", f"{ROWS}?of=reached&code=2", "/desk/reports.csv"):
            asked.get(address)
            with counted_traffic() as traffic:
                page_of(asked, address)
            counts.append(traffic.statements)
        return counts

    lived(territory, seed=1, steps=3, after_each=lambda _dice: None)
    few = statements()
    lived(territory, seed=2026, steps=10, after_each=lambda _dice: None)
    assert statements() == few
    assert max(few) <= _MOST
