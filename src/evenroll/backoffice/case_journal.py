"""The journal of a case with its hashes, what the seal says of it, and the proof to take along."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.enrollment.roles import Role
from evenroll.pages.formats import instant
from evenroll.pages.formats import number as written
from evenroll.pages.timeline_words import told_entry
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, Notice, SummaryList, SummaryRow, Table, Tone
from evenroll.quantities.identifiers import parse_case_number
from evenroll.records.desk_exports import note_export
from evenroll.records.entries import Entry
from evenroll.records.organizations import open_organization
from evenroll.records.sealed_case import SealedCase, entries_in, proof_of_case, sealed_case


@require_safe
@theirs
def journal(request: PageRequest, number: str) -> HttpResponse:
    """Every entry of a case and its service orders, and whether they are as they were sealed."""
    parsed = parse_case_number(number)
    found = sealed_case(viewer_of(request), number=parsed)
    with open_organization(person_of(request).organization) as opened:
        zone = ZoneInfo(opened.calendar.zone)
    context = {
        "number": parsed,
        "verdict": _verdict(request, found),
        "sealed": _sealed(request, found, zone=zone),
        "records": [_entries(request, list(each), zone=zone) for _, each in groupby(found.entries, key=_record)],
        "proof_href": reverse("desk-proof", args=[parsed]) if found.sealed else "",
    }
    return desk_page(request, "backoffice/case_journal.html", context)


@require_safe
@theirs
def proof(request: PageRequest, number: str) -> HttpResponse:
    """The proof of a case, as `evenroll journal check` reads it."""
    parsed = parse_case_number(number)
    found = proof_of_case(viewer_of(request), number=parsed)
    if found is None:
        raise Http404
    note_export(person_of(request).acts, what=f"proof {parsed}", rows=entries_in(found))
    answer = HttpResponse(json.dumps(found, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="proof-{parsed}.json"'
    return answer


def _verdict(request: PageRequest, found: SealedCase) -> Notice:
    if not found.holds:
        broken = ", ".join(f"{each.stream.key} {each.number}" for each in found.faults)
        where = broken or said(request, "proof.in_tree")
        text = said(request, "proof.broken_text", where=where)
        return Notice(title=said(request, "proof.broken"), text=text, tone=Tone.TROUBLE)
    if not found.sealed:
        return Notice(title=said(request, "proof.open"), text=said(request, "proof.open_text"), tone=Tone.WAITING)
    return Notice(title=said(request, "proof.whole"), text=said(request, "proof.whole_text"), tone=Tone.GOOD)


def _sealed(request: PageRequest, found: SealedCase, *, zone: ZoneInfo) -> SummaryList:
    head, language = found.checkpoint, request.language
    rows = [
        ("proof.entries", written(len(found.entries), language=language)),
        ("proof.sealed", written(found.sealed, language=language)),
        ("proof.made", instant(head.made_at, language=language, zone=zone) if head else said(request, "proof.none")),
    ]
    if head is not None:
        rows += [
            ("proof.size", written(head.size, language=language)),
            ("proof.root", head.root.hex()),
            ("proof.log", head.origin),
        ]
    return SummaryList(rows=[SummaryRow(name=said(request, name), value=value) for name, value in rows])


def _record(entry: Entry) -> str:
    return entry.stream.key


def _entries(request: PageRequest, entries: Sequence[Entry], *, zone: ZoneInfo) -> Table:
    """The entries of one record."""
    heads = ("proof.number", "proof.what", "proof.who", "proof.recorded", "proof.hash")
    return Table(
        caption=said(request, "proof.table", number=_record(entries[0])),
        columns=[Cell(text=said(request, each)) for each in heads],
        rows=[_cells(request, each, zone=zone) for each in entries],
    )


def _cells(request: PageRequest, entry: Entry, *, zone: ZoneInfo) -> list[Cell]:
    return [
        Cell(text=str(entry.number)),
        Cell(text=told_entry(entry, language=request.language).sentence),
        Cell(text=_by(request, entry)),
        Cell(text=instant(entry.recorded_at, language=request.language, zone=zone)),
        Cell(text=entry.hash),
    ]


def _by(request: PageRequest, entry: Entry) -> str:
    if entry.actor_role in (Role.SYSTEM, Role.PEER):
        return said(request, entry.actor_role)
    return said(request, "work.by", role=entry.actor_role.value, who=entry.actor_key)
