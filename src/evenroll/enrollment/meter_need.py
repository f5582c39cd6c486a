"""What has to happen to the meter before a program can be billed, from the program and the meter in place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evenroll.programs.program import (
    MeterCapability,
    Metering,
    MeterNeedKind,
    ProgramVersion,
    ServiceChange,
    reaches,
)


class MeterNeedWhy(StrEnum):
    """The reason for a meter need, to be shown with it."""

    NOTHING_METERED = "nothing_metered"
    SEPARATE_SERVICE = "separate_service"
    INTERVAL_OPT_OUT = "interval_opt_out"
    CAPABILITY_THERE = "capability_there"
    CAPABILITY_BY_REMOTE = "capability_by_remote"
    CAPABILITY_MISSING = "capability_missing"
    OWN_METER_THERE = "own_meter_there"
    SUBMETER_MISSING = "submeter_missing"
    EVSE_METER_MISSING = "evse_meter_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterNeed:
    """What has to happen, and why."""

    kind: MeterNeedKind
    why: MeterNeedWhy


# Needs for which the utility opens the meter socket.
WORK_AT_SOCKET = frozenset({MeterNeedKind.EXCHANGE, MeterNeedKind.SECOND_METER})
# Needs for which somebody works on the wiring, so that the owner of the dwelling must agree.
WORK_AT_PREMISE = frozenset(
    {MeterNeedKind.EXCHANGE, MeterNeedKind.SECOND_METER, MeterNeedKind.SUBMETER, MeterNeedKind.EVSE_METER}
)


def meter_need(
    program: ProgramVersion,
    *,
    meter_capability: MeterCapability,
    remote_changeable: bool,
    interval_opt_out: bool,
    own_meter_there: bool = False,
) -> MeterNeed:
    """The meter need of a program at a meter that tells `meter_capability` apart.

    remote_changeable: whether the meter can be programmed for more without a visit. interval_opt_out: whether
    the customer opted out of interval metering; then a program that needs intervals needs an exchange first,
    whatever is recorded of the meter. own_meter_there: whether the customer's own meter, from the list, is recorded by
    its serial and reports; asked only where such a meter counts. Source: use-case rows 5a to 5c; rules of the trade
    2.4.
    """
    if program.own_metered:
        return _own_meter(program, there=own_meter_there)
    needed = program.meter_capability
    if needed is None:
        return MeterNeed(kind=MeterNeedKind.NONE, why=MeterNeedWhy.NOTHING_METERED)
    if program.service_change is ServiceChange.NEW_SEPARATE_SERVICE:
        return MeterNeed(kind=MeterNeedKind.SECOND_METER, why=MeterNeedWhy.SEPARATE_SERVICE)
    if needed is MeterCapability.INTERVAL and interval_opt_out:
        return MeterNeed(kind=MeterNeedKind.EXCHANGE, why=MeterNeedWhy.INTERVAL_OPT_OUT)
    return _by_capability(reached=reaches(meter_capability, needed=needed), remote_changeable=remote_changeable)


def _by_capability(*, reached: bool, remote_changeable: bool) -> MeterNeed:
    if reached:
        return MeterNeed(kind=MeterNeedKind.ALREADY_THERE, why=MeterNeedWhy.CAPABILITY_THERE)
    if remote_changeable:
        return MeterNeed(kind=MeterNeedKind.REMOTE_CHANGE, why=MeterNeedWhy.CAPABILITY_BY_REMOTE)
    return MeterNeed(kind=MeterNeedKind.EXCHANGE, why=MeterNeedWhy.CAPABILITY_MISSING)


def _own_meter(program: ProgramVersion, *, there: bool) -> MeterNeed:
    """The utility does nothing at its own meter; the customer puts one in that counts, and shows that it reports."""
    if there:
        return MeterNeed(kind=MeterNeedKind.ALREADY_THERE, why=MeterNeedWhy.OWN_METER_THERE)
    if program.metering is Metering.SUBMETER:
        return MeterNeed(kind=MeterNeedKind.SUBMETER, why=MeterNeedWhy.SUBMETER_MISSING)
    return MeterNeed(kind=MeterNeedKind.EVSE_METER, why=MeterNeedWhy.EVSE_METER_MISSING)
