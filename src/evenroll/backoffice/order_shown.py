"""A service order as its page shows it, read in one transaction of the viewer's organization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from evenroll.backoffice.doable import Doable, doables
from evenroll.backoffice.shown_parts import Looking, happened, waits_table
from evenroll.enrollment.commands import Record
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import SummaryList, SummaryRow, Table, Timeline
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.records import queries
from evenroll.records.organizations import open_organization

_SEE_CASES = frozenset({Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.BILLING, Role.AUDITOR})


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownOrder:
    """What the page of a service order shows. case: "" where its case is none of ours or not for this role."""

    number: OrderNumber
    case: str
    state: str
    seen: int
    doable: Sequence[Doable]
    facts: SummaryList
    waits: Table
    timeline: Timeline


def shown_order(looking: Looking, *, number: OrderNumber) -> ShownOrder:
    """A service order for its page. Raises NotForViewer."""
    viewer = looking.viewer
    with open_organization(viewer.organization) as opened:
        here = queries.order_timeline(viewer, number=number)
        order = queries.order(viewer, number=number)
        point = queries.usage_point(viewer, pod=order.pod)
        case = _own_case(looking, order.request.case)
    is_crew = viewer.role is Role.METER_CREW
    tracks = [each for each in order.tracks.values() if each.track is Track.METER or not is_crew]
    return ShownOrder(
        number=number,
        case=case,
        state=render(order.meter.state, language=looking.language),
        seen=here.seen,
        doable=doables(tracks, record=Record.SERVICE_ORDER, role=viewer.role, language=looking.language),
        facts=_facts(order, point, looking.language),
        waits=waits_table(tracks, looking=looking, calendar=opened.calendar),
        timeline=happened(here.entries, looking=looking, zone=ZoneInfo(opened.calendar.zone)),
    )


def _own_case(looking: Looking, number: CaseNumber) -> str:
    if looking.viewer.role not in _SEE_CASES:
        return ""
    try:
        return queries.case(looking.viewer, number=number).number
    except queries.NotForViewer:
        return ""


def _facts(order: ServiceOrder, point: UsagePoint | None, language: Language) -> SummaryList:
    visit = order.visit
    booked = (
        f"{day(visit.visit_on, language=language)}, {render(visit.window, language=language)}"
        if visit
        else render("desk.not_booked", language=language)
    )
    rows = [
        ("desk.visit", booked),
        ("desk.need", render(order.request.need, language=language)),
        ("desk.point", order.pod),
        ("desk.meters", ", ".join(_meters(point)) or "—"),
        ("desk.checklist", ", ".join(render(each, language=language) for each in sorted(order.checklist)) or "—"),
    ]
    return SummaryList(rows=[SummaryRow(name=render(name, language=language), value=value) for name, value in rows])


def _meters(point: UsagePoint | None) -> list[str]:
    return [f"{each.serial}" for each in point.meters if each.removed_on is None] if point else []
