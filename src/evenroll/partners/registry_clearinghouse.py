"""The clearinghouse of this installation: its registry, read as that organization and as no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from evenroll.enrollment.facts import SERVED, PartnerAway, ProviderAnswer, ProviderAnswerKind
from evenroll.ports.clearinghouse import Clearinghouse, ProviderQuestion
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.looked_up import Supply, supply_at, supply_of
from evenroll.records.organizations import open_organization
from evenroll.records.supply_registry import open_request

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

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer:
        """Who serves the usage point on that day; by its number, else by postal code and address."""
        with open_organization(self.organization):
            return self._found(question, on=on)

    def _found(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer:
        known = supply_of(self.organization, pod=question.pod, on=on) if question.pod else None
        if known is not None:
            return self._answered(known, on=on)
        found = self._at_address(question, on=on)
        if len(found) == 1:
            return self._answered(found[0], on=on)
        if found:
            points = tuple(each.pod for each in found)
            return ProviderAnswer(kind=ProviderAnswerKind.SEVERAL_POINTS, as_of=on, points=points)
        return ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=on)

    def _answered(self, supply: Supply, *, on: date) -> ProviderAnswer:
        moving = open_request(supply.pod)
        answer = replace(_answer(supply, on=on), registrar=self.organization)
        if moving is None or answer.kind not in SERVED:
            return answer
        return replace(
            answer,
            kind=ProviderAnswerKind.PENDING_TO,
            supplier=None,
            pending_to=moving.supplier or supply.utility,
            pending_on=moving.effective_on,
        )

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


@dataclass(frozen=True, kw_only=True, slots=True)
class SeveralRegistries:
    """Where the registries of several territories live side by side: the first that knows the usage point answers."""

    organizations: tuple[OrganizationKey, ...]

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """As the registry that knows it; not found where none does."""
        for organization in self.organizations:
            answer = RegistryClearinghouse(organization=organization).find(question, on=on)
            if answer.kind is not ProviderAnswerKind.NOT_FOUND:
                return answer
        return ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=on)


def away_on(clearinghouse: Clearinghouse, *, periods: Iterable[DatePeriod]) -> AwayAtTimes:
    """The clearinghouse, away over these periods of days."""
    return AwayAtTimes(clearinghouse=clearinghouse, away=tuple(periods))


def _answer(supply: Supply, *, on: date) -> ProviderAnswer:
    kind = _CLOSED.get(supply.status) or (ProviderAnswerKind.PENDING_TO if supply.pending_to else None)
    if kind is not None:
        return ProviderAnswer(kind=kind, as_of=on, utility=supply.utility, pod=supply.pod, pending_to=supply.pending_to)
    return ProviderAnswer(
        kind=_KIND[supply.supplier_kind],
        as_of=on,
        utility=supply.utility,
        supplier=supply.supplier or supply.utility,
        pod=supply.pod,
    )
