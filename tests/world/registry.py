"""The registrar of the world: what its steps would look up, and what they write beside a supply request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import Record
from evenroll.enrollment.decide_supply_request import RegistryRow, SupplyFacts, decide_supply_request
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.point_events import PointSupplierChanged
from evenroll.enrollment.point_pevs import PevNoted, PevTakenOff
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import PevAtPoint
from evenroll.enrollment.supply_commands import ReceiveSupplyRequest
from evenroll.enrollment.supply_messages import PevTold, PevWithdrawn, SupplyDisputed
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.tracks import State
from evenroll.programs.supply_terms import supply_terms
from evenroll.quantities.identifiers import OrganizationKey, PodId, RateKey, TrackingNumber
from tests.world.programs import BRIGHTWATER, NORTHFORK, REGISTRY, UTILITY

if TYPE_CHECKING:
    from tests.world.memory import Key, World

POSTAL_CODE = "60000"
_STANDARD = {BRIGHTWATER: RateKey("BW-STD"), NORTHFORK: RateKey("NF-STD")}


def request_key(number: str) -> Key:
    """The key of a supply request; all are the registrar's."""
    return Record.SUPPLY_REQUEST, REGISTRY, number


def requests_at(world: World, pod: PodId) -> list[SupplyRequest]:
    """The requests of a usage point, by their receipt."""
    return [each.state for each in world.requests.values() if each.state.pod == pod]


def open_request(world: World, pod: PodId, *, before: str = "") -> SupplyRequest | None:
    """The first one that may still come into effect; before: of those received before that one."""
    for each in requests_at(world, pod):
        if each.number == before:
            return None
        if each.is_pending:
            return each
    return None


def row_of(world: World, pod: PodId) -> RegistryRow | None:
    """The registry's row in force."""
    point, today = world.point(pod), world.calendar.business_date(world.now)
    agreement = point.agreement_on(today) if point else None
    if agreement is None:
        return None
    supplier = agreement.supplier if agreement.supplier != UTILITY else None
    status = world.statuses.get(pod, "active")
    return RegistryRow(
        utility=UTILITY, supplier=supplier, postal_code=POSTAL_CODE, from_on=agreement.start_on, status=status
    )


def decided(world: World, key: Key, name: C, payload: object) -> Decided | Refusal:
    """What a command to a supply request would do now."""
    stream = world.requests.get(key)
    request: SupplyRequest | None = stream.state if stream else None
    pod = request.pod if request else payload.request.pod if isinstance(payload, ReceiveSupplyRequest) else None
    today = world.calendar.business_date(world.now)
    premise = world.premises.get(pod) if pod else None
    facts = SupplyFacts(
        now=world.now,
        calendar=world.calendar,
        terms=supply_terms(world.calendar.key),
        row=row_of(world, pod) if pod else None,
        first=open_request(world, pod, before=request.number) if pod and request else None,
        scheduled_reads=premise.read_days(from_on=today, calendar=world.calendar) if premise else (),
        away="utility" if "books" in world.away else "",
    )
    return decide_supply_request(request, name, payload, facts)


def note(world: World, before: SupplyRequest | None, after: SupplyRequest) -> None:
    """The registry's row after a request came into effect, or was reversed after that."""
    was = before.state if before else None
    if after.state is State.EFFECTIVE and was is State.ACCEPTED:
        _supplied(world, after.pod, by=after.supplier)
    if after.state is State.LOST and was is State.EFFECTIVE:
        _supplied(world, after.pod, by=after.incumbent)


def _supplied(world: World, pod: PodId, *, by: OrganizationKey | None) -> None:
    row = row_of(world, pod)
    if row is not None and row.supplier != by:
        today = world.calendar.business_date(world.now)
        rate, supply_rate = (RateKey("LE-D"), _STANDARD[by]) if by else (RateKey("LE-R"), None)
        changed = PointSupplierChanged(
            row=Row.ACTION, changed_on=today, supplier=by or UTILITY, rate=rate, supply_rate=supply_rate
        )
        world.tell_point(pod, changed)


def disputed(world: World, body: SupplyDisputed) -> Key:
    """The request that a customer contests."""
    last = [each for each in requests_at(world, body.pod) if each.is_pending or each.state is State.EFFECTIVE]
    number = body.tracking or (last[-1].number if last else TrackingNumber(""))
    return request_key(number)


def hears_pev(world: World, body: object, *, by: OrganizationKey) -> bool:
    """Whether a message is about a PEV; if so, the wires utility takes it."""
    if isinstance(body, PevTold):
        note_pev(world, body, by=by)
    if isinstance(body, PevWithdrawn):
        take_pev_off(world, body, by=by)
    return isinstance(body, PevTold | PevWithdrawn)


def note_pev(world: World, told: PevTold, *, by: OrganizationKey) -> None:
    """The wires utility keeps the PEV at its usage point."""
    pev = PevAtPoint(
        case=told.case,
        provider=by,
        drivetrain=told.drivetrain,
        charger=told.charger,
        basis=told.basis,
        told_on=told.told_on,
        vehicles=told.vehicles,
    )
    world.tell_point(told.pod, PevNoted(row=Row.ACTION, pev=pev))


def take_pev_off(world: World, told: PevWithdrawn, *, by: OrganizationKey) -> None:
    """The wires utility lets go of it, if it has it still."""
    point = world.point(told.pod)
    known = next((each for each in point.pevs if each.case == told.case), None) if point else None
    if known is not None and known.provider == by and known.vehicles != told.left:
        world.tell_point(told.pod, PevTakenOff(row=Row.ACTION, case=told.case, why=told.why, left=told.left))
