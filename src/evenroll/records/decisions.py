"""The decisions of a case as the journal has them, each with the day on which it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from evenroll.enrollment.case_events import DecisionMade
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.folds import read_event
from evenroll.records.journal import read_stream
from evenroll.records.streams import case_stream

_DECIDED = "decision_made"


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedDecision:
    """A decision and the business date on which it was made. number: of its entry in the case's stream."""

    made: DecisionMade
    on: date
    number: int


def decisions_of(number: CaseNumber) -> tuple[DatedDecision, ...]:
    """Every decision of a case in the open organization, the first one first; () if it has none."""
    stream = case_stream(number)
    return tuple(
        DatedDecision(
            made=cast(
                "DecisionMade", read_event(stream.kind, event=entry.event, version=entry.version, data=entry.data)
            ),
            on=entry.business_on,
            number=entry.number,
        )
        for entry in read_stream(stream)
        if entry.event == _DECIDED
    )
