"""What each command of the life after enrollment carries: leaving, suspending, closing a program, correcting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.leaving_codes import CorrectableFact, LeaveReason, SuspensionCause
from evenroll.quantities.identifiers import ProgramKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Unenroll:
    """Action. on: the first day on which the enrollment should be over; absent: as soon as it can be."""

    reason: LeaveReason
    on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspend:
    """Action, by the desk: for what a person finds, `leaving_codes.DESK_CAUSES`."""

    cause: SuspensionCause


@dataclass(frozen=True, kw_only=True, slots=True)
class LoseDevice:
    """Action. cause: a code. device: its identifier; the first one where none is named."""

    cause: str
    device: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resume:
    """Action. device: the one that is back, the first where none is named; none where a person lifts a suspension."""

    device: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseProgram:
    """Action, to each case of a program that closes on a day."""

    program: ProgramKey
    closes_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposeCorrection:
    """Action. after: the right value, as a code, a number or a day (YYYY-MM-DD). by: who proposes, set by the door."""

    fact: CorrectableFact
    after: str
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleCorrection:
    """Action, by another person. by: who settles, set by the door."""

    agreed: bool
    by: str = ""
