"""The clearinghouse of this installation: its registry, read as that organization and as no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from evenroll.enrollment.facts import SERVED, PartnerAway, ProviderAnswer, ProviderAnswerKind
from evenroll.ports.clearinghouse import Clearinghouse, ProviderQuestion, find_providers
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.looked_up import Supply, supplies_at, supplies_of
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
        return self.find_many([question], on=on)[0]

    def find_many(self, questions: Sequence[ProviderQuestion], *, on: date) -> tuple[ProviderAnswer, ...]:
        """As `find`, of each; those that name their usage point by one statement for all."""
        with open_organization(self.organization):
            pods = [each.pod for each in questions if each.pod]
            known = supplies_of(self.organization, pods=pods, on=on) if pods else {}
            left = [each for each in questions if each.pod not in known]
            at_address = iter(self._at_addresses(left, on=on))
            return tuple(
                self._answered(known[each.pod], on=on)
                if each.pod is not None and each.pod in known
                else self._found(next(at_address), on=on)
                for each in questions
            )

    def _found(self, found: Sequence[Supply], *, on: date) -> ProviderAnswer:
        if len(found) == 1:
            return self._answered(found[0], on=on)
        if found:
            points = tuple(each.pod for each in found)
            return ProviderAnswer(kind=ProviderAnswerKind.SEVERAL_POINTS, as_of=on, points=points)
        return ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=on)

    def _answered(self, supply: Supply, *, on: date) -> ProviderAnswer:
        moving = open_request(supply.pod) if supply.in_request else None
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

    def _at_addresses(self, questions: Sequence[ProviderQuestion], *, on: date) -> Sequence[Sequence[Supply]]:
        """What stands at the address of each; nothing for one that names none."""
        places = [(each.postal_code.strip(), each.address) for each in questions if each.address.strip()]
        found = iter(supplies_at(self.organization, places=places, on=on) if places else ())
        return [next(found) if each.address.strip() else () for each in questions]


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayAtTimes:
    """A clearinghouse that cannot be reached on some days: for the demonstration and the tests of waiting."""

    clearinghouse: Clearinghouse
    away: tuple[DatePeriod, ...]

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """As the clearinghouse behind it, but for the days on which it is away."""
        return self.find_many([question], on=on)[0]

    def find_many(self, questions: Sequence[ProviderQuestion], *, on: date) -> tuple[ProviderAnswer | PartnerAway, ...]:
        """As `find`, of each."""
        if any(period.contains(on) for period in self.away):
            return (PartnerAway(partner=PARTNER, detail="not_reached"),) * len(questions)
        return find_providers(self.clearinghouse, questions, on=on)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeveralRegistries:
    """Where the registries of several territories live side by side: the first that knows the usage point answers."""

    organizations: tuple[OrganizationKey, ...]

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """As the registry that knows it; not found where none does."""
        return self.find_many([question], on=on)[0]

    def find_many(self, questions: Sequence[ProviderQuestion], *, on: date) -> tuple[ProviderAnswer, ...]:
        """As `find`, of each: a registry is asked of those that no other one before it knew."""
        unknown = ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=on)
        found = dict.fromkeys(range(len(questions)), unknown)
        for organization in self.organizations:
            left = [place for place, answer in found.items() if answer.kind is ProviderAnswerKind.NOT_FOUND]
            if left:
                registry = RegistryClearinghouse(organization=organization)
                answers = registry.find_many([questions[place] for place in left], on=on)
                found.update(zip(left, answers, strict=True))
        return tuple(found.values())


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
