"""The invented territory as values: who lives where, on which meter, account, rate and supplier. The same each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import CustomerClass
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId, RateKey
from evenroll.runtime.territory_draws import Draws
from evenroll.runtime.territory_loads import SHAPES, RegisterMap
from evenroll.runtime.territory_names import FIRST_NAMES, LAST_NAMES, POSTAL_CODES, STREET_KINDS, STREETS

TERRITORY: Final = "US-LAKELAND"
UTILITY: Final = OrganizationKey("lakeland-electric")
BRIGHTWATER: Final = OrganizationKey("brightwater-energy")
NORTHFORK: Final = OrganizationKey("northfork-power")
RIVERBEND: Final = OrganizationKey("riverbend-power")
REGISTRY: Final = OrganizationKey("lakeland-registry")
CON_EDISON: Final = OrganizationKey("coned")
HARBORLIGHT: Final = OrganizationKey("harborlight-energy")
COMED: Final = OrganizationKey("comed")
SUPPLIERS: Final = (BRIGHTWATER, NORTHFORK)
"""Who supplies a share of the points that are drawn; others only where the script says so."""

SEED: Final = 2836
POINTS: Final = 2000
BEGINS_ON: Final = date(2026, 3, 2)
ESCO_PERCENT: Final = 30
TOTAL_REGISTER_PERCENT: Final = 25
CYCLE_DAYS: Final = 21
ACCOUNTS_OPENED_ON: Final = date(2025, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Territory:
    """Who delivers and supplies somewhere, at which rates. name: in the demo's script. calendar: its key.

    registry: who says who supplies; the utility itself where there is no other. standard, delivery: the utility's rate
    for its own customers and for those of suppliers. products: whose hours a meter's registers follow, by who supplies;
    absent for one total register. supplies: each supplier's rate to begin with; absent where nobody here knows it.
    points: how many there are. prefixes: of a supplier's account numbers. separate: whose hours a second meter follows.
    """

    name: str
    calendar: str
    utility: OrganizationKey
    registry: OrganizationKey
    standard: RateKey
    delivery: RateKey
    products: Mapping[OrganizationKey, RateKey]
    pods: str
    postal_codes: tuple[str, ...]
    points: int
    supplies: Mapping[OrganizationKey, RateKey | None] = field(default_factory=dict[OrganizationKey, RateKey | None])
    prefixes: Mapping[OrganizationKey, str] = field(default_factory=dict[OrganizationKey, str])
    separate: RateKey | None = None

    @property
    def suppliers(self) -> tuple[OrganizationKey, ...]:
        """Everybody who supplies there beside the utility."""
        return tuple(self.supplies)

    @property
    def organizations(self) -> tuple[OrganizationKey, ...]:
        """Everybody with books there, each once."""
        return tuple(dict.fromkeys((self.utility, *self.suppliers, self.registry)))


LAKELAND: Final = Territory(
    name="lakeland",
    calendar=TERRITORY,
    utility=UTILITY,
    registry=REGISTRY,
    standard=RateKey("LE-R"),
    delivery=RateKey("LE-D"),
    products={
        UTILITY: RateKey("LE-EV-TOU"),
        BRIGHTWATER: RateKey("BW-TOU"),
        NORTHFORK: RateKey("NF-TOU"),
        RIVERBEND: RateKey("RB-TOU"),
    },
    pods="LKE",
    postal_codes=POSTAL_CODES,
    points=POINTS,
    supplies={BRIGHTWATER: RateKey("BW-STD"), NORTHFORK: RateKey("NF-STD"), RIVERBEND: RateKey("RB-STD")},
    prefixes={BRIGHTWATER: "BW", NORTHFORK: "NF", RIVERBEND: "RB"},
    separate=RateKey("LE-EV-SEP"),
)
NEW_YORK: Final = Territory(
    name="new_york",
    calendar="US-NY",
    utility=CON_EDISON,
    registry=CON_EDISON,
    standard=RateKey("CONED-SC1"),
    delivery=RateKey("CONED-SC1"),
    products={CON_EDISON: RateKey("CONED-SC1-III"), HARBORLIGHT: RateKey("CONED-SC1-III")},
    pods="NYX",
    postal_codes=("00481", "00482"),
    points=12,
    supplies={HARBORLIGHT: None},
    prefixes={HARBORLIGHT: "HL"},
)
"""Con Edison as its programs are published, and a supplier that is invented, as are all who live there."""
ILLINOIS: Final = Territory(
    name="illinois",
    calendar="US-IL",
    utility=COMED,
    registry=COMED,
    standard=RateKey("COMED-BES"),
    delivery=RateKey("COMED-BES"),
    products={},
    pods="ILX",
    postal_codes=("00691", "00692"),
    points=8,
)
TERRITORIES: Final = (LAKELAND, NEW_YORK, ILLINOIS)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPoint:
    """One usage point with everything that hangs on it. Names, addresses and contacts are invented.

    location: the number of its premise; two points may share one. shape, scale: of its load. cycle_day: day of the
    month on which it is read. opening_wh: what the meter stood at when counting began. last_bill: USD.
    supplier_account: its account number with the supplier; "" where the utility supplies.
    """

    number: int
    pod: PodId
    location: int
    name: str = field(repr=False)
    address: str = field(repr=False)
    postal_code: str
    email: str = field(repr=False)
    phone: str = field(repr=False)
    account_number: str = field(repr=False)
    supplier_account: str = field(repr=False)
    last_bill: str = field(repr=False)
    serial: MeterSerial
    capability: MeterCapability
    remote_changeable: bool = False
    interval_opt_out: bool = False
    supplier: OrganizationKey = UTILITY
    shape: int = 0
    scale: int = 10
    cycle_day: int = 1
    opening_wh: int = 0
    net_metering: bool = False
    customer_class: CustomerClass = CustomerClass.RESIDENTIAL
    good_standing: bool = True
    assistance: bool = False
    life_support: bool = False
    language: str = "en"
    territory: Territory = LAKELAND

    @property
    def rate(self) -> RateKey:
        """The rate of the wires, or of all where the utility supplies."""
        return self.territory.standard if self.supplier == self.territory.utility else self.territory.delivery

    @property
    def supply_rate(self) -> RateKey | None:
        """The supplier's rate; absent where the utility supplies."""
        return self.territory.supplies.get(self.supplier)

    @property
    def register_map(self) -> RegisterMap:
        """How its meter sorts what it counts."""
        if self.capability is MeterCapability.TOTAL_REGISTER:
            return RegisterMap()
        return product_map(self)


def product_map(point: PlannedPoint) -> RegisterMap:
    """The register map of a meter that is set for the time-of-use product of whoever supplies."""
    return RegisterMap(rate=point.territory.products.get(point.supplier))


def plan_points(
    *,
    seed: int = SEED,
    territory: Territory = LAKELAND,
    cast: Mapping[int, Mapping[str, Any]] | None = None,
) -> tuple[PlannedPoint, ...]:
    """The usage points of a territory, by number from 1. cast: what the demo's script fixes of some of them."""
    fixed, subject = cast or {}, "point" if territory is LAKELAND else territory.name
    return tuple(
        _point(number, Draws(seed=seed, subject=f"{subject}/{number}"), fixed, territory)
        for number in range(1, territory.points + 1)
    )


def _point(number: int, draws: Draws, fixed: Mapping[int, Mapping[str, Any]], territory: Territory) -> PlannedPoint:
    esco = draws.is_so("served by an ESCO", percent=ESCO_PERCENT)
    total = draws.is_so("total register", percent=TOTAL_REGISTER_PERCENT)
    drawn = _person(number, draws, territory)
    planned = replace(
        drawn,
        capability=MeterCapability.TOTAL_REGISTER if total else MeterCapability.INTERVAL,
        remote_changeable=not total and draws.is_so("remote", percent=50),
        interval_opt_out=total and draws.is_so("opted out", percent=4),
        supplier=draws.one_of("supplier", SUPPLIERS) if esco and territory is LAKELAND else territory.utility,
        shape=draws.number("shape", below=SHAPES),
        scale=6 + draws.number("scale", below=20),
        cycle_day=1 + draws.number("cycle", below=CYCLE_DAYS),
        opening_wh=draws.number("opening", below=40_000) * 1000,
        net_metering=draws.is_so("net metering", percent=3),
        customer_class=CustomerClass.SMALL_BUSINESS
        if draws.is_so("business", percent=4)
        else CustomerClass.RESIDENTIAL,
        good_standing=not draws.is_so("in arrears", percent=3),
        assistance=draws.is_so("assistance", percent=4),
        life_support=draws.is_so("life support", percent=1),
        language="es" if draws.is_so("spanish", percent=15) else "en",
    )
    if number in fixed:
        planned = replace(planned, **{**_PLAIN, "supplier": territory.utility, **fixed[number]})
    return _with_account(planned)


_PLAIN: Final[Mapping[str, Any]] = {
    "capability": MeterCapability.INTERVAL,
    "remote_changeable": False,
    "interval_opt_out": False,
    "net_metering": False,
    "customer_class": CustomerClass.RESIDENTIAL,
    "good_standing": True,
    "assistance": False,
    "life_support": False,
    "language": "en",
}
"""A point of the demo's script is an ordinary one, but for what the script says."""


def _with_account(point: PlannedPoint) -> PlannedPoint:
    prefix = point.territory.prefixes.get(point.supplier)
    return replace(point, supplier_account=f"{prefix}{5_000_000 + point.number * 37}" if prefix else "")


def _person(number: int, draws: Draws, territory: Territory) -> PlannedPoint:
    first, last = draws.one_of("first", FIRST_NAMES), draws.one_of("last", LAST_NAMES)
    street = f"{draws.one_of('street', STREETS)} {draws.one_of('kind', STREET_KINDS)}"
    cents = 3_000 + draws.number("last bill", below=19_000)
    return PlannedPoint(
        number=number,
        territory=territory,
        pod=PodId(f"{territory.pods}{1_000_000 + number}"),
        location=number,
        name=f"{first} {last}",
        # The number of the point stands in the address, so that no two premises share one.
        address=f"{100 + number} {street}",
        postal_code=draws.one_of("postal code", territory.postal_codes),
        email=f"customer{number}@example.org",
        phone=f"555{2_000_000 + number}",
        account_number=f"{70_000_000 + number * 41}",
        supplier_account="",
        last_bill=f"{cents // 100}.{cents % 100:02d}",
        serial=MeterSerial(f"M{400_000 + number * 7}"),
        capability=MeterCapability.INTERVAL,
    )


def served_since(point: PlannedPoint, *, begins_on: date = BEGINS_ON) -> date:
    """The day on which the agreement of a point began: a year or more before the demo."""
    return max(ACCOUNTS_OPENED_ON, begins_on - timedelta(days=425))


def utility_at(postal_code: str) -> OrganizationKey | None:
    """The utility of the package whose territory holds a postal code: the invented ones alone list theirs."""
    return next((each.utility for each in TERRITORIES if postal_code in each.postal_codes), None)
