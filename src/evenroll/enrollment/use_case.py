"""The rows of the use case as a table: who acts, where it comes from, which file does it, which states stand there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State as S
from evenroll.enrollment.tracks import TrackState
from evenroll.programs.program import Track as T


class Lane(StrEnum):
    """Who acts in a row: a swim lane of the drawing."""

    CUSTOMER = "customer"
    CLEARINGHOUSE = "clearinghouse"
    ESCO = "esco"
    UTILITY = "utility"


class ServicePath(StrEnum):
    """Who sells the program: the utility itself, or an ESCO that asks the utility for the meter."""

    UTILITY = "utility"
    ESCO = "esco"


class SourceUseCase(StrEnum):
    """The use cases of SAE J2836/1 that the consolidated one unites: generic enrollment, and one per program kind."""

    E = "E"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"


_ALL = frozenset(SourceUseCase)
_GENERIC = frozenset({SourceUseCase.E})
_METERED = frozenset({SourceUseCase.U1, SourceUseCase.U2, SourceUseCase.U3, SourceUseCase.U4})
_NONE: frozenset[SourceUseCase] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class UseCaseRow:
    """One row of the table.

    actors: as the requirement names them; two where either may act, by the path. cites: the use cases that the
    requirement's notes name for this row, () where they name none. part_of: the use cases in which the row is taken as
    a matter of course; elsewhere only where the program's own data ask for it. step: the name of the file.
    """

    row: Row
    actors: tuple[Lane, ...]
    cites: frozenset[SourceUseCase]
    part_of: frozenset[SourceUseCase]
    step: str

    @property
    def commands(self) -> tuple[CommandName, ...]:
        """The commands of the row, in the order of the table of commands."""
        return commands_of(self.row)

    def lane(self, path: ServicePath) -> Lane:
        """Who acts on that path. The utility that is the provider asks itself for the meter (row 5a)."""
        first, *others = self.actors
        return Lane(path.value) if others or self.row is Row.R5A else first

    def is_formal(self, path: ServicePath) -> bool:
        """Whether the row is a formality on that path: the utility's own request to itself."""
        return self.row is Row.R5A and path is ServicePath.UTILITY


_Actors = tuple[Lane, ...]
_CUSTOMER: _Actors = (Lane.CUSTOMER,)
_PROVIDER: _Actors = (Lane.ESCO, Lane.UTILITY)
_UTILITY: _Actors = (Lane.UTILITY,)


def _row(
    row: Row,
    actors: _Actors,
    step: str,
    *,
    cites: frozenset[SourceUseCase] = _NONE,
    part_of: frozenset[SourceUseCase] = _ALL,
) -> UseCaseRow:
    return UseCaseRow(row=row, actors=actors, cites=cites, part_of=part_of, step=step)


ROWS: Mapping[Row, UseCaseRow] = MappingProxyType(
    {
        each.row: each
        for each in (
            _row(Row.R1, _CUSTOMER, "step_01_inform"),
            _row(Row.R2, _CUSTOMER, "step_02_initiate"),
            _row(Row.R2A, (Lane.CLEARINGHOUSE,), "step_02a_find_provider"),
            _row(Row.R2B, _PROVIDER, "step_02b_present", cites=_ALL),
            _row(Row.R3, _CUSTOMER, "step_03_submit"),
            _row(Row.R4A, _PROVIDER, "step_04a_authenticate", cites=_GENERIC),
            _row(Row.R5, _PROVIDER, "step_05_decide"),
            # The requirement names no use case for 5a; it serves 5b, and goes with it.
            _row(Row.R5A, (Lane.ESCO,), "step_05a_request_meter", part_of=_METERED),
            _row(Row.R5B, _UTILITY, "step_05b_schedule_meter", cites=_METERED, part_of=_METERED),
            _row(Row.R5C, _UTILITY, "step_05c_install_meter", cites=_METERED, part_of=_METERED),
            _row(Row.R5D, _UTILITY, "step_05d_switch_service", cites=_METERED, part_of=_METERED),
            _row(Row.R6, _CUSTOMER, "step_06_choose_equipment"),
            _row(Row.R7, _CUSTOMER, "step_07_install_equipment"),
            _row(Row.R8, _CUSTOMER, "step_08_add_control_device"),
            _row(Row.R9, _CUSTOMER, "step_09_set_parameters", cites=_GENERIC),
            _row(Row.R10, _CUSTOMER, "step_10_use_program"),
        )
    }
)
"""The sixteen rows in the requirement's order."""


def commands_of(row: Row) -> tuple[CommandName, ...]:
    """The commands that the table of commands gives to a row, or to the actions beside the rows."""
    return tuple(name for name, rule in COMMANDS.items() if rule.row is row)


def _at(track: T, row: Row, *states: S) -> dict[tuple[T, S], Row]:
    return {(track, state): row for state in states}


ROW_OF: Mapping[tuple[T, S], Row] = MappingProxyType(
    _at(T.CASE, Row.R2, S.DRAFT)
    | _at(T.CASE, Row.R2A, S.FINDING_PROVIDER)
    | _at(T.CASE, Row.R2B, S.CHOOSING)
    | _at(T.CASE, Row.R3, S.COMPLETING)
    | _at(T.CASE, Row.R4A, S.PROVING, S.VEHICLE_DISPUTED)
    | _at(T.CASE, Row.R5, S.DECIDING, S.NEEDS_ANSWER, S.IN_RESCISSION, S.ENROLLED, S.REFUSED, S.CLOSED)
    | _at(T.CASE, Row.R5, S.WAITLISTED)
    | _at(T.ADMITTING, Row.ACTION, S.NOTHING_TO_OFFER, S.PLACE_FREE)
    | _at(T.CASE, Row.R10, S.ACTIVE)
    | _at(T.CASE, Row.ACTION, S.WITHDRAWING, S.ENDED, S.WITHDRAWN, S.RESCINDED, S.EXPIRED)
    | _at(T.CASE, Row.ACTION, S.SUSPENDED, S.LEAVING, S.MERGED)
    | _at(T.CASE, Row.R2B, S.HANDED_OVER)
    | _at(T.SUPPLY, Row.R5, S.NOT_NEEDED, S.ASKED, S.OBJECTED, S.ACCEPTED, S.EFFECTIVE)
    | _at(T.SUPPLY, Row.ACTION, S.LOST, S.CANCELLED)
    | _at(T.METER, Row.R5A, S.BEFORE_METER, S.ASKED, S.METER_REFUSED)
    | _at(T.METER, Row.R5B, S.TO_SCHEDULE, S.REMOTE_CHANGE, S.MISSED_BY_UTILITY, S.MISSED_BY_CUSTOMER, S.CANNOT_DO)
    | _at(T.METER, Row.R5C, S.SCHEDULED, S.PERMIT_NEEDED, S.BACK_OFFICE, S.DONE)
    | _at(T.METER, Row.R5D, S.NOT_NEEDED, S.ALREADY_THERE)
    | _at(T.METER, Row.ACTION, S.CANCELLING, S.CANCELLED)
    | _at(T.SERVICE, Row.R5D, S.NOT_NEEDED, S.WAITING, S.DATED, S.SWITCHED, S.CLOSING_BILLED, S.BILLED, S.REVERSED)
    | _at(T.SERVICE, Row.ACTION, S.CANCELLED)
    | _at(T.EQUIPMENT, Row.R6, S.NOT_NEEDED, S.CHOOSING_EQUIPMENT, S.UNFIT)
    | _at(T.EQUIPMENT, Row.R7, S.INSTALLING, S.INSPECTING, S.READY)
    | _at(T.EQUIPMENT, Row.ACTION, S.CANCELLED)
    | _at(T.DEVICE, Row.R8, S.NOT_NEEDED, S.REGISTERING, S.TESTING, S.TEST_FAILED, S.LIVE)
    | _at(T.DEVICE, Row.R8, S.OFFLINE, S.CONSENT_ENDED)
    | _at(T.DEVICE, Row.ACTION, S.CANCELLED)
    | _at(T.SETUP, Row.R9, S.NOT_TOLD, S.TOLD, S.CONFIRMED)
    | _at(T.SETUP, Row.ACTION, S.CANCELLED)
    | _at(T.LEDGER, Row.R10, S.COUNTING, S.QUIET, S.PROTECTED, S.USAGE_MISSING, S.SETTLED)
    | _at(T.LEDGER, Row.ACTION, S.CANCELLED)
    | _at(T.CONDITION, Row.R4A, S.DUE, S.MET)
    | _at(T.CONDITION, Row.ACTION, S.CANCELLED)
)
"""The row at which each state of each track stands: where the next act, if any, is done."""


def current_rows(tracks: Iterable[TrackState]) -> tuple[Row, ...]:
    """The rows at which a case stands, in the order of the table: those where somebody owes the next act.

    An enrolled case stands where its open tracks stand, side by side; with none open, at its own row.
    """
    by_track = tuple(tracks)
    course = next((each for each in by_track if each.track is T.CASE), None)
    if course is None:
        return ()
    here = ROW_OF[(T.CASE, course.state)]
    if course.state not in (S.ENROLLED, S.ACTIVE):
        return (here,)
    open_rows = {ROW_OF[(each.track, each.state)] for each in by_track if each.track is not T.CASE and each.owner}
    if course.state is S.ACTIVE or not open_rows:
        open_rows.add(here)
    return tuple(row for row in Row if row in open_rows)
