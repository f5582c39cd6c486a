"""What an installation is made of: the organizations whose books are here, and those whom it asks and tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evenroll.enrollment.roles import OrganizationKind
from evenroll.partners.local_delivery import LocalDelivery
from evenroll.partners.meter_reads import StoredReads
from evenroll.partners.own_register import OwnRegister
from evenroll.partners.registry_clearinghouse import RegistryClearinghouse
from evenroll.partners.utility_premises import UtilityPremises
from evenroll.ports.clearinghouse import Clearinghouse
from evenroll.ports.delivery import Delivery
from evenroll.ports.meter_reads import ReadSource
from evenroll.ports.premises import Premises
from evenroll.ports.register import Register
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.envelope import Envelope
from evenroll.records.organizations import kinds_of
from evenroll.worker.receiving import receive


class RegisterMissing(LookupError):
    """An organization of the installation has no register to prove its customers by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """entropy: gives 32 random bytes at each call, for numbers that are given out. registers: by organization."""

    organizations: tuple[OrganizationKey, ...]
    clearinghouse: Clearinghouse
    registers: Mapping[OrganizationKey, Register]
    premises: Premises
    reads: ReadSource
    delivery: Delivery[Envelope]
    entropy: Callable[[], bytes]

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

    clearinghouse: absent for the registry of the one clearinghouse among them; reads: absent for those in the tables.
    """
    registry = next((key for key in organizations if OrganizationKind.CLEARINGHOUSE in kinds_of(key)), None)
    if clearinghouse is None and registry is None:
        raise RegisterMissing("None of these organizations is a clearinghouse. Name one, or give another to ask.")
    return Installation(
        organizations=organizations,
        clearinghouse=clearinghouse or RegistryClearinghouse(organization=registry or organizations[0]),
        registers={key: OwnRegister(organization=key) for key in organizations if key != registry},
        premises=UtilityPremises(),
        reads=reads or StoredReads(),
        delivery=LocalDelivery(receivers=frozenset(organizations), receive=receive),
        entropy=entropy,
    )
