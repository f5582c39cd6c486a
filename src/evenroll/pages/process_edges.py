"""The flow of the process drawing: each edge between two nodes, its guard, and the moves of the tables behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evenroll.enrollment.tracks import State as S
from evenroll.programs.program import Track as T

MoveKey = tuple[T, S | None, S]
"""One move of the table of moves: track, from (None at the beginning), to."""


class Guard(StrEnum):
    """What must be so for the flow to take an edge; the words stand in the message catalog."""

    SERVED = "served"
    POINT_UNCLEAR = "point_unclear"
    ANSWERED = "answered"
    AWAY = "away"
    NOT_HERE = "not_here"
    OFFER_RAN_OUT = "offer_ran_out"
    OURS = "ours"
    NOT_OURS = "not_ours"
    NONE_FITS = "none_fits"
    COMPLETE = "complete"
    MISSING_ITEMS = "missing_items"
    PROVED = "proved"
    NOT_PROVED = "not_proved"
    NOT_SETTLED = "not_settled"
    ELIGIBLE = "eligible"
    NO_PLACE = "no_place"
    CURABLE = "curable"
    NOT_ELIGIBLE = "not_eligible"
    APPEAL = "appeal"
    STANDS = "stands"
    METER_WORK = "meter_work"
    METER_THERE = "meter_there"
    METER_REFUSED = "meter_refused"
    METER_READY = "meter_ready"
    MISSED_VISIT = "missed_visit"
    NOT_DOABLE = "not_doable"
    NEW_EQUIPMENT = "new_equipment"
    EQUIPMENT_THERE = "equipment_there"
    UNFIT = "unfit"
    NO_DEVICE = "no_device"
    TEST_FAILED = "test_failed"
    ACTIVE = "active"


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """One edge. moves: what the tables do when it is taken; () for one that only leads to a decision or a bar."""

    source: str
    target: str
    guard: Guard | None = None
    moves: tuple[MoveKey, ...] = ()


def _edge(source: str, target: str, guard: Guard | None = None, *moves: MoveKey) -> Edge:
    return Edge(source=source, target=target, guard=guard, moves=moves)


def _case(from_: S | None, to: S) -> MoveKey:
    return (T.CASE, from_, to)


def _meter(from_: S | None, to: S) -> MoveKey:
    return (T.METER, from_, to)


_APPLICATION = (
    _edge("start", "1"),
    _edge("1", "2", None, _case(None, S.DRAFT), _case(None, S.FINDING_PROVIDER)),
    _edge("2", "2a", None, _case(S.DRAFT, S.FINDING_PROVIDER)),
    _edge("2a", "after_2a"),
    _edge("2a", "2a", Guard.AWAY, _case(S.FINDING_PROVIDER, S.FINDING_PROVIDER)),
    _edge("after_2a", "2b", Guard.SERVED, _case(S.FINDING_PROVIDER, S.CHOOSING)),
    _edge("after_2a", "ask_2a", Guard.POINT_UNCLEAR, _case(S.FINDING_PROVIDER, S.NEEDS_ANSWER)),
    _edge("ask_2a", "2a", Guard.ANSWERED, _case(S.NEEDS_ANSWER, S.FINDING_PROVIDER)),
    _edge("after_2a", "refused_2a", Guard.NOT_HERE, _case(S.FINDING_PROVIDER, S.REFUSED)),
    _edge("received", "2b", None, _case(None, S.CHOOSING)),
    _edge("2b", "after_2b"),
    _edge("2b", "2a", Guard.OFFER_RAN_OUT, _case(S.CHOOSING, S.FINDING_PROVIDER)),
    _edge("after_2b", "3", Guard.OURS, _case(S.CHOOSING, S.COMPLETING)),
    _edge("after_2b", "handed_over", Guard.NOT_OURS, _case(S.CHOOSING, S.HANDED_OVER)),
    _edge("after_2b", "refused_2b", Guard.NONE_FITS, _case(S.CHOOSING, S.REFUSED)),
    _edge("3", "after_3"),
    _edge("3", "2a", Guard.OFFER_RAN_OUT, _case(S.COMPLETING, S.FINDING_PROVIDER)),
    _edge("after_3", "4a", Guard.COMPLETE, _case(S.COMPLETING, S.PROVING)),
    _edge("after_3", "3", Guard.MISSING_ITEMS, _case(S.COMPLETING, S.COMPLETING)),
)

_DECISION = (
    _edge("4a", "after_4a"),
    _edge("after_4a", "5", Guard.PROVED, _case(S.PROVING, S.DECIDING), _case(S.VEHICLE_DISPUTED, S.DECIDING)),
    _edge("after_4a", "4a", Guard.NOT_PROVED, _case(S.PROVING, S.PROVING)),
    _edge("after_4a", "refused_4a", Guard.NOT_SETTLED, _case(S.PROVING, S.REFUSED)),
    _edge("5", "after_5"),
    _edge("5", "5", Guard.NO_PLACE, _case(S.DECIDING, S.WAITLISTED), _case(S.WAITLISTED, S.DECIDING)),
    _edge("after_5", "ask_5", Guard.CURABLE, _case(S.DECIDING, S.NEEDS_ANSWER)),
    _edge("ask_5", "5", Guard.ANSWERED, _case(S.NEEDS_ANSWER, S.DECIDING)),
    _edge("after_5", "appeal_5", Guard.NOT_ELIGIBLE, _case(S.DECIDING, S.REFUSED)),
    _edge("appeal_5", "5", Guard.APPEAL, _case(S.REFUSED, S.DECIDING)),
    _edge("appeal_5", "refused_5", Guard.STANDS, _case(S.REFUSED, S.CLOSED)),
    _edge(
        "after_5",
        "fork",
        Guard.ELIGIBLE,
        _case(S.DECIDING, S.ENROLLED),
        _case(S.DECIDING, S.IN_RESCISSION),
        _case(S.IN_RESCISSION, S.ENROLLED),
        (T.SUPPLY, None, S.ASKED),
        (T.SUPPLY, None, S.EFFECTIVE),
        (T.SUPPLY, None, S.NOT_NEEDED),
        (T.CONDITION, None, S.DUE),
    ),
)

_METER = (
    _edge("fork", "5a", None, _meter(None, S.ASKED), _meter(None, S.BEFORE_METER), (T.SERVICE, None, S.WAITING)),
    _edge("5a", "after_5a"),
    _edge("after_5a", "5a", Guard.METER_REFUSED, _meter(S.ASKED, S.METER_REFUSED)),
    _edge(
        "after_5a",
        "5b",
        Guard.METER_WORK,
        _meter(S.ASKED, S.TO_SCHEDULE),
        _meter(S.ASKED, S.REMOTE_CHANGE),
        _meter(None, S.TO_SCHEDULE),
        _meter(None, S.REMOTE_CHANGE),
    ),
    _edge(
        "after_5a",
        "5d",
        Guard.METER_THERE,
        _meter(None, S.ALREADY_THERE),
        _meter(S.ASKED, S.ALREADY_THERE),
        _meter(None, S.NOT_NEEDED),
        _meter(S.ASKED, S.NOT_NEEDED),
        (T.SERVICE, None, S.NOT_NEEDED),
    ),
    _edge(
        "5b",
        "5c",
        None,
        _meter(S.TO_SCHEDULE, S.SCHEDULED),
        _meter(S.MISSED_BY_UTILITY, S.SCHEDULED),
        _meter(S.MISSED_BY_CUSTOMER, S.SCHEDULED),
        _meter(S.CANNOT_DO, S.SCHEDULED),
        _meter(S.TO_SCHEDULE, S.DONE),
        _meter(S.REMOTE_CHANGE, S.BACK_OFFICE),
        _meter(S.REMOTE_CHANGE, S.DONE),
    ),
    _edge("5c", "after_5c"),
    _edge(
        "after_5c",
        "5b",
        Guard.MISSED_VISIT,
        _meter(S.SCHEDULED, S.MISSED_BY_UTILITY),
        _meter(S.SCHEDULED, S.MISSED_BY_CUSTOMER),
    ),
    _edge(
        "after_5c",
        "5b",
        Guard.NOT_DOABLE,
        _meter(S.SCHEDULED, S.CANNOT_DO),
        _meter(S.SCHEDULED, S.PERMIT_NEEDED),
        _meter(S.PERMIT_NEEDED, S.TO_SCHEDULE),
    ),
    _edge("after_5c", "5d", Guard.METER_READY, _meter(S.BACK_OFFICE, S.DONE), (T.SERVICE, S.WAITING, S.DATED)),
    _edge("5d", "join", None, (T.SERVICE, S.DATED, S.SWITCHED), (T.SERVICE, S.WAITING, S.SWITCHED)),
)

_OWN_METER = _meter(S.BEFORE_METER, S.ALREADY_THERE)
"""A meter of the customer's own counts as soon as it is put in and reports: nobody is asked for it."""

_CUSTOMERS_PART = (
    _edge("fork", "before_6"),
    _edge("before_6", "6", Guard.NEW_EQUIPMENT, (T.EQUIPMENT, None, S.CHOOSING_EQUIPMENT)),
    _edge("before_6", "8", Guard.EQUIPMENT_THERE, (T.EQUIPMENT, None, S.NOT_NEEDED)),
    _edge(
        "6",
        "7",
        None,
        (T.EQUIPMENT, S.CHOOSING_EQUIPMENT, S.INSTALLING),
        (T.EQUIPMENT, S.UNFIT, S.INSTALLING),
        (T.EQUIPMENT, S.NOT_NEEDED, S.INSTALLING),
    ),
    _edge(
        "7",
        "6",
        Guard.UNFIT,
        (T.EQUIPMENT, S.INSTALLING, S.UNFIT),
        (T.EQUIPMENT, S.INSPECTING, S.UNFIT),
        (T.EQUIPMENT, S.INSTALLING, S.CHOOSING_EQUIPMENT),
    ),
    _edge(
        "7",
        "8",
        None,
        (T.EQUIPMENT, S.INSTALLING, S.READY),
        (T.EQUIPMENT, S.INSPECTING, S.READY),
        (T.DEVICE, None, S.REGISTERING),
    ),
    _edge("7", "9", Guard.NO_DEVICE, (T.DEVICE, None, S.NOT_NEEDED)),
    _edge("8", "8", Guard.TEST_FAILED, (T.DEVICE, S.TESTING, S.TEST_FAILED), (T.DEVICE, S.TEST_FAILED, S.TESTING)),
    _edge("8", "9", None, (T.DEVICE, S.TESTING, S.LIVE), _OWN_METER, (T.SETUP, None, S.NOT_TOLD)),
    _edge(
        "9",
        "join",
        None,
        (T.SETUP, S.NOT_TOLD, S.TOLD),
        (T.SETUP, S.NOT_TOLD, S.CONFIRMED),
        (T.SETUP, S.TOLD, S.CONFIRMED),
    ),
    _edge(
        "join",
        "10",
        Guard.ACTIVE,
        _case(S.ENROLLED, S.ACTIVE),
        (T.LEDGER, None, S.COUNTING),
        (T.LEDGER, None, S.PROTECTED),
    ),
    _edge("10", "end", None, _case(S.ACTIVE, S.ENDED)),
)

FLOW: tuple[Edge, ...] = _APPLICATION + _DECISION + _METER + _CUSTOMERS_PART
"""Every drawn edge but the exits, which are taken from the table of moves itself."""
