"""`make pictures`: a picture of every page of the demo, as its people see it, in both widths and languages."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from evenroll.accounts.demo_people import DemoGroup, DemoPerson, demo_groups
from evenroll.accounts.wired import business_now
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, PodId, ProgramKey
from evenroll.records.program_drafts import DraftState, drafts
from evenroll.records.queries import Viewer
from evenroll.records.registry_looked import PointsAsked, points
from evenroll.runtime.cli_session import DEMO_DATABASE, asked, session
from tests.browser import judges
from tests.browser.looking import shown
from tests.browser.pictured_ways import WAYS, draw_ways
from tests.browser.served import Visit, served, visits
from tests.territory import Territory
from tests.web.browsing import ready
from tests.web.matrix import Asker, Planted, drafted_in


def main(folder: Path, *, only: str = "") -> int:
    """Draw the pages whose name holds a word, or all; 1 where no browser is here. The ways are called "way"."""
    if chromium_missing():
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    asked.database = DEMO_DATABASE
    # Who may not open a page answers so while the pages are looked for; that is no news.
    logging.disable(logging.WARNING)
    with session():
        ready(demo=True)
        shown_to = [each for each in visits(list(_people())) if only in each.name]
        with served() as address:
            count = _draw(shown_to, address, folder, only=only)
    print(f"{count} pictures of {len(shown_to)} pages are in {folder}.")
    return 0


def chromium_missing() -> bool:
    """Whether there is nothing to draw with, which is said."""
    if judges.chromium() is None:
        print(judges.missing())
        return True
    return False


def _draw(shown_to: Sequence[Visit], address: str, folder: Path, *, only: str) -> int:
    from playwright.sync_api import sync_playwright

    count = 0
    with sync_playwright() as playwright:
        browser = judges.launched(playwright)
        for visit in shown_to:
            for width in judges.WIDTHS:
                for language in Language:
                    with shown(browser, visit, address, width=width, language=language) as page:
                        file = folder / f"{visit.name}.{width}.{language.value}.png"
                        page.screenshot(path=str(file), full_page=True)
                        count += 1
        if only in WAYS:
            count += sum(
                draw_ways(browser, address, folder, width=width, language=language)
                for width in judges.WIDTHS
                for language in Language
            )
        browser.close()
    return count


def _people() -> Iterator[tuple[Planted, Asker]]:
    """A stranger, everybody of the staff, and a customer for each state that a case of the demo is in."""
    planted = _demo()
    yield planted, Asker(name="stranger", person=None)
    states: set[str] = set()
    for group in demo_groups():
        yield from ((planted, _asker(each)) for each in group.staff)
        for each in group.customers:
            if each.state is not None and each.state.value not in states:
                states.add(each.state.value)
                own = replace(planted, cases={**planted.cases, group.organization: CaseNumber(each.case)})
                yield own, _asker(each)


def _asker(each: DemoPerson) -> Asker:
    return Asker(name=each.key, person=each.person, look="" if each.state is None else each.state.value)


def _demo() -> Planted:
    """What the demo has, in the terms of the invented territory of tests."""
    groups = list(demo_groups())
    catalog = load_catalog()
    first = {
        kind: next(each.organization for each in groups if kind in each.staff[0].person.kinds)
        for kind in OrganizationKind
    }
    territory = Territory(
        tag="demo",
        utility=first[OrganizationKind.UTILITY],
        esco=first[OrganizationKind.SUPPLIER],
        registry=first[OrganizationKind.CLEARINGHOUSE],
        night=catalog.program(ProgramKey("LE-EV-NIGHT")),
        supply=catalog.program(ProgramKey("BW-NIGHT-DRIVE")),
        more=tuple(each.organization for each in groups),
    )
    cases = {each.organization: CaseNumber(each.customers[0].case) for each in groups if each.customers}
    customers = {
        each.organization: found
        for each in groups
        if each.customers and (found := each.customers[0].person.customer) is not None
    }
    order, pod = _order(groups, territory), _pod(territory)
    planted = Planted(territory=territory, cases=cases, customers=customers, order=order, pod=pod)
    return replace(planted, drafts={territory.utility: _draft(territory)})


def _draft(territory: Territory) -> int:
    """A draft of the utility, made anew only where none waits."""
    viewer = Viewer(organization=territory.utility, role=Role.PROGRAM_MANAGER)
    waiting = [each.id for each in drafts(viewer) if each.state is DraftState.OPEN]
    return waiting[0] if waiting else drafted_in(territory, territory.utility)


def _pod(territory: Territory) -> PodId:
    """A usage point of the registry."""
    viewer = Viewer(organization=territory.registry, role=Role.REGISTRY_OPERATOR)
    return points(viewer, asked=PointsAsked(), on=business_now().date(), rows=1).rows[0].pod


def _order(groups: Sequence[DemoGroup], territory: Territory) -> OrderNumber:
    """A service order of the utility for one of its own customers."""
    own = next(each for each in groups if each.organization == territory.utility)
    links = (territory.case(own.organization, CaseNumber(each.case)).order for each in own.customers)
    return next(link.number for link in links if link is not None)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), only=os.environ.get("ONLY", "")))
