"""What earlier enrollments mean, read from their rows: lock-outs, changes of rate, cases of a program that ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from evenroll.enrollment.tracks import CASE_ENDS, State
from evenroll.enrollment.usage_point import VACANT, UsagePoint
from evenroll.quantities.identifiers import CaseNumber, CustomerId, PodId, ProgramKey
from evenroll.records.foreseen import Fact, looked_up
from evenroll.records.organizations import current, cursor

COUNTED_DAYS = 365
"""Changes of rate are counted over a year where the program says nothing of its own."""

_LEAVES_ALREADY = frozenset({State.LEAVING, State.WITHDRAWING, State.REFUSED, State.CHOOSING, State.DRAFT}) | CASE_ENDS
"""What a closing program asks nothing of now: on the way out, or free to choose another."""


def lockout_ends_on(customer: CustomerId, *, program: ProgramKey) -> date | None:
    """The first day on which this customer may enroll in the program again; None if nothing ever barred them."""
    return looked_up(Fact.LOCKOUTS, customer, lambda: lockouts([customer]).get(customer, {})).get(program)


def lockouts(customers: Collection[CustomerId]) -> dict[CustomerId, dict[str, date]]:
    """As `lockout_ends_on`, for many: by customer and program, where something ever barred them."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT customer_id, program, max(state::jsonb ->> 'lockout_ends_on') FROM case_record "
            "WHERE organization_id = %s AND customer_id = ANY(%s) AND status = 'ended' GROUP BY customer_id, program",
            (current().id, list(customers)),
        ).fetchall()
    found: dict[CustomerId, dict[str, date]] = {}
    for customer, program, until in rows:
        if until:
            found.setdefault(CustomerId(customer), {})[program] = date.fromisoformat(until)
    return found


def rate_changes(pod: PodId, *, point: UsagePoint | None, on: date, since_on: date, but: CaseNumber) -> int:
    """How often the rate at a usage point changed after one day, up to and with another.

    From the agreements where the usage point is ours, else from our own cases there; a new supplier is no change, nor
    is the beginning of service. but: a case that does not count, the one that is decided.
    """
    if point is not None:
        return sum(
            since_on < after.start_on <= on and _differs(before, after) and before[0] != VACANT
            for before, after in zip(map(_rates, point.agreements), point.agreements[1:], strict=False)
        )
    return looked_up(Fact.CHANGES_AT_POINT, pod, lambda: _changes_by_cases(pod, since_on=since_on, but=but))


def _changes_by_cases(pod: PodId, *, since_on: date, but: CaseNumber) -> int:
    with cursor() as pen:
        row = pen.execute(
            "SELECT coalesce(sum((state::jsonb ->> 'price_since' > %(since)s)::int), 0) "
            "+ coalesce(sum((state::jsonb -> 'leaving' ->> 'switch_on' > %(since)s)::int), 0) FROM case_record "
            "WHERE organization_id = %(id)s AND pod = %(pod)s AND number <> %(but)s",
            {"since": since_on.isoformat(), "id": current().id, "pod": pod, "but": but},
        ).fetchone()
    return int(row[0]) if row else 0


def _rates(agreement: object) -> tuple[object, ...]:
    return tuple(getattr(agreement, name) for name in ("rate", "supply_rate", "riders"))


def _differs(before: tuple[object, ...], after: object) -> bool:
    return before != _rates(after)


def cases_of_program(
    program: ProgramKey, *, told_on: date | None, limit: int, but: Sequence[CaseNumber] = ()
) -> tuple[CaseNumber, ...]:
    """The cases of a program that a closing still concerns, in the order of locks.

    told_on: before the day, only those that have not been told of it; None: on the day, all of them. but: none of
    these.
    """
    with cursor() as pen:
        rows = pen.execute(
            "SELECT number FROM case_record WHERE organization_id = %s AND program = %s AND NOT status = ANY(%s) "
            "AND NOT number = ANY(%s) "
            "AND (%s::text IS NULL OR coalesce(state::jsonb ->> 'closes_on', '') <> %s) ORDER BY number LIMIT %s",
            (
                current().id,
                program,
                sorted(each.value for each in _LEAVES_ALREADY),
                list(but),
                told_on.isoformat() if told_on else None,
                told_on.isoformat() if told_on else "",
                limit,
            ),
        ).fetchall()
    return tuple(CaseNumber(row[0]) for row in rows)
