"""The rows of service orders and usage points: tracks, bills, meters and agreements, as their states tell them."""

from __future__ import annotations

import hashlib
from typing import Any

from psycopg import Cursor

from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import Agreement, PointMeter, UsagePoint
from evenroll.programs.bill import Bill, billed_wh
from evenroll.quantities.codec import canonical, encode
from evenroll.records.folds import written_state
from evenroll.records.projection import project_tracks
from evenroll.records.streams import StreamKind

Pen = Cursor[Any]

_ORDER = """
INSERT INTO service_order (organization_id, number, state, status, asked_by, case_number, pod)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, number) DO UPDATE SET state = excluded.state, status = excluded.status,
    asked_by = excluded.asked_by, case_number = excluded.case_number, pod = excluded.pod
"""

_BILL = """
INSERT INTO bill (organization_id, order_number, kind, tile_number, pod, rate, start_on, end_on, lines, total, actual,
    usage_wh)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, order_number, kind) DO UPDATE SET tile_number = excluded.tile_number,
    pod = excluded.pod, rate = excluded.rate, start_on = excluded.start_on, end_on = excluded.end_on,
    lines = excluded.lines, total = excluded.total, actual = excluded.actual, usage_wh = excluded.usage_wh
"""

_POINT = """
INSERT INTO point_record (organization_id, pod, state) VALUES (%s, %s, %s)
ON CONFLICT (organization_id, pod) DO UPDATE SET state = excluded.state
"""

_METER = """
INSERT INTO meter (organization_id, pod, position, serial, capability, registers, remote_changeable, installed_on,
    removed_on, opening, closing)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

_AGREEMENT = """
INSERT INTO service_agreement (organization_id, tile_number, pod, rate, supplier, supply_rate, riders, start_on,
    end_on)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def project_order(pen: Pen, organization_id: int, *, before: ServiceOrder | None, after: ServiceOrder) -> None:
    """Bring the rows of a service order from one state to the other: itself, its tracks, its bills."""
    values = (
        organization_id,
        after.number,
        written_state(after),
        "open" if after.is_open else "closed",
        after.requester,
        after.request.case,
        after.pod,
    )
    pen.execute(_ORDER, values)
    stream = (organization_id, StreamKind.SERVICE_ORDER.value, after.number)
    project_tracks(pen, stream, before=before.tracks if before else {}, after=after.tracks)
    for old, new in (
        (before.closing_bill if before else None, after.closing_bill),
        (before.first_bill if before else None, after.first_bill),
    ):
        if new is not None and new != old:
            pen.execute(_BILL, _bill_columns(new, organization_id=organization_id, order=after))


def project_point(pen: Pen, organization_id: int, *, before: UsagePoint | None, after: UsagePoint) -> None:
    """Bring the rows of a usage point from one state to the other: itself, its meters, its agreements."""
    pen.execute(_POINT, (organization_id, after.pod, written_state(after)))
    _project_meters(pen, organization_id, before, after)
    _project_agreements(pen, organization_id, before, after)


def tile_number(*parts: str) -> int:
    """A number for a text, by which rows exclude each other over time; 62 bits, so that no two are likely to agree.

    The exclusion constraint takes numbers only: the extension for texts is not everywhere. A range up to and with a
    number needs its successor to exist, hence not 63 bits.
    """
    return int.from_bytes(hashlib.sha256("\x00".join(parts).encode()).digest()[:8], "big") >> 2


def _bill_columns(bill: Bill, *, organization_id: int, order: ServiceOrder) -> tuple[object, ...]:
    return (
        organization_id,
        order.number,
        bill.kind.value,
        tile_number(str(organization_id), order.pod, bill.rate),
        order.pod,
        bill.rate,
        bill.start_on,
        bill.end_on,
        canonical(encode(bill.lines)),
        str(bill.total),
        bill.actual,
        billed_wh(bill),
    )


def _project_meters(pen: Pen, organization_id: int, before: UsagePoint | None, after: UsagePoint) -> None:
    old = dict(enumerate(before.meters)) if before else {}
    new = dict(enumerate(after.meters))
    changed = sorted(position for position in old.keys() | new.keys() if old.get(position) != new.get(position))
    if not changed:
        return
    # Gone ones first: a serial stands in one place at a time.
    pen.execute(
        "DELETE FROM meter WHERE organization_id = %s AND pod = %s AND position = ANY(%s)",
        (organization_id, after.pod, changed),
    )
    for position in changed:
        if position in new:
            columns = meter_columns(new[position])
            pen.execute(_METER, (organization_id, after.pod, position, *columns))


def meter_columns(meter: PointMeter) -> tuple[object, ...]:
    """A row of `meter` from its serial on."""
    return (
        meter.serial,
        meter.capability.value,
        canonical(encode(meter.registers)),
        meter.remote_changeable,
        meter.installed_on,
        meter.removed_on,
        canonical(encode(meter.opening_wh)),
        canonical(encode(meter.closing_wh)),
    )


def _project_agreements(pen: Pen, organization_id: int, before: UsagePoint | None, after: UsagePoint) -> None:
    old = {each.start_on: each for each in before.agreements} if before else {}
    new = {each.start_on: each for each in after.agreements}
    changed = sorted(day for day in old.keys() | new.keys() if old.get(day) != new.get(day))
    if not changed:
        return
    # Gone ones first: the periods of one usage point never share a day, not even for a moment.
    pen.execute(
        "DELETE FROM service_agreement WHERE organization_id = %s AND pod = %s AND start_on = ANY(%s)",
        (organization_id, after.pod, changed),
    )
    number = tile_number(str(organization_id), after.pod)
    for day in changed:
        if day in new:
            pen.execute(_AGREEMENT, (organization_id, number, after.pod, *agreement_columns(new[day])))


def agreement_columns(agreement: Agreement) -> tuple[object, ...]:
    """A row of `service_agreement` from its rate on."""
    return (
        agreement.rate,
        agreement.supplier,
        agreement.supply_rate,
        canonical(encode(agreement.riders)),
        agreement.start_on,
        agreement.end_on,
    )
