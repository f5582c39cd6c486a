"""Which programs a customer sees at row 2b, and why the others are hidden. No program kind is named here."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from evenroll.enrollment.case import Hidden, Offered
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.programs.program import ProgramVersion, SupplyStatus, is_open
from evenroll.quantities.identifiers import OrganizationKey


class HiddenReason(StrEnum):
    """Why a program is not for this customer now."""

    SUPPLY_NOT_ADMITTED = "supply_not_admitted"
    NOT_YOUR_PROVIDER = "not_your_provider"
    NOT_OPEN = "not_open"
    REVIEW_OVERDUE = "review_overdue"


_SUPPLY_STATUS = {
    ProviderAnswerKind.UTILITY: SupplyStatus.UTILITY,
    ProviderAnswerKind.ESCO: SupplyStatus.ESCO,
    ProviderAnswerKind.CCA: SupplyStatus.CCA,
    ProviderAnswerKind.NO_CHOICE: SupplyStatus.NO_CHOICE,
}


def supply_status(answer: ProviderAnswer) -> SupplyStatus | None:
    """Who sells the commodity, as programs name it; None where the answer names nobody."""
    return _SUPPLY_STATUS.get(answer.kind)


def wins(program: ProgramVersion, *, answer: ProviderAnswer) -> bool:
    """Whether its provider would take this customer over by a switch of supply, as the program allows."""
    return answer.supplier != program.organization and supply_status(answer) in program.switch_from


def status_for(program: ProgramVersion, *, answer: ProviderAnswer) -> SupplyStatus | None:
    """The supply status that the program's rules are judged on: as it will be, where the enrollment switches supply."""
    return SupplyStatus.ESCO if wins(program, answer=answer) else supply_status(answer)


def serving(answer: ProviderAnswer) -> frozenset[OrganizationKey]:
    """The organizations whose programs may be shown: the wires and the supply."""
    return frozenset(key for key in (answer.utility, answer.supplier) if key is not None)


def present(
    programs: tuple[ProgramVersion, ...],
    *,
    answer: ProviderAnswer,
    on: date,
    at: OrganizationKey | None = None,
) -> tuple[tuple[Offered, ...], tuple[Hidden, ...]]:
    """The programs of those who serve this customer, and the others with the reason; each in catalog order.

    at: the provider at whose door it is; its own programs show also where they would switch supply to it.
    """
    shown: list[Offered] = []
    hidden: list[Hidden] = []
    by, status = serving(answer), supply_status(answer)
    for program in programs:
        won = program.organization == at and wins(program, answer=answer)
        if program.organization in by or won:
            reason = _hidden_because(program, on=on, admitted=won or status in program.supply_admitted)
        else:
            reason = HiddenReason.NOT_YOUR_PROVIDER
        if reason is None:
            shown.append(offer_of(program, on=on))
        else:
            hidden.append(Hidden(program=program.key, organization=program.organization, reason=reason.value))
    return tuple(shown), tuple(hidden)


def offer_of(program: ProgramVersion, *, on: date) -> Offered:
    """A program version as offered on a day."""
    return Offered(
        program=program.key,
        version=program.version,
        content_hash=program.content_hash,
        organization=program.organization,
        valid_until=on + timedelta(days=program.offer_valid_days),
    )


def _hidden_because(program: ProgramVersion, *, on: date, admitted: bool) -> HiddenReason | None:
    if not admitted:
        return HiddenReason.SUPPLY_NOT_ADMITTED
    if not is_open(program, on=on):
        return HiddenReason.NOT_OPEN
    if on > program.review_by:
        return HiddenReason.REVIEW_OVERDUE
    return None


def provider_to_ask(answer: ProviderAnswer) -> OrganizationKey | None:
    """To whom a case goes that none of our programs fits: who sells the commodity, else the wires."""
    return answer.supplier or answer.utility
