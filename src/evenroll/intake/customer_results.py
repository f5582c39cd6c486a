"""What comes out for each customer: the columns of the result, and a part of it as bytes with the rows left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evenroll.costs.customers.choosing import NO_RATE, Best, best_of
from evenroll.costs.customers.comparison import CustomerCosts
from evenroll.costs.customers.components import COMPONENTS
from evenroll.costs.customers.plan import ComparisonPlan
from evenroll.costs.customers.row_faults import RowFault, RowFaultCode, RowsOf

WITHOUT, AT_ONCE, CHEAPEST = "without_pev", "unmanaged", "managed"
WAYS: Final = (WITHOUT, AT_ONCE, CHEAPEST)
_FAULTS: Final = b"evenroll.faults"
_CENTS: Final = pa.int64()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Compared:
    """Customers with what they pay. today: (customer,), the rate that each is on. cars: (car,), whose each is."""

    customers: Sequence[str]
    today: NDArray[np.int64]
    costs: CustomerCosts
    cars: NDArray[np.int64]


def schema_of(plan: ComparisonPlan) -> pa.Schema:
    """The columns of a result: per way and rate cents of all days; what a car adds; the best rate; what it saves."""
    fields = [("customer", pa.string()), ("rate_today", pa.string())]
    for way in WAYS:
        fields += [(f"{way}_cents.{key}", _CENTS) for key in plan.keys]
    for way in (AT_ONCE, CHEAPEST):
        fields += [(f"pev_{way}_cents.{key}", _CENTS) for key in plan.keys]
    for way in WAYS:
        fields += [(f"best_{way}", pa.string()), (f"saving_{way}_cents", _CENTS)]
    fields.append(("pev_unserved_wh", pa.int64()))
    fields += [(f"pev_unserved_wh.{plan.keys[number]}", pa.int64()) for number in plan.capped]
    if plan.components:
        fields += [(f"{way}_{part}_cents.{key}", _CENTS) for way in WAYS for part in COMPONENTS for key in plan.keys]
    return pa.schema(fields, metadata=_metadata(plan))


def table_of(compared: Compared, *, plan: ComparisonPlan) -> pa.Table:
    """The rows of some customers, in the order in which they came."""
    has_car = np.zeros(len(compared.customers), dtype=np.bool_)
    has_car[compared.cars] = True
    costs = compared.costs
    by_way = {
        WITHOUT: costs.without,
        AT_ONCE: _of_cars(costs.at_once, compared=compared),
        CHEAPEST: _of_cars(costs.cheapest, compared=compared),
    }
    names = np.array([*plan.keys, None], dtype=object)
    columns: list[Any] = [pa.array(compared.customers, pa.string()), pa.array(names[compared.today], pa.string())]
    for way in WAYS:
        columns += _columns(by_way[way], has_car=None if way == WITHOUT else has_car)
    for way in (AT_ONCE, CHEAPEST):
        columns += _columns(by_way[way] - costs.without, has_car=has_car)
    for way in WAYS:
        columns += _best(by_way, way, compared=compared, plan=plan, has_car=has_car)
    for unserved in (costs.unserved_wh, *costs.capped_wh.T[list(plan.capped)]):
        of_all = np.zeros(len(has_car), dtype=np.int64)
        of_all[compared.cars] = unserved
        columns.append(pa.array(of_all, mask=~has_car))
    if plan.components:
        for way, parts in zip(WAYS, costs.parts, strict=True):
            columns += _components(parts, way, compared=compared, has_car=has_car)
    return pa.Table.from_arrays(columns, schema=schema_of(plan))


def part_bytes(tables: Sequence[pa.Table], *, faults: Sequence[RowFault], plan: ComparisonPlan) -> bytes:
    """A part of the result with the rows that were left out, as one piece of bytes."""
    told = [[each.of.value, each.row, each.customer, each.code.value, each.what] for each in faults]
    schema = schema_of(plan).with_metadata({_FAULTS: json.dumps(told)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        for table in tables:
            writer.write_table(table)
    return sink.getvalue().to_pybytes()


def part_of(source: Any) -> tuple[pa.Table, tuple[RowFault, ...]]:
    """The rows of a part and those left out, from a file or bytes. Raises ArrowInvalid where it is cut."""
    reader = pa.ipc.open_file(source)
    told = json.loads(reader.schema.metadata[_FAULTS])
    faults = tuple(
        RowFault(of=RowsOf(of), row=row, customer=customer, code=RowFaultCode(code), what=what)
        for of, row, customer, code, what in told
    )
    return reader.read_all(), faults


def _metadata(plan: ComparisonPlan) -> dict[str, str]:
    """What the figures rest on, for whoever reads them later."""
    first, last = plan.cycles[0], plan.cycles[-1]
    return {
        "evenroll.from": first.start_on.isoformat(),
        "evenroll.until": str(last.end_on),
        "evenroll.zone": plan.calendar.zone,
        "evenroll.rates": json.dumps([[each.key, each.schedule.coverage.value] for each in plan.rates]),
        "evenroll.event_hours": json.dumps(plan.event_hours),
    }


def _of_cars(costs: NDArray[np.int64], *, compared: Compared) -> NDArray[np.int64]:
    """What each customer pays, (customer, rate): with the car where there is one."""
    found = compared.costs.without.copy()
    found[compared.cars] = costs
    return found


def _components(parts: NDArray[np.int64], way: str, *, compared: Compared, has_car: NDArray[np.bool_]) -> list[Any]:
    """The components of one way, by component, then rate."""
    found = parts
    if way != WITHOUT:
        found = np.zeros((len(has_car), *parts.shape[1:]), dtype=np.int64)
        found[compared.cars] = parts
    mask = None if way == WITHOUT else has_car
    return [column for part in range(len(COMPONENTS)) for column in _columns(found[:, :, part], has_car=mask)]


def _columns(costs: NDArray[np.int64], *, has_car: NDArray[np.bool_] | None) -> list[Any]:
    mask = None if has_car is None else ~has_car
    return [pa.array(np.ascontiguousarray(each), mask=mask) for each in costs.T]


def _best(
    by_way: dict[str, NDArray[np.int64]],
    way: str,
    *,
    compared: Compared,
    plan: ComparisonPlan,
    has_car: NDArray[np.bool_],
) -> list[Any]:
    """The best rate in one way, and what it saves against today's: a car is charged at once today.

    A rate whose events keep a car from what it is served without them is none: it costs less for giving less.
    """
    today, rows = compared.today, np.arange(len(has_car))
    paid = by_way[WITHOUT if way == WITHOUT else AT_ONCE][rows, today]
    costs, barred = compared.costs, np.zeros(by_way[way].shape, dtype=np.bool_)
    if way != WITHOUT:
        barred[compared.cars] = costs.capped_wh > costs.unserved_wh[:, np.newaxis]
    found: Best = best_of(
        by_way[way],
        today=today,
        paid=paid,
        coverages=[each.schedule.coverage for each in plan.rates],
        barred=barred,
    )
    is_told = np.ones_like(has_car) if way == WITHOUT else has_car
    names = np.array([*plan.keys, None], dtype=object)
    has_saving = is_told & (found.rate != NO_RATE) & (today != NO_RATE)
    return [
        pa.array(names[np.where(is_told, found.rate, NO_RATE)], pa.string()),
        pa.array(found.saving, mask=~has_saving),
    ]
