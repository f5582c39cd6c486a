"""A territory of any size for a measurement of the bulk door: its books, and a file with an application of each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from evenroll.runtime.demo_applications import COLUMNS, drawn_vin
from evenroll.runtime.territory_load import (
    load_organizations,
    load_registry,
    load_supplier,
    load_utility_books,
)
from evenroll.runtime.territory_plan import LAKELAND, UTILITY, PlannedPoint, plan_points

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PORTION = 2_000
"""So many usage points are loaded in one transaction."""

_PROGRAMS = {
    "lakeland-electric": "LE-EV-NIGHT",
    "brightwater-energy": "BW-NIGHT-DRIVE",
    "northfork-power": "NF-OVERNIGHT",
    "riverbend-power": "RB-STEADY-NIGHT",
}


def planned(count: int) -> tuple[PlannedPoint, ...]:
    """The usage points of a Lakeland as large as that, drawn as those of the demo are."""
    drawn = plan_points(territory=replace(LAKELAND, points=count))
    return tuple(replace(each, territory=LAKELAND) for each in drawn)


def load_books(points: Sequence[PlannedPoint]) -> None:
    """Organizations, programs, and what each organization keeps of these points; by two processes."""
    from django.db import connections

    load_organizations(now=NOW)
    connections.close_all()
    portions = [points[first : first + PORTION] for first in range(0, len(points), PORTION)]
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("fork")) as pool:
        for job in [pool.submit(_load_portion, each) for each in portions]:
            job.result()


def _load_portion(points: Sequence[PlannedPoint]) -> None:
    load_utility_books(points, now=NOW)
    load_registry(points)
    for supplier in LAKELAND.suppliers:
        load_supplier(points, supplier=supplier)


def write_applications(path: Path, points: Iterable[PlannedPoint]) -> None:
    """A file with one truthful application for each point, as partners send them."""
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(map(_row, points))


def _row(point: PlannedPoint) -> dict[str, str]:
    utility = point.supplier == UTILITY
    return {
        "application": f"bulk-{point.number}",
        "organization": point.supplier,
        "channel": "bulk",
        "language": point.language,
        "prompted_by": "nobody",
        "program": _PROGRAMS[point.supplier],
        "usage_point": point.pod,
        "name": point.name,
        "service_address": point.address,
        "postal_code": point.postal_code,
        "account_number": point.account_number if utility else point.supplier_account,
        "meter_serial": point.serial if utility else "",
        "last_bill_amount": "" if utility else point.last_bill,
        "email": point.email,
        "phone": point.phone,
        "vin": drawn_vin(f"bulk/{point.number}"),
        "drivetrain": "bev",
        "model": "Aurora 4",
        "holder": "account_holder",
        "dwelling": "own",
        "consents": "terms" if utility else "terms;data_sharing",
        "documents": "letter_of_authorization;vehicle_registration" if utility else "letter_of_authorization",
        "signed_on": "2026-02-25",
        "consents_hand_over": "yes",
    }
