"""The programs of the world: those of the catalog, and variants that use what the catalog does not use yet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import (
    Activation,
    Coverage,
    MeterCapability,
    Prerequisite,
    ProgramVersion,
    ServiceChange,
    SupplyStatus,
    Track,
)
from evenroll.programs.program_terms import (
    Cap,
    EventLimit,
    EventTerms,
    Grid,
    Incentive,
    IncentiveIf,
    IncentivePer,
    Protection,
    ProtectionKind,
)
from evenroll.programs.rules import Outcome, Rule, RuleId, RuleKind
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey

UTILITY = OrganizationKey("lakeland-electric")
BRIGHTWATER = OrganizationKey("brightwater-energy")
NORTHFORK = OrganizationKey("northfork-power")
REGISTRY = OrganizationKey("lakeland-registry")
PROVIDERS = (UTILITY, BRIGHTWATER, NORTHFORK)

_EVENTS = EventTerms(
    limits=(EventLimit(events_max=9, per=Grid.MONTH),),
    months=tuple(range(1, 13)),
    from_hour=0,
    to_hour=24,
    weekdays_only=False,
    hours_max=4,
    notice_hours_min=0,
    opt_outs_max=1,
)

_KEPT = frozenset(
    {
        RuleKind.IN_TERRITORY,
        RuleKind.GOOD_STANDING,
        RuleKind.NO_EXCLUDED_PROGRAM,
        RuleKind.VIN_PRESENT,
        RuleKind.SUPPLY_STATUS_IN,
        RuleKind.COUNT_LIMIT,
    }
)


@cache
def world_programs() -> tuple[ProgramVersion, ...]:
    """All programs of the world, those of the catalog first."""
    catalog = load_catalog()
    night = catalog.program(ProgramKey("LE-EV-NIGHT"))
    drive = catalog.program(ProgramKey("BW-NIGHT-DRIVE"))
    return (
        *(each for each in catalog.programs if each.organization in PROVIDERS),
        _everything_in_order(night),
        _controlled_supply(drive),
        _wins(drive, "BW-WINS"),
        replace(_wins(drive, "NF-WINS"), organization=NORTHFORK),
        _credit(night),
        _rider(night),
        _too_far(night),
        _with_ledger(night),
        _quiet(night),
        _capped(night, "LE-CAPPED", Cap(places=1)),
        _free(night, "LE-FREE"),
        replace(_free(night, "LE-FREE-DAY"), rate=RateKey("LE-R")),
        replace(_free(night, "LE-FREE-OTHER"), rate=RateKey("LE-R"), family="other_price", excluded_families=()),
        _free(_credit(night), "LE-FREE-CREDIT"),
        _free(_credit(night), "LE-CREDIT-2"),
        replace(_free(_credit(night), "LE-FREE-GEAR"), equipment_needed=True),
        replace(_free(_credit(night), "LE-GEAR-2"), equipment_needed=True),
        *_by_charger(catalog.program(ProgramKey("LE-EV-CHARGER"))),
        _capped(night, "LE-NO-LIST", Cap(places=1, waiting_list=False)),
    )


def program_of(key: ProgramKey, *, version: int) -> ProgramVersion:
    """The version of a program by its key."""
    return next(each for each in world_programs() if each.key == key and each.version == version)


@cache
def forbidden_beside(family: str) -> frozenset[str]:
    """The families that may not live at the unit where this one does, by either row of the stacking matrix."""
    programs = world_programs()
    mine = {other for each in programs if each.family == family for other in each.excluded_families}
    theirs = {each.family for each in programs if family in each.excluded_families}
    return frozenset({family} | mine | theirs)


def _short(program: ProgramVersion) -> ProgramVersion:
    return replace(program, rules=tuple(rule for rule in program.rules if rule.kind in _KEPT), documents=())


def _everything_in_order(night: ProgramVersion) -> ProgramVersion:
    """Equipment, then device and meter, then service and set-up; active by price and control; switched at exchange."""
    needs = (
        Prerequisite(track=Track.DEVICE, needs_track=Track.EQUIPMENT),
        Prerequisite(track=Track.METER, needs_track=Track.EQUIPMENT),
        Prerequisite(track=Track.SERVICE, needs_track=Track.METER),
        Prerequisite(track=Track.SETUP, needs_track=Track.DEVICE),
    )
    listed = Rule(id=RuleId("listed"), kind=RuleKind.EQUIPMENT_APPROVED, unmet=Outcome.FINAL)
    return replace(
        _short(night),
        key=ProgramKey("LE-IN-ORDER"),
        rules=(*_short(night).rules, listed),
        family="managed_charging",
        excluded_families=("energy_price", "charging_credit"),
        activation=Activation.BOTH,
        meter_capability=MeterCapability.INTERVAL,
        device_needed=True,
        equipment_needed=True,
        prerequisites=needs,
        timing=SwitchTiming.ON_METER_EXCHANGE,
        notice=NoticeWindow(business_days_before=1, calendar_days_before=2),
    )


def _controlled_supply(drive: ProgramVersion) -> ProgramVersion:
    """A supplier's product with equipment and a device side by side, active by control, on the first business day."""
    return replace(
        _short(drive),
        key=ProgramKey("BW-CONTROL"),
        family="managed_charging",
        excluded_families=("energy_price", "charging_credit"),
        activation=Activation.CONTROL,
        device_needed=True,
        equipment_needed=True,
        timing=SwitchTiming.FIRST_BUSINESS_DAY,
    )


def _wins(drive: ProgramVersion, key: str) -> ProgramVersion:
    """A supplier's product that takes customers over from the utility and from other suppliers."""
    taken_from = frozenset({SupplyStatus.UTILITY, SupplyStatus.ESCO})
    return replace(
        _short(drive), key=ProgramKey(key), switch_from=taken_from, rescission_rule="US-LAKELAND", lockout_days=0
    )


def _credit(night: ProgramVersion) -> ProgramVersion:
    """A credit for control: no meter, no rate, no switch; for customers of every supplier."""
    return replace(
        _short(night),
        key=ProgramKey("LE-CREDIT"),
        family="credit",
        excluded_families=(),
        rules=tuple(rule for rule in _short(night).rules if rule.kind is not RuleKind.SUPPLY_STATUS_IN),
        supply_admitted=frozenset(SupplyStatus),
        service_change=ServiceChange.CREDIT_ONLY,
        coverage=Coverage.NONE,
        activation=Activation.CONTROL,
        meter_capability=None,
        rate=None,
        replaces_rates=(),
        device_needed=True,
        prerequisites=(),
    )


def _rider(night: ProgramVersion) -> ProgramVersion:
    """A rider on the rate: nothing is done to the meter, service changes on a business day, after rescission."""
    return replace(
        _short(night),
        key=ProgramKey("LE-RIDER"),
        family="rider",
        excluded_families=(),
        service_change=ServiceChange.RIDER,
        meter_capability=None,
        rate=RateKey("LE-EV-TOU"),
        rescission_business_days=2,
        timing=SwitchTiming.FIRST_BUSINESS_DAY,
        notice=NoticeWindow(business_days_before=2, calendar_days_before=0, at_most_days_ahead=60),
    )


def _too_far(night: ProgramVersion) -> ProgramVersion:
    """Notice and read cycle that cannot both be kept: no day of a switch can ever be told."""
    notice = NoticeWindow(business_days_before=1, calendar_days_before=0, at_most_days_ahead=1)
    return replace(_short(night), key=ProgramKey("LE-TOO-FAR"), notice=notice)


def _with_ledger(night: ProgramVersion) -> ProgramVersion:
    """A credit for control with everything that row 10 counts: events, opt-outs, money by every span, a protection."""
    incentives = (
        Incentive(code="bonus", usd=Decimal(600), per=IncentivePer.ENROLLMENT, after_days=30, once_per_device=True),
        Incentive(code="monthly", usd=Decimal(5), per=IncentivePer.MONTH, condition=IncentiveIf.NO_OPT_OUT),
        Incentive(code="event", usd=Decimal(4), per=IncentivePer.EVENT),
        Incentive(code="night", usd=Decimal("0.10"), per=IncentivePer.KWH, condition=IncentiveIf.CHARGED_IN_WINDOW),
    )
    return replace(
        _credit(night),
        key=ProgramKey("LE-LEDGER"),
        family="ledger",
        minimum_stay_days=0,
        events=_EVENTS,
        incentives=incentives,
        protection=Protection(kind=ProtectionKind.BILL_PROTECTION, months=12),
    )


def _by_charger(charger: ProgramVersion) -> tuple[ProgramVersion, ...]:
    """Two that count by the meter in the charger, from one of which one may go to the other on any day."""
    free = replace(_free(charger, "LE-CHARGER-FREE"), family="charger_credit")
    return (free, replace(free, key=ProgramKey("LE-CHARGER-NEXT")))


def _quiet(night: ProgramVersion) -> ProgramVersion:
    """A bonus once, then nothing but events."""
    once = Incentive(code="bonus", usd=Decimal(25), per=IncentivePer.ENROLLMENT)
    return replace(_credit(night), key=ProgramKey("LE-QUIET"), family="quiet", events=_EVENTS, incentives=(once,))


def _capped(night: ProgramVersion, key: str, cap: Cap) -> ProgramVersion:
    """The night rate for so many."""
    return replace(_short(night), key=ProgramKey(key), cap=cap)


def _free(program: ProgramVersion, key: str) -> ProgramVersion:
    """A program that one may leave, or change for another, on any day."""
    return replace(_short(program), key=ProgramKey(key), minimum_stay_days=0, lockout_days=0)
