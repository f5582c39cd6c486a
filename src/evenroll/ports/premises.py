"""What only the utility knows of a premise: meters, read cycle, what is served. An ESCO asks the utility for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

from evenroll.enrollment.eligibility_facts import Known, Told
from evenroll.enrollment.facts import MeterFacts, PartnerAway
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import OrganizationKey, PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class PremiseFacts:
    """The meter in place and what else of the premise decides eligibility. Nothing about the customer.

    meter: absent where the utility has no meter there.
    """

    meter: MeterFacts | None = None
    net_metering: Known = Known.UNKNOWN
    exchangeable: Known = Known.UNKNOWN
    rates: Told = field(default_factory=Told)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedPoint:
    """A usage point from a day on: its meters, what was served up to that day and since, and the days it is read.

    point: nothing of whom it serves, nor of what was served before. read_days: scheduled reads since then, ascending.
    """

    point: UsagePoint
    read_days: tuple[date, ...] = ()


class Premises(Protocol):
    """The utility, as a provider asks it about a usage point."""

    def look_up(self, pod: PodId, *, utility: OrganizationKey, on: date) -> PremiseFacts | PartnerAway:
        """The premise as it stands on that day; empty for a usage point that the utility does not have."""
        ...

    def served(
        self, pod: PodId, *, utility: OrganizationKey, from_on: date, months: int
    ) -> ServedPoint | PartnerAway | None:
        """What bills are made of from a day on, over so many months; None for a point that the utility has not."""
        ...


@runtime_checkable
class LooksUpMany(Protocol):
    """A utility that is asked of many usage points at once."""

    def look_up_many(
        self, pods: Sequence[PodId], *, utility: OrganizationKey, on: date
    ) -> tuple[PremiseFacts | PartnerAway, ...]:
        """As `look_up`, of each, in the order given."""
        ...


def look_up_each(
    premises: Premises, pods: Sequence[PodId], *, utility: OrganizationKey, on: date
) -> tuple[PremiseFacts | PartnerAway, ...]:
    """The premises at many usage points, in their order: at once, or one by one where it takes no more."""
    if isinstance(premises, LooksUpMany):
        return premises.look_up_many(pods, utility=utility, on=on)
    return tuple(premises.look_up(pod, utility=utility, on=on) for pod in pods)
