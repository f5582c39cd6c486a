"""A usage point as its utility knows it: meters with their register maps, and the agreements that tile its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from evenroll.enrollment.supply import PevAtPoint
from evenroll.programs.program import MeterCapability
from evenroll.quantities.energy import ReadImplausible, Wh, register_advance
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId, RateKey
from evenroll.quantities.periods import DatePeriod, check_tiling

VACANT: Final = RateKey("vacant")
"""The rate of a period in which nobody is served: it stands among the periods so that they tile, and bills nothing."""


class PeriodsBroken(Exception):
    """Agreements that would leave a gap, an overlap or a change on a day that no agreement covers: a defect."""


class EnergyBroken(Exception):
    """Reads at a cut that would lose energy or count it twice: a defect of the code that decided the cut."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """One register of a meter. The registers of a meter together count every kWh once: one total, or its periods.

    multiplier: what the dial is multiplied with; every value in Wh has it applied already.
    rollover_wh: the first value that the register cannot show.
    """

    name: str
    multiplier: int = 1
    rollover_wh: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterReads:
    """What the registers of a meter stood at on a day: at its local start, or when the meter was exchanged.

    values_wh: by register, Wh after the multiplier. estimated: whether nobody read them.
    """

    serial: MeterSerial
    read_on: date
    values_wh: Mapping[str, int]
    estimated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterExchange:
    """What was done to the meter: another one, a first or second one, or the one in place made to tell more apart.

    old_serial: absent where no meter was; equal to new_serial for a change from afar or in place. separate: another
    meter for a service of its own, beside the one in place, which stays.
    closing_wh: the last reads of the old register map; opening_wh: the first ones of the new. By register, Wh.
    """

    old_serial: MeterSerial | None
    new_serial: MeterSerial
    closing_wh: Mapping[str, int] = field(default_factory=dict[str, int])
    opening_wh: Mapping[str, int]
    capability: MeterCapability
    registers: tuple[Register, ...]
    remote_changeable: bool = False
    separate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PointMeter:
    """A meter in one register map, from its installation until its removal. Reads by register, Wh.

    separate: it counts a service of its own, such as charging, and nothing of what the premise's meter counts.
    """

    serial: MeterSerial
    capability: MeterCapability
    registers: tuple[Register, ...]
    installed_on: date
    opening_wh: Mapping[str, int]
    removed_on: date | None = None
    closing_wh: Mapping[str, int] = field(default_factory=dict[str, int])
    remote_changeable: bool = False
    separate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """What is served over [start_on, end_on): the rate of the wires (or of all), who supplies, and at which rate.

    supply_rate: absent where `rate` prices the supply as well. riders: what is laid on top of the rate. separate_rate:
    of the service behind the separate meter, where there is one.
    """

    rate: RateKey
    supplier: OrganizationKey
    start_on: date
    end_on: date | None = None
    supply_rate: RateKey | None = None
    riders: tuple[RateKey, ...] = ()
    separate_rate: RateKey | None = None

    @property
    def period(self) -> DatePeriod:
        """The days that it covers."""
        return DatePeriod(start_on=self.start_on, end_on=self.end_on)


@dataclass(frozen=True, kw_only=True, slots=True)
class UsagePoint:
    """A usage point: every meter it had, by installation, and its agreements in order of their days.

    pevs: those that charge there, as their providers told. left_on: the first day on which the last customer who moved
    out was served no more; absent where none did.
    """

    pod: PodId
    meters: tuple[PointMeter, ...] = ()
    agreements: tuple[Agreement, ...]
    pevs: tuple[PevAtPoint, ...] = ()
    left_on: date | None = None

    @property
    def meter(self) -> PointMeter | None:
        """The meter in place; absent where there is none. A separate one stands beside it."""
        return self.meter_of(separate=False)

    def meter_of(self, *, separate: bool) -> PointMeter | None:
        """The meter in place of the premise, or of the separate service; absent where there is none."""
        live = (each for each in reversed(self.meters) if each.removed_on is None and each.separate is separate)
        return next(live, None)

    def agreement_on(self, day: date) -> Agreement | None:
        """The agreement that covers a day; absent before the first and after the last."""
        return next((each for each in self.agreements if each.period.contains(day)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class MeteredSpan:
    """What one register counted over a part of a billing period: from one read to the next, Wh."""

    serial: MeterSerial
    register: str
    rollover_wh: int
    from_wh: int
    to_wh: int


def check_periods(agreements: Iterable[Agreement], *, pod: PodId) -> None:
    """Pass agreements that tile from the first day to the last. Raises PeriodsBroken."""
    faults = check_tiling(each.period for each in agreements)
    if faults:
        told = "; ".join(f"{fault.kind.value} from {fault.start_on} to {fault.end_on}" for fault in faults)
        raise PeriodsBroken(f"The agreements of usage point {pod} would not tile: {told}. No entry may do that.")


def check_cut(point: UsagePoint, *, closing: MeterReads | None, opening: MeterReads | None) -> None:
    """Pass reads at a cut that lose no energy: the old service ends where the new one begins.

    On one meter both are the same reads. At an exchange the old service ends with the last reads of the meter that
    was removed, and the new one begins with the first of the one that came. Raises EnergyBroken.
    """
    if closing is None or opening is None:
        return
    if closing.serial == opening.serial and dict(closing.values_wh) == dict(opening.values_wh):
        return
    removed = any(
        each.serial == closing.serial
        and each.removed_on == closing.read_on
        and dict(each.closing_wh) == dict(closing.values_wh)
        for each in point.meters
    )
    installed = any(
        each.serial == opening.serial
        and each.installed_on == opening.read_on
        and dict(each.opening_wh) == dict(opening.values_wh)
        for each in point.meters
    )
    if not (removed and installed and closing.read_on == opening.read_on):
        raise EnergyBroken(
            f"At the cut of {closing.read_on} on usage point {point.pod} the old service would end at other reads than "
            "those at which the new one begins. Close and open with the same reads, or with those of the exchange."
        )


def went_after_cut(meter: PointMeter, *, opening: MeterReads | None) -> bool:
    """Whether a meter was removed on the very day of a cut, after it had been read for it.

    The service that begins with that read has what the meter counted until it went.
    """
    return opening is not None and (opening.serial, opening.read_on) == (meter.serial, meter.removed_on)


def advance_wh(spans: Iterable[MeteredSpan]) -> Wh:
    """The energy of all spans together, Wh. Raises ReadImplausible."""
    return Wh(sum(register_advance(each.from_wh, each.to_wh, rollover_wh=each.rollover_wh) for each in spans))


def energy_conserved(spans: Iterable[MeteredSpan], *, billed_wh: int) -> bool:
    """Whether a bill charges what the registers counted, to the Wh. Reads that cannot both be right are a no."""
    try:
        return advance_wh(spans) == billed_wh
    except ReadImplausible:
        return False
