"""What an installation is made of: the organizations whose books are here, and those whom it asks and tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from evenroll.enrollment.roles import OrganizationKind
from evenroll.partners.loaded_prices import LoadedPrices
from evenroll.partners.local_delivery import LocalDelivery
from evenroll.partners.meter_reads import StoredReads
from evenroll.partners.own_register import OwnRegister
from evenroll.partners.registry_clearinghouse import SeveralRegistries
from evenroll.partners.stored_events import StoredEvents
from evenroll.partners.supplier_register import SupplierRegister
from evenroll.partners.utility_premises import UtilityPremises
from evenroll.ports.called_events import CalledEvents
from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.ports.delivery import Delivery
from evenroll.ports.mail import MailRoom
from evenroll.ports.meter_reads import ReadSource
from evenroll.ports.premises import Premises
from evenroll.ports.prices import PriceSource
from evenroll.ports.register import Register
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.envelope import Envelope
from evenroll.records.organizations import kinds_of
from evenroll.worker.left import Left
from evenroll.worker.receiving import receive
from evenroll.worker.receiving_together import receive_together


class RegisterMissing(LookupError):
    """An organization of the installation has no register to prove its customers by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """entropy: gives 32 random bytes at each call, for numbers that are given out. registers: by organization.

    left: what the workers of this process leave to those of a newer release. mail: absent where no mail goes out; then
    notices stay owed.
    """

    organizations: tuple[OrganizationKey, ...]
    clearinghouse: Clearinghouse
    registers: Mapping[OrganizationKey, Register]
    premises: Premises
    reads: ReadSource
    delivery: Delivery[Envelope]
    entropy: Callable[[], bytes]
    prices: PriceSource = field(default_factory=LoadedPrices)
    events: CalledEvents = field(default_factory=StoredEvents)
    left: Left = field(default_factory=Left)
    mail: MailRoom | None = None

    def register_of(self, organization: OrganizationKey) -> Register:
        """The register of an organization. Raises RegisterMissing."""
        try:
            return self.registers[organization]
        except KeyError:
            raise RegisterMissing(
                f"{organization} has no customer register here, so nobody can be proved. Wire one for it."
            ) from None


def one_installation(
    organizations: tuple[OrganizationKey, ...],
    *,
    entropy: Callable[[], bytes],
    clearinghouse: Clearinghouse | None = None,
    reads: ReadSource | None = None,
) -> Installation:
    """An installation in which all of these organizations live side by side.

    clearinghouse: absent for the registries of the clearinghouses among them; reads: absent for those in the tables.
    """
    registries = tuple(key for key in organizations if OrganizationKind.CLEARINGHOUSE in kinds_of(key))
    if clearinghouse is None and not registries:
        raise RegisterMissing("None of these organizations is a clearinghouse. Name one, or give another to ask.")
    return Installation(
        organizations=organizations,
        clearinghouse=clearinghouse or SeveralRegistries(organizations=registries),
        registers={key: _register(key) for key in organizations if kinds_of(key) != {OrganizationKind.CLEARINGHOUSE}},
        premises=UtilityPremises(),
        reads=reads or StoredReads(),
        delivery=LocalDelivery(receivers=frozenset(organizations), receive=receive, receive_together=receive_together),
        entropy=entropy,
    )


def _register(organization: OrganizationKey) -> Register:
    """A supplier asks the utility of a customer whom it does not have yet; a utility has them all."""
    if OrganizationKind.UTILITY in kinds_of(organization):
        return OwnRegister(organization=organization)
    return SupplierRegister(organization=organization)
