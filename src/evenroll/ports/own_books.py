"""A partner that is the books of an organization of this installation, and asks nobody beyond them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from evenroll.quantities.identifiers import OrganizationKey


@runtime_checkable
class InBooks(Protocol):
    """Whoever has those books open already may ask it in the same transaction: nobody outside is waited for."""

    def books(self, *, utility: OrganizationKey | None) -> OrganizationKey | None:
        """The organization in whose books it looks, and in no other's. utility: of the usage point in question."""
        ...


def is_in_books(partner: object, organization: OrganizationKey, *, utility: OrganizationKey | None) -> bool:
    """Whether a partner looks in the books of that organization and asks nobody else."""
    return isinstance(partner, InBooks) and partner.books(utility=utility) == organization
