"""What the pages of the registry show: tables of usage points, periods and requests, without anything of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from evenroll.backoffice.desk_words import due_tag
from evenroll.backoffice.shown_parts import Looking
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Cell, SummaryList, SummaryRow, Table
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records.organizations import open_organization
from evenroll.records.registry_looked import Period, Switch, periods, switches_at

BLOCKED: Final = "blocked"
_STATUS: Final = {
    "active": "registry.status_active",
    "inactive": "registry.status_inactive",
    BLOCKED: "registry.status_blocked",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPoint:
    """What the page of a usage point shows. now: the period in force, or the first one ahead."""

    pod: PodId
    facts: SummaryList
    periods: Sequence[Period]
    switches: Table
    is_blocked: bool
    names: Mapping[OrganizationKey, str]


def shown_point(looking: Looking, *, pod: PodId, names: Mapping[OrganizationKey, str]) -> ShownPoint:
    """A usage point for its page. Raises NotForViewer."""
    with open_organization(looking.viewer.organization) as opened:
        found = periods(looking.viewer, pod=pod)
        asked = switches_at(looking.viewer, pod=pod)
    today = opened.calendar.business_date(looking.now)
    now = next((each for each in found if each.from_on <= today), found[-1])
    return ShownPoint(
        pod=pod,
        facts=_facts(now, looking=looking, names=names),
        periods=found,
        switches=switches_table(asked, looking=looking, calendar=opened.calendar, names=names, is_of_point=True),
        is_blocked=now.status == BLOCKED,
        names=names,
    )


def _facts(now: Period, *, looking: Looking, names: Mapping[OrganizationKey, str]) -> SummaryList:
    rows = {
        "registry.supplier": supplier_name(now.supplier, looking=looking, names=names),
        "registry.territory": names.get(now.utility, now.utility),
        "registry.postal_code": now.postal_code,
        "registry.status": status_words(now.status, looking=looking),
    }
    return SummaryList(rows=[SummaryRow(name=looking.said(name), value=value) for name, value in rows.items()])


def supplier_name(supplier: OrganizationKey | None, *, looking: Looking, names: Mapping[OrganizationKey, str]) -> str:
    """Who supplies, by name; default service where nobody but the utility does."""
    return looking.said("registry.default_service") if supplier is None else names.get(supplier, supplier)


def status_words(status: str, *, looking: Looking) -> str:
    """How the registry has the account at a usage point."""
    return looking.said(_STATUS[status]) if status in _STATUS else status


def points_table(rows: Iterable[Period], *, looking: Looking, names: Mapping[OrganizationKey, str]) -> Table:
    """Usage points as they stand."""
    heads = (
        "registry.point",
        "registry.supplier",
        "registry.since",
        "registry.territory",
        "registry.postal_code",
        "registry.status",
        "registry.in_request",
    )
    return Table(
        caption=looking.said("registry.points"),
        is_caption_hidden=True,
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[
            [
                Cell(text=each.pod, href=reverse("desk-point", args=[each.pod])),
                Cell(text=supplier_name(each.supplier, looking=looking, names=names)),
                Cell(text=day(each.from_on, language=looking.language)),
                Cell(text=names.get(each.utility, each.utility)),
                Cell(text=each.postal_code),
                Cell(text=status_words(each.status, looking=looking)),
                Cell(text=looking.said("desk.yes" if each.in_request else "desk.no")),
            ]
            for each in rows
        ],
        empty=looking.said("registry.no_points"),
    )


def point_table(shown: ShownPoint, *, looking: Looking) -> Table:
    """The periods of a usage point."""
    heads = ("registry.since", "registry.supplier", "registry.territory", "registry.status")
    return Table(
        caption=looking.said("registry.periods"),
        is_caption_hidden=True,
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[
            [
                Cell(text=day(each.from_on, language=looking.language)),
                Cell(text=supplier_name(each.supplier, looking=looking, names=shown.names)),
                Cell(text=shown.names.get(each.utility, each.utility)),
                Cell(text=status_words(each.status, looking=looking)),
            ]
            for each in shown.periods
        ],
    )


def switches_table(
    rows: Iterable[Switch],
    *,
    looking: Looking,
    calendar: ServiceCalendar,
    names: Mapping[OrganizationKey, str],
    is_of_point: bool = False,
) -> Table:
    """Requests about supply, each with its state and when it is due."""
    heads = (
        "registry.request",
        *(() if is_of_point else ("registry.point",)),
        "registry.requester",
        "registry.state",
        "registry.received_on",
        "registry.takes_effect",
        "registry.due",
    )
    return Table(
        caption=looking.said("registry.requests"),
        is_caption_hidden=True,
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[_switch_cells(each, looking, calendar, names, is_of_point=is_of_point) for each in rows],
        empty=looking.said("registry.no_requests"),
    )


def _switch_cells(
    row: Switch, looking: Looking, calendar: ServiceCalendar, names: Mapping[OrganizationKey, str], *, is_of_point: bool
) -> list[Cell]:
    language = looking.language
    due = Cell(text="—")
    if row.due_at is not None:
        due = Cell(text="", tag=due_tag(row.due_at, now=looking.now, calendar=calendar, language=language))
    point = [] if is_of_point else [Cell(text=row.pod, href=reverse("desk-point", args=[row.pod]))]
    return [
        Cell(text=row.number, href=reverse("desk-switch", args=[row.number])),
        *point,
        Cell(text=names.get(row.requester, row.requester)),
        Cell(text=render(row.state, language=language)),
        Cell(text=day(row.received_on, language=language)),
        Cell(text=day(row.effective_on, language=language) if row.effective_on else "—"),
        due,
    ]
