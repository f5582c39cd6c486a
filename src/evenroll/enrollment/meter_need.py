"""What has to happen to the meter before a program can be billed, from the program and the meter in place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evenroll.programs.program import MeterCapability, MeterNeedKind, ProgramVersion, ServiceChange, reaches


class MeterNeedWhy(StrEnum):
    """The reason for a meter need, to be shown with it."""

    NOTHING_METERED = "nothing_metered"
    SEPARATE_SERVICE = "separate_service"
    INTERVAL_OPT_OUT = "interval_opt_out"
    CAPABILITY_THERE = "capability_there"
    CAPABILITY_BY_REMOTE = "capability_by_remote"
    CAPABILITY_MISSING = "capability_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterNeed:
    """What has to happen, and why."""

    kind: MeterNeedKind
    why: MeterNeedWhy


# Needs for which somebody opens the meter socket, so that the owner of the dwelling must agree.
WORK_AT_PREMISE = frozenset(
    {MeterNeedKind.EXCHANGE, MeterNeedKind.SECOND_METER, MeterNeedKind.SUBMETER, MeterNeedKind.EVSE_METER}
)


def meter_need(
    program: ProgramVersion,
    *,
    meter_capability: MeterCapability,
    remote_changeable: bool,
    interval_opt_out: bool,
) -> MeterNeed:
    """The meter need of a program at a meter that tells `meter_capability` apart.

    remote_changeable: whether the meter can be programmed for more without a visit. interval_opt_out: whether
    the customer opted out of interval metering; then a program that needs intervals needs an exchange first,
    whatever is recorded of the meter. Source: use-case rows 5a to 5c; rules of the trade 2.4.
    """
    needed = program.meter_capability
    if needed is None:
        return MeterNeed(kind=MeterNeedKind.NONE, why=MeterNeedWhy.NOTHING_METERED)
    if program.service_change is ServiceChange.NEW_SEPARATE_SERVICE:
        return MeterNeed(kind=MeterNeedKind.SECOND_METER, why=MeterNeedWhy.SEPARATE_SERVICE)
    if needed is MeterCapability.INTERVAL and interval_opt_out:
        return MeterNeed(kind=MeterNeedKind.EXCHANGE, why=MeterNeedWhy.INTERVAL_OPT_OUT)
    if reaches(meter_capability, needed=needed):
        return MeterNeed(kind=MeterNeedKind.ALREADY_THERE, why=MeterNeedWhy.CAPABILITY_THERE)
    if remote_changeable:
        return MeterNeed(kind=MeterNeedKind.REMOTE_CHANGE, why=MeterNeedWhy.CAPABILITY_BY_REMOTE)
    return MeterNeed(kind=MeterNeedKind.EXCHANGE, why=MeterNeedWhy.CAPABILITY_MISSING)
