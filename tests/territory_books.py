"""Customers, premises and meters in the books of the organizations of a test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.form import FormField
from evenroll.enrollment.point_events import LoadUsagePoint, load_usage_point
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.usage_point import Agreement, PointMeter, Register, UsagePoint
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import (
    AccountId,
    ActorKey,
    CustomerId,
    MeterSerial,
    OrganizationKey,
    PodId,
    RateKey,
    VinWrong,
    check_vin,
)
from tests.territory_reads import SteadyReads

LONG_AGO = date(2020, 1, 1)
CYCLE_DAY = 12
POSTAL_CODE = "60999"
ROLLOVER_WH = 100_000_000
TOTAL = ("total",)

_VIN_SIGNS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def drawn_vin(subject: str) -> str:
    """An invented VIN, the same for the same subject, with a check digit that fits."""
    letters = [_VIN_SIGNS[each % len(_VIN_SIGNS)] for each in sha256(subject.encode()).digest()[:17]]
    written = ("".join([*letters[:8], digit, *letters[9:]]) for digit in "0123456789X")
    return next(each for each in written if _fits(each))


def _fits(vin: str) -> bool:
    try:
        check_vin(vin)
    except VinWrong:
        return False
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Premise:
    """A customer at a usage point, as both know it."""

    pod: PodId
    serial: MeterSerial
    name: str
    account_number: str
    address: str
    last_bill: str
    account: AccountId
    customer: CustomerId

    @property
    def vin(self) -> str:
        """Of this customer's car: invented, with a check digit that fits."""
        return drawn_vin(self.pod)

    def answers(self) -> dict[FormField, str]:
        """What this customer writes into a form."""
        return {
            FormField.NAME: self.name,
            FormField.ACCOUNT_NUMBER: self.account_number,
            FormField.SERVICE_ADDRESS: self.address,
            FormField.POSTAL_CODE: POSTAL_CODE,
            FormField.LAST_BILL_AMOUNT: self.last_bill,
            FormField.EMAIL: "someone@example.test",
            FormField.VIN: self.vin,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPremise:
    """A premise to be made; supplier: absent where the utility sells the commodity itself."""

    utility: OrganizationKey
    registry: OrganizationKey
    supplier: OrganizationKey | None = None
    registers: tuple[str, ...] = TOTAL
    capability: MeterCapability = MeterCapability.TOTAL_REGISTER
    address: str = ""
    status: str = "active"
    good_standing: bool = True
    remote_changeable: bool = False
    life_support: bool = False


def add_premise(new: NewPremise, *, reads: SteadyReads, now: datetime) -> Premise:
    """A new customer at a new usage point, in the books of utility and provider, the registry and the reading route."""
    mark = secrets.token_hex(5)
    told = Premise(
        pod=PodId(f"LP-{mark}"),
        serial=MeterSerial(f"M-{mark}"),
        name=f"Robin {mark.translate(_LETTERS)}",
        account_number=f"A-{mark}",
        address=new.address or f"{int(mark[:3], 16)} Elm Street {mark}",
        last_bill=f"{int(mark[:4], 16) / 100:.2f}",
        account=AccountId(0),
        customer=CustomerId(0),
    )
    provider = new.supplier or new.utility
    known = {key: _add_books(key, told, new) for key in (new.utility, provider)} if new.supplier else {}
    account, customer = known[provider] if known else _add_books(provider, told, new)
    _load_point(new, told, now=now)
    reads.knows(told.serial, new.registers, since=LONG_AGO)
    _add_supply(new, told)
    return replace(told, account=account, customer=customer)


def _add_books(organization: OrganizationKey, told: Premise, new: NewPremise) -> tuple[AccountId, CustomerId]:
    from evenroll.records import books
    from evenroll.records.organizations import open_organization
    from evenroll.records.tokens import TokenKind

    with open_organization(organization):
        customer = books.add_customer(personal={TokenKind.NAME: told.name}, life_support=new.life_support)
        account = books.add_account(
            books.NewAccount(
                customer=customer,
                number=told.account_number,
                customer_class="residential",
                opened_on=LONG_AGO,
                status=new.status,
                good_standing=new.good_standing,
                last_bill_amount=told.last_bill,
            )
        )
        location = books.add_location(address=told.address, postal_code=POSTAL_CODE)
        point = books.NewPoint(pod=told.pod, location=location, account=account, read_cycle=str(CYCLE_DAY))
        books.add_point(point)
    return account, customer


def _load_point(new: NewPremise, told: Premise, *, now: datetime) -> None:
    from evenroll.records.unit_of_work import unit_of_work

    meter = PointMeter(
        serial=told.serial,
        capability=new.capability,
        registers=tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in new.registers),
        installed_on=LONG_AGO,
        opening_wh=dict.fromkeys(new.registers, 0),
        remote_changeable=new.remote_changeable,
    )
    agreement = Agreement(rate=RateKey("LE-R"), supplier=new.utility, start_on=LONG_AGO)
    if new.supplier is not None:
        supply_rate = RateKey("BW-STD")
        agreement = replace(agreement, rate=RateKey("LE-D"), supplier=new.supplier, supply_rate=supply_rate)
    point = UsagePoint(pod=told.pod, meters=(meter,), agreements=(agreement,))
    system = Actor(key=ActorKey("loader"), role=Role.SYSTEM, organization=new.utility)
    with unit_of_work(new.utility, actor=system, now=now - timedelta(days=100)) as work:
        before = work.usage_point(told.pod)
        decided = load_usage_point(before, LoadUsagePoint(point=point))
        assert isinstance(decided, Decided)
        work.record_point(told.pod, Decided(events=decided.point_events), expected=before)


def _add_supply(new: NewPremise, told: Premise) -> None:
    from evenroll.records import books
    from evenroll.records.organizations import open_organization

    with open_organization(new.registry):
        books.add_supply(
            books.NewSupply(
                pod=told.pod,
                postal_code=POSTAL_CODE,
                address=told.address,
                utility=new.utility,
                supplier=new.supplier,
                supplier_kind="esco" if new.supplier else "utility",
                from_on=LONG_AGO,
            )
        )
