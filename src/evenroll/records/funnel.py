"""What became of all cases of an organization, counted from its whole journal; and the parts of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, LiteralString

from psycopg import Cursor
from psycopg.sql import SQL

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.records.draft_counts import BEGUN, SENT, drafts_by_step
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.report_lines import ENDED, STAGES

_MAY_LOOK: Final = frozenset({Role.PROGRAM_MANAGER, Role.SUPERVISOR, Role.ENROLLMENT_DESK, Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """How many cases came to a stage or beyond it, and how many of these ended before the next one."""

    key: str
    reached: int
    stopped: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeInState:
    """How long cases stood in a state, in days of the business clock. now: how many stand in it still, not counted.

    median_days, ninth_days: of the lengths as `report_lines.kept_tenths` cuts them; 0 where times is.
    """

    state: State
    times: int
    median_days: float
    ninth_days: float
    now: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why cases stopped or were held up. kind: "rule" or "end"; code: of that rule or end; outcome: of the rule."""

    kind: str
    code: str
    outcome: str
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """Bills or credits, added up. what: "bill" or "credit"; code: the kind of bill, or the incentive; amount: USD.

    state: whether a bill is actual or estimated; how far a credit came.
    """

    what: str
    code: str
    state: str
    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftStep:
    """How many applications on the web came to a step before they were a case. step: begun, a page answered, sent."""

    step: str
    drafts: int


DRAFT_STEPS: Final = (
    BEGUN,
    "holder",
    "account",
    "person",
    "address",
    "home",
    "proof",
    "vehicle",
    "vin",
    "statements",
    "papers",
    "terms",
    "consents",
    SENT,
)
"""The pages of an application in their order, between its beginning and its sending."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """The whole report of one organization."""

    organization: str
    stages: tuple[Stage, ...]
    times: tuple[TimeInState, ...]
    reasons: tuple[Reason, ...]
    money: tuple[Money, ...] = ()
    drafts: tuple[DraftStep, ...] = ()


# Every entry of a case into a state, told by the moves of its events; a reminder enters the same state again and is
# no new entry.
_SPELLS: Final[LiteralString] = """
WITH told AS (
    SELECT entry.stream_key AS number, entry.number AS step, move.at AS place, move.value ->> 'to' AS state,
        (move.value ->> 'at')::timestamptz AS at
    FROM journal_entry entry,
        jsonb_array_elements(entry.data::jsonb -> 'moves') WITH ORDINALITY AS move (value, at)
    WHERE entry.organization_id = %s AND entry.stream_kind = 'case' AND move.value ->> 'track' = 'case'
), entered AS (
    SELECT *, lag(state) OVER (PARTITION BY number ORDER BY step, place) AS before FROM told
), spell AS (
    SELECT number, state, at, lead(at) OVER (PARTITION BY number ORDER BY step, place) AS left_at
    FROM entered WHERE before IS DISTINCT FROM state
)
"""

_REACHED: Final = SQL(_SPELLS) + SQL("SELECT number, array_agg(DISTINCT state) FROM spell GROUP BY number")

# Lengths are cut as `report_lines.kept_tenths` cuts them.
_TIMES: Final = SQL(_SPELLS) + SQL("""
, lasted AS (SELECT *, greatest(floor(extract(epoch FROM left_at - at) / 8640), 0)::int AS tenths FROM spell
), cut AS (
    SELECT state, left_at, CASE WHEN tenths < 100 THEN tenths WHEN tenths < 1000 THEN tenths / 10 * 10
        ELSE tenths / 100 * 100 END AS tenths
    FROM lasted
)
SELECT state, count(left_at), count(*) FILTER (WHERE left_at IS NULL),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY tenths) FILTER (WHERE left_at IS NOT NULL),
    percentile_disc(0.9) WITHIN GROUP (ORDER BY tenths) FILTER (WHERE left_at IS NOT NULL)
FROM cut GROUP BY state
""")

_FINDINGS: Final[LiteralString] = """
SELECT finding ->> 'kind', finding ->> 'outcome', count(DISTINCT entry.stream_key)
FROM journal_entry entry, jsonb_array_elements(entry.data::jsonb -> 'findings') AS finding
WHERE entry.organization_id = %s AND entry.stream_kind = 'case' AND entry.event = 'decision_made'
    AND finding ->> 'outcome' <> 'met'
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""

_ENDS: Final[LiteralString] = """
SELECT coalesce(state::jsonb ->> 'ended_because', status), count(*) FROM case_record
WHERE organization_id = %s AND status = ANY(%s) GROUP BY 1 ORDER BY 2 DESC, 1
"""

_BILLS: Final[LiteralString] = """
SELECT kind, actual, count(*), sum(total::numeric) FROM bill WHERE organization_id = %s GROUP BY 1, 2 ORDER BY 1, 2
"""

_CREDITS: Final[LiteralString] = """
SELECT code, state, count(*), sum(amount_usd) FROM incentive_entry WHERE organization_id = %s
GROUP BY 1, 2 ORDER BY 1, 2
"""

_TENTHS_A_DAY: Final = 10


def funnel(viewer: Viewer) -> Funnel:
    """The report of the viewer's organization, from the first entry on: beside very many cases it takes minutes.

    `report_figures.report` gives the same from what is kept. Raises NotForViewer for whoever sees single cases only.
    """
    if viewer.role not in _MAY_LOOK:
        raise NotForViewer("The report is for program managers, supervisors and auditors. Sign in as one of these.")
    with open_organization(viewer.organization) as opened, cursor() as pen:
        reached = [frozenset(row[1]) for row in pen.execute(_REACHED, (opened.id,)).fetchall()]
        ended = [each.value for each in ENDED]
        return Funnel(
            organization=viewer.organization,
            stages=stages_of(reached),
            times=_times(pen.execute(_TIMES, (opened.id,)).fetchall()),
            reasons=(
                *(
                    Reason(kind="rule", code=row[0], outcome=row[1], cases=row[2])
                    for row in pen.execute(_FINDINGS, (opened.id,)).fetchall()
                ),
                *(
                    Reason(kind="end", code=row[0], outcome="", cases=row[1])
                    for row in pen.execute(_ENDS, (opened.id, ended)).fetchall()
                ),
            ),
            money=money(pen, opened.id),
            drafts=drafts(),
        )


def drafts(*, since: date | None = None, until: date | None = None) -> tuple[DraftStep, ...]:
    """How far applications on the web came, in their order. since, until: the first and the last day that counts."""
    found = drafts_by_step(since=since, until=until)
    return tuple(DraftStep(step=step, drafts=found[step]) for step in DRAFT_STEPS if step in found)


def money(pen: Cursor[Any], organization: int) -> tuple[Money, ...]:
    """Bills by kind, then the incentive ledger by code and state."""
    bills = pen.execute(_BILLS, (organization,)).fetchall()
    credits_ = pen.execute(_CREDITS, (organization,)).fetchall()
    return (
        *(
            Money(what="bill", code=row[0], state="actual" if row[1] else "estimated", count=row[2], amount=row[3])
            for row in bills
        ),
        *(Money(what="credit", code=row[0], state=row[1], count=row[2], amount=row[3]) for row in credits_),
    )


def stages_of(reached: Sequence[frozenset[str]]) -> tuple[Stage, ...]:
    """The funnel over cases, each given by the states it was ever in. Whoever came further, came here too."""
    furthest: list[int] = []
    for states in reached:
        seen = [place for place, (_, marks) in enumerate(STAGES) if states & {mark.value for mark in marks}]
        furthest.append(max(seen, default=0))
    stopped = [bool(states & {each.value for each in ENDED}) for states in reached]
    return tuple(
        Stage(
            key=key,
            reached=sum(each >= place for each in furthest),
            stopped=sum(end for each, end in zip(furthest, stopped, strict=True) if each == place),
        )
        for place, (key, _) in enumerate(STAGES)
    )


def _times(rows: Sequence[tuple[str, int, int, int | None, int | None]]) -> tuple[TimeInState, ...]:
    order = {state.value: place for place, state in enumerate(State)}
    found = [
        TimeInState(
            state=State(state),
            times=times,
            median_days=(median or 0) / _TENTHS_A_DAY,
            ninth_days=(ninth or 0) / _TENTHS_A_DAY,
            now=now,
        )
        for state, times, now, median, ninth in rows
        if times or now
    ]
    return tuple(sorted(found, key=lambda each: order[each.state.value]))
