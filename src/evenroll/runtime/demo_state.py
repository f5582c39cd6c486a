"""What the demo sees of its world between two moments: which case belongs to which application, and who waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.runtime.territory_plan import TERRITORIES


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """One track that waits. application: its key in the script. number: of the case or service order.

    utility: whether it waits in the books of a utility.
    """

    application: str
    organization: OrganizationKey
    is_order: bool
    number: str
    track: Track
    subject: str
    state: State
    since: datetime
    owner: Role
    due_at: datetime
    utility: bool = True

    @property
    def at(self) -> str:
        """Track and state, as the script names them."""
        return f"{self.track.value}.{self.state.value}"


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Cases by application, each in the books where it goes on, and everything that waits."""

    homes: Mapping[str, OrganizationKey]
    waits: tuple[Wait, ...]


def look(cases: Mapping[str, CaseNumber], *, organizations: Iterable[OrganizationKey]) -> World:
    """The world as it stands. cases: the case number of each application that became one."""
    from evenroll.records.models import CaseRecord, ServiceOrderRecord, TrackRecord
    from evenroll.records.organizations import open_organization

    application_of = {number: key for key, number in cases.items()}
    homes: dict[str, OrganizationKey] = {}
    waits: list[Wait] = []
    for organization in organizations:
        with open_organization(organization):
            for number, status in CaseRecord.objects.values_list("number", "status"):
                key = application_of.get(CaseNumber(number))
                if key is not None and (status != State.HANDED_OVER or key not in homes):
                    homes[key] = organization
            orders = dict(ServiceOrderRecord.objects.values_list("number", "case_number"))
            # Columns and no objects: this is looked at before every moment of a year.
            for row in TrackRecord.objects.filter(owner__isnull=False, due_at__isnull=False).values_list(*_COLUMNS):
                case = CaseNumber(orders.get(row[1], row[1]))
                if case in application_of:
                    waits.append(_wait(row, application_of[case], organization))
    return World(homes=homes, waits=tuple(waits))


def acted_upon(wait: Wait) -> bool:
    """Whether the cast acts on this track: the meter's is the utility's own, a provider only hears of it."""
    if wait.track in (Track.METER, Track.SERVICE):
        return wait.is_order and wait.utility
    return not wait.is_order


_UTILITIES: Final = frozenset(each.utility for each in TERRITORIES)
_COLUMNS: Final = ("stream_kind", "stream_key", "track", "subject", "state", "since", "owner", "due_at")


def _wait(row: tuple[Any, ...], application: str, organization: OrganizationKey) -> Wait:
    kind, key, track, subject, state, since, owner, due_at = row
    return Wait(
        application=application,
        organization=organization,
        is_order=kind == "service_order",
        number=key,
        track=Track(track),
        subject=subject,
        state=State(state),
        since=since,
        owner=Role(owner),
        due_at=due_at,
        utility=organization in _UTILITIES,
    )
