"""Who acts and who is waited on: the named roles of the customer and of each organization."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from evenroll.quantities.identifiers import ActorKey, OrganizationKey


class Role(StrEnum):
    """A role in which a person, an organization or the driver acts. Staff roles belong to one organization."""

    CUSTOMER = "customer"
    ENROLLMENT_DESK = "enrollment_desk"
    SUPERVISOR = "supervisor"
    PROGRAM_MANAGER = "program_manager"
    METER_OFFICE = "meter_office"
    METER_CREW = "meter_crew"
    BILLING = "billing"
    REGISTRY_OPERATOR = "registry_operator"
    PEER = "peer"
    """Another organization, heard through a message."""
    SYSTEM = "system"
    """The driver: commands that the rules themselves ask for."""
    AUDITOR = "auditor"
    """Reads everything that its organization keeps, and gives no command."""


class OrganizationKind(StrEnum):
    """What an organization does in the use case. A utility may also supply the commodity."""

    UTILITY = "utility"
    SUPPLIER = "supplier"
    CLEARINGHOUSE = "clearinghouse"


STAFF = frozenset({Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER})
METER_STAFF = frozenset({Role.METER_OFFICE, Role.METER_CREW})
PERSONS = frozenset(Role) - {Role.PEER, Role.SYSTEM, Role.AUDITOR}
"""The roles in which a person gives commands."""

ROLES_OF = {
    OrganizationKind.UTILITY: STAFF | METER_STAFF | {Role.BILLING, Role.AUDITOR},
    OrganizationKind.SUPPLIER: STAFF | {Role.BILLING, Role.AUDITOR},
    OrganizationKind.CLEARINGHOUSE: frozenset({Role.REGISTRY_OPERATOR}),
}
"""The staff roles that a membership in each kind of organization may hold."""


_ACTOR_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,59}")


def is_actor_key(text: str) -> bool:
    """Whether a text is a code by which an actor may be named."""
    return _ACTOR_KEY.fullmatch(text) is not None


def is_same_actor(one: str, other: str) -> bool:
    """Whether two keys name one actor: capitals and blanks around a key make nobody else of them."""
    return one.strip().casefold() == other.strip().casefold()


class ActorKeyWrong(ValueError):
    """An actor was to be named by something else than a code; the journal keeps the name for good."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who gives a command. `key` names a person or a machine by a code, without saying who it is.

    Raises ActorKeyWrong.
    """

    key: ActorKey
    role: Role
    organization: OrganizationKey

    def __post_init__(self) -> None:
        if not is_actor_key(self.key):
            raise ActorKeyWrong(
                "Whoever acts is named by a code, such as desk-3, of letters, digits and . _ / : - and at most 60 "
                "characters: it is kept for good and must not say who the person is. Give a code."
            )
