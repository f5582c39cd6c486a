"""Events that no history in memory makes: what books bring in by file, and what takes the records of two cases."""

from __future__ import annotations

from datetime import UTC, date, datetime

from evenroll.enrollment.case import Place, VehicleOfCase
from evenroll.enrollment.case_events import PlaceReleased, TermsReceived
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import MissReason
from evenroll.enrollment.life_events import DeviceRegistered, EquipmentKind
from evenroll.enrollment.loaded_events import LoadedEnrollment, loaded_enrollment
from evenroll.enrollment.money_events import IncentiveMissed
from evenroll.enrollment.moving_events import (
    EquipmentSwapped,
    PlacePassedOn,
    VehicleRemoved,
    VehicleSwapped,
)
from evenroll.enrollment.point_events import PointAgreementsLoaded, PointMetersLoaded
from evenroll.enrollment.point_moves import OccupantMovedIn
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply_events import SupplyAccepted
from evenroll.enrollment.usage_point import Agreement, PointMeter, Register
from evenroll.enrollment.waiting_events import Admitted, PlaceCounted
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import MeterCapability, Unit
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import (
    AccountId,
    CustomerId,
    MeterSerial,
    OrganizationKey,
    PodId,
    ProgramKey,
    RateKey,
    case_number,
    pevid,
    tracking_number,
)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
POD = PodId("POD-9")


def loaded_events() -> tuple[Event, ...]:
    """Of an enrollment that existed before, and of the books of its usage point."""
    utility = OrganizationKey("lakeland-electric")
    told = LoadedEnrollment(
        number=case_number(bytes(range(16))),
        organization=utility,
        customer=CustomerId(7),
        account=AccountId(8),
        pod=POD,
        language=Language.ES,
        enrolled_on=date(2025, 3, 1),
        active_on=date(2025, 3, 20),
        minimum_stay_ends_on=date(2026, 3, 1),
    )
    program = load_catalog().program(ProgramKey("LE-EV-NIGHT"))
    place = Place(family=program.family, unit=Unit.USAGE_POINT, unit_key=str(POD))
    meter = PointMeter(
        serial=MeterSerial("M-9"),
        capability=MeterCapability.INTERVAL,
        registers=(Register(name="total", rollover_wh=10**9),),
        installed_on=date(2020, 1, 1),
        opening_wh={"total": 5},
    )
    agreement = Agreement(rate=RateKey("LE-R"), supplier=utility, start_on=date(2020, 1, 1))
    return (
        *loaded_enrollment(told, program, place=place, now=NOW, calendar=calendar("US-LAKELAND")),
        PointMetersLoaded(row=Row.ACTION, meters=(meter,)),
        PointAgreementsLoaded(row=Row.ACTION, agreements=(agreement,)),
    )


def events_of_two_cases() -> tuple[Event, ...]:
    """Of one place of several, a place that goes along, the next occupant; and of devices that sit in a vehicle."""
    vehicle, day = pevid(bytes(range(16))), date(2026, 11, 20)
    supplier = OrganizationKey("brightwater-energy")
    return (
        PlaceReleased(row=Row.ACTION, unit_key=str(vehicle)),
        IncentiveMissed(
            row=Row.R10, code="bonus", span="enrollment", why=MissReason.DEVICE_EARNED_BEFORE, device="cd1"
        ),
        PlacePassedOn(row=Row.ACTION, to=case_number(bytes(range(16)))),
        OccupantMovedIn(row=Row.ACTION, moved_on=day, rate=RateKey("LE-D"), supplier=supplier),
        DeviceRegistered(row=Row.R8, device="CD-1", kind="in_car", subject="CD-1", vehicle=vehicle),
        VehicleRemoved(row=Row.ACTION, pevid=vehicle, ended_on=day, devices=("CD-1",)),
        VehicleSwapped(row=Row.ACTION, pevid=vehicle, vehicle=_CAR, ended_on=day, devices=("CD-1",)),
        EquipmentSwapped(row=Row.ACTION, kind=EquipmentKind.EVSE, outlet="store", warnings=("not_listed",)),
    )


def events_of_other_territories() -> tuple[Event, ...]:
    """Of dates that rest on figures nobody has read, and of programs whose options have fewer places."""
    day, program = date(2026, 11, 20), ProgramKey("DTE-D1.9")
    return (
        TermsReceived(
            row=Row.R5, terms_received_on=day, signed_on=day, rescission_ends_on=day, unverified="16 TAC 25.474"
        ),
        SupplyAccepted(
            row=Row.R5, tracking=tracking_number(bytes(range(16))), effective_on=day, unverified="52 Pa. Code 57.174"
        ),
        PlaceCounted(row=Row.R5, program=program, option="price:flat"),
        Admitted(row=Row.R5, program=program, option="price:flat"),
    )


_CAR = VehicleOfCase(pevid=pevid(bytes(16)), drivetrain=Drivetrain.PHEV, vin_known=True)
