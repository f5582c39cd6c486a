"""The clearinghouse of this installation: its registry, read as that organization and as no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.facts import PartnerAway, ProviderAnswer, ProviderAnswerKind
from evenroll.ports.clearinghouse import Clearinghouse, ProviderQuestion
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.looked_up import Supply, supply_at, supply_of

PARTNER = "clearinghouse"

_KIND = {
    "utility": ProviderAnswerKind.UTILITY,
    "esco": ProviderAnswerKind.ESCO,
    "cca": ProviderAnswerKind.CCA,
    "no_choice": ProviderAnswerKind.NO_CHOICE,
}
_CLOSED = {
    "blocked": ProviderAnswerKind.BLOCKED,
    "out_of_territory": ProviderAnswerKind.OUT_OF_TERRITORY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryClearinghouse:
    """Asks the registry table of the clearinghouse organization."""

    organization: OrganizationKey

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """Who serves the usage point on that day; by its number, else by postal code and address."""
        known = supply_of(self.organization, pod=question.pod, on=on) if question.pod else None
        if known is not None:
            return _answer(known, on=on)
        found = self._at_address(question, on=on)
        if len(found) == 1:
            return _answer(found[0], on=on)
        if found:
            points = tuple(each.pod for each in found)
            return ProviderAnswer(kind=ProviderAnswerKind.SEVERAL_POINTS, as_of=on, points=points)
        return ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=on)

    def _at_address(self, question: ProviderQuestion, *, on: date) -> Sequence[Supply]:
        if not question.address.strip():
            return ()
        postal_code = question.postal_code.strip()
        return supply_at(self.organization, postal_code=postal_code, address=question.address, on=on)


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayAtTimes:
    """A clearinghouse that cannot be reached on some days: for the demonstration and the tests of waiting."""

    clearinghouse: Clearinghouse
    away: tuple[DatePeriod, ...]

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """As the clearinghouse behind it, but for the days on which it is away."""
        if any(period.contains(on) for period in self.away):
            return PartnerAway(partner=PARTNER, detail="not_reached")
        return self.clearinghouse.find(question, on=on)


def away_on(clearinghouse: Clearinghouse, *, periods: Iterable[DatePeriod]) -> AwayAtTimes:
    """The clearinghouse, away over these periods of days."""
    return AwayAtTimes(clearinghouse=clearinghouse, away=tuple(periods))


def _answer(supply: Supply, *, on: date) -> ProviderAnswer:
    kind = _CLOSED.get(supply.status) or (ProviderAnswerKind.PENDING_TO if supply.pending_to else None)
    if kind is not None:
        return ProviderAnswer(kind=kind, as_of=on, utility=supply.utility, pod=supply.pod)
    return ProviderAnswer(
        kind=_KIND[supply.supplier_kind],
        as_of=on,
        utility=supply.utility,
        supplier=supply.supplier or supply.utility,
        pod=supply.pod,
    )
