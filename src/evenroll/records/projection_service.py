"""The rows of service orders and usage points: tracks, bills, meters and agreements, as their states tell them."""

from __future__ import annotations

import hashlib

from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import Agreement, PointMeter, UsagePoint
from evenroll.programs.bill import Bill, billed_wh
from evenroll.quantities.codec import text_of
from evenroll.records.folds import written_state
from evenroll.records.projection import project_tracks
from evenroll.records.row_batch import Put, Rows
from evenroll.records.streams import StreamKind

_ORDER = Put(
    table="service_order",
    columns=(
        ("number", "text"),
        ("state", "text"),
        ("status", "text"),
        ("asked_by", "text"),
        ("case_number", "text"),
        ("pod", "text"),
    ),
    keys=1,
)

_BILL = Put(
    table="bill",
    columns=(
        ("order_number", "text"),
        ("kind", "text"),
        ("tile_number", "bigint"),
        ("pod", "text"),
        ("rate", "text"),
        ("start_on", "date"),
        ("end_on", "date"),
        ("lines", "text"),
        ("total", "text"),
        ("actual", "boolean"),
        ("usage_wh", "bigint"),
    ),
    keys=2,
)

_POINT = Put(
    table="point_record",
    columns=(
        ("pod", "text"),
        ("state", "text"),
    ),
    keys=1,
)

_METER = Put(
    table="meter",
    columns=(
        ("pod", "text"),
        ("position", "int"),
        ("serial", "text"),
        ("capability", "text"),
        ("registers", "text"),
        ("remote_changeable", "boolean"),
        ("installed_on", "date"),
        ("removed_on", "date"),
        ("opening", "text"),
        ("closing", "text"),
    ),
    keys=0,
)

_AGREEMENT = Put(
    table="service_agreement",
    columns=(
        ("tile_number", "bigint"),
        ("pod", "text"),
        ("rate", "text"),
        ("supplier", "text"),
        ("supply_rate", "text"),
        ("riders", "text"),
        ("start_on", "date"),
        ("end_on", "date"),
    ),
    keys=0,
)


def project_order(batch: Rows, organization_id: int, *, before: ServiceOrder | None, after: ServiceOrder) -> None:
    """Bring the rows of a service order from one state to the other: itself, its tracks, its bills."""
    values = (
        after.number,
        written_state(after),
        "open" if after.is_open else "closed",
        after.requester,
        after.request.case,
        after.pod,
    )
    batch.put(_ORDER, values)
    stream = (organization_id, StreamKind.SERVICE_ORDER.value, after.number)
    project_tracks(batch, stream, before=before.tracks if before else {}, after=after.tracks)
    for old, new in (
        (before.closing_bill if before else None, after.closing_bill),
        (before.first_bill if before else None, after.first_bill),
    ):
        if new is not None and new != old:
            batch.put(_BILL, _bill_columns(new, organization_id=organization_id, order=after))


def project_point(batch: Rows, organization_id: int, *, before: UsagePoint | None, after: UsagePoint) -> None:
    """Bring the rows of a usage point from one state to the other: itself, its meters, its agreements."""
    batch.put(_POINT, (after.pod, written_state(after)))
    _project_meters(batch, organization_id, before, after)
    _project_agreements(batch, organization_id, before, after)


def tile_number(*parts: str) -> int:
    """A number for a text, by which rows exclude each other over time; 62 bits, so that no two are likely to agree.

    The exclusion constraint takes numbers only: the extension for texts is not everywhere. A range up to and with a
    number needs its successor to exist, hence not 63 bits.
    """
    return int.from_bytes(hashlib.sha256("\x00".join(parts).encode()).digest()[:8], "big") >> 2


def _bill_columns(bill: Bill, *, organization_id: int, order: ServiceOrder) -> tuple[object, ...]:
    return (
        order.number,
        bill.kind.value,
        tile_number(str(organization_id), order.pod, bill.rate),
        order.pod,
        bill.rate,
        bill.start_on,
        bill.end_on,
        text_of(bill.lines),
        str(bill.total),
        bill.actual,
        billed_wh(bill),
    )


def _project_meters(batch: Rows, organization_id: int, before: UsagePoint | None, after: UsagePoint) -> None:
    old = dict(enumerate(before.meters)) if before else {}
    new = dict(enumerate(after.meters))
    changed = sorted(position for position in old.keys() | new.keys() if old.get(position) != new.get(position))
    gone = [position for position in changed if position in old]
    if gone:
        # Gone ones first: a serial stands in one place at a time.
        batch.run(
            "meter",
            "DELETE FROM meter WHERE organization_id = %s AND pod = %s AND position = ANY(%s)",
            (organization_id, after.pod, gone),
        )
    for position in changed:
        if position in new:
            batch.put(_METER, (after.pod, position, *meter_columns(new[position])))


def meter_columns(meter: PointMeter) -> tuple[object, ...]:
    """A row of `meter` from its serial on."""
    return (
        meter.serial,
        meter.capability.value,
        text_of(meter.registers),
        meter.remote_changeable,
        meter.installed_on,
        meter.removed_on,
        text_of(meter.opening_wh),
        text_of(meter.closing_wh),
    )


def _project_agreements(batch: Rows, organization_id: int, before: UsagePoint | None, after: UsagePoint) -> None:
    old = {each.start_on: each for each in before.agreements} if before else {}
    new = {each.start_on: each for each in after.agreements}
    changed = sorted(day for day in old.keys() | new.keys() if old.get(day) != new.get(day))
    gone = [day for day in changed if day in old]
    if gone:
        # Gone ones first: the periods of one usage point never share a day, not even for a moment.
        batch.run(
            "service_agreement",
            "DELETE FROM service_agreement WHERE organization_id = %s AND pod = %s AND start_on = ANY(%s)",
            (organization_id, after.pod, gone),
        )
    number = tile_number(str(organization_id), after.pod)
    for day in changed:
        if day in new:
            batch.put(_AGREEMENT, (number, after.pod, *agreement_columns(new[day])))


def agreement_columns(agreement: Agreement) -> tuple[object, ...]:
    """A row of `service_agreement` from its rate on."""
    return (
        agreement.rate,
        agreement.supplier,
        agreement.supply_rate,
        text_of(agreement.riders),
        agreement.start_on,
        agreement.end_on,
    )
