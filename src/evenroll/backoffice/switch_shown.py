"""A request about supply as its page shows it: what was asked, what answer is owed by when, what mends each code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from evenroll.backoffice.doable import Doable, new_key
from evenroll.backoffice.registry_shown import supplier_name
from evenroll.backoffice.shown_parts import Looking, happened, waits_table
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.tracks import State
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Cell, SummaryList, SummaryRow, Table, Timeline
from evenroll.programs.reject_codes import RejectRule, reject_rules
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey, TrackingNumber
from evenroll.records.entries import Entry
from evenroll.records.organizations import open_organization
from evenroll.records.registry_looked import switch

_ANSWER_DAYS: Final = 1
"""Business days within which a request is answered: the span after which the operator has it, see `OPERATORS_TURN`."""
_OF_STATE: Final[Mapping[State, tuple[CommandName, ...]]] = {
    State.ASKED: (CommandName.JUDGE_SUPPLY, CommandName.REJECT_SUPPLY),
    State.ACCEPTED: (CommandName.REJECT_SUPPLY,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSwitch:
    """What the page of a request shows. owed: a sentence; codes: those of a rejection, each with its cure."""

    number: TrackingNumber
    point: str
    state: str
    owed: str
    seen: int
    calendar: ServiceCalendar
    doable: Sequence[Doable]
    facts: SummaryList
    codes: Table | None
    waits: Table
    timeline: Timeline


def commands_of(state: State | None = None) -> tuple[CommandName, ...]:
    """The commands that the operator may give to a request; state: only those that help where it stands."""
    if state is not None:
        return _OF_STATE.get(state, ())
    return tuple(dict.fromkeys(name for names in _OF_STATE.values() for name in names))


def shown_switch(looking: Looking, *, number: TrackingNumber, names: Mapping[OrganizationKey, str]) -> ShownSwitch:
    """A request for its page. Raises NotForViewer."""
    with open_organization(looking.viewer.organization) as opened:
        found, entries = switch(looking.viewer, number=number)
    return ShownSwitch(
        number=number,
        point=reverse("desk-point", args=[found.pod]),
        state=render(found.state, language=looking.language),
        owed=_owed(found, looking=looking, calendar=opened.calendar, names=names),
        seen=max((each.number for each in entries), default=0),
        calendar=opened.calendar,
        doable=_doable(found, looking=looking),
        facts=_facts(found, looking=looking, names=names),
        codes=_codes(found, entries, looking=looking, calendar=opened.calendar) if found.codes else None,
        waits=waits_table(found.tracks.values(), looking=looking, calendar=opened.calendar),
        timeline=happened(entries, looking=looking, zone=ZoneInfo(opened.calendar.zone)),
    )


def _doable(found: SupplyRequest, *, looking: Looking) -> Sequence[Doable]:
    return [
        Doable(
            name=name,
            text=render(name, language=looking.language),
            at_once=name is CommandName.JUDGE_SUPPLY,
            key=new_key(),
        )
        for name in commands_of(found.state)
    ]


def _owed(
    found: SupplyRequest, *, looking: Looking, calendar: ServiceCalendar, names: Mapping[OrganizationKey, str]
) -> str:
    """Which answer the registry owes whom, until when."""
    whom = names.get(found.requester, found.requester)
    if found.state is State.ASKED:
        until = calendar.add_business_days(found.received_on, _ANSWER_DAYS)
        return render("registry.owed_answer", language=looking.language, parameters={"whom": whom, "until": until})
    if found.state is State.ACCEPTED and found.effective_on is not None:
        parameters = {"whom": whom, "until": found.effective_on}
        return render("registry.owed_switch", language=looking.language, parameters=parameters)
    return render("registry.owed_nothing", language=looking.language, parameters={"whom": whom})


def _facts(found: SupplyRequest, *, looking: Looking, names: Mapping[OrganizationKey, str]) -> SummaryList:
    asked, language = found.request, looking.language
    proof = render(asked.verification, language=language) if asked.verification else looking.said("registry.no_proof")
    rows: dict[str, str] = {
        "registry.transaction": render(asked.transaction, language=language),
        "registry.point": found.pod,
        "registry.postal_code": asked.postal_code,
        "registry.requester": names.get(found.requester, found.requester),
        "registry.supplier_after": supplier_name(found.supplier, looking=looking, names=names),
        "registry.received_on": day(found.received_on, language=language),
        "registry.wanted_on": _day_or(asked.requested_on, looking, "registry.first_day"),
        "registry.rescission_until": _day_or(asked.rescission_ends_on, looking, "registry.none"),
        "registry.proof": proof,
        "registry.billing": render(asked.billing, language=language),
        "registry.takes_effect": _day_or(found.effective_on, looking, "registry.not_dated"),
    }
    return SummaryList(rows=[SummaryRow(name=looking.said(name), value=value) for name, value in rows.items()])


def _day_or(value: date | None, looking: Looking, key: str) -> str:
    return looking.said(key) if value is None else day(value, language=looking.language)


def _codes(found: SupplyRequest, entries: Sequence[Entry], *, looking: Looking, calendar: ServiceCalendar) -> Table:
    """The codes of a rejection: sentence, cure, who acts, until when."""
    told_on = calendar.business_date(entries[-1].business_at)
    heads = ("registry.code", "registry.meaning", "registry.cure", "registry.who_acts", "registry.until")
    return Table(
        caption=looking.said("registry.codes"),
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[_code_cells(reject_rules()[code], told_on, looking=looking, calendar=calendar) for code in found.codes],
    )


def _code_cells(rule: RejectRule, told_on: date, *, looking: Looking, calendar: ServiceCalendar) -> list[Cell]:
    language = looking.language
    until = "—"
    if rule.days:
        days = rule.days
        on = told_on + timedelta(days=days) if rule.customer_acts else calendar.add_business_days(told_on, days)
        until = day(on, language=language)
    texts = (rule.code.value, *(render(each, language=language) for each in (rule.code, rule.cure, rule.owner)), until)
    return [Cell(text=each) for each in texts]
