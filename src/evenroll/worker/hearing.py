"""What partners say of applications that enter together, asked of all at once before a transaction is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import OpenCase
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.facts import PartnerAway, ProviderAnswer, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.ports.clearinghouse import ProviderQuestion, find_providers
from evenroll.ports.outside import Outside
from evenroll.ports.premises import PremiseFacts, look_up_each
from evenroll.ports.register import AccountFacts, Evidence, account_facts_of_each, match_each
from evenroll.quantities.identifiers import AccountId, CaseNumber, OrganizationKey, PodId
from evenroll.records.entering import Entering
from evenroll.records.foreseen import Unforeseen
from evenroll.records.organizations import open_organization
from evenroll.worker.installation import Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What was heard of one application; what would only be asked after another answer is not there without it."""

    named: PodId | None
    provider: ProviderAnswer | PartnerAway
    register: RegisterAnswer | PartnerAway | None = None
    account: AccountFacts | PartnerAway | None = None
    premise: PremiseFacts | PartnerAway | None = None

    @property
    def pod(self) -> PodId | None:
        """The usage point that is meant."""
        return (self.provider.pod if isinstance(self.provider, ProviderAnswer) else None) or self.named

    @property
    def utility(self) -> OrganizationKey | None:
        """Whose wires they are."""
        return self.provider.utility if isinstance(self.provider, ProviderAnswer) else None

    @property
    def proved(self) -> tuple[AccountId, PodId] | None:
        """The account that the register means, with the usage point; None where it means none of its own."""
        found = self.register if isinstance(self.register, RegisterAnswer) else None
        if found is None or found.account is None or found.known_at is not None or self.pod is None:
            return None
        return (found.account, self.pod)


def hear(
    installation: Installation, organization: OrganizationKey, entering: Sequence[Entering], *, now: datetime
) -> Mapping[CaseNumber, Heard]:
    """What clearinghouse, register and utilities say of each, by its number; no transaction may be open."""
    with open_organization(organization) as opened:
        today = opened.calendar.business_date(now)
    answers = find_providers(installation.clearinghouse, [_question(each) for each in entering], on=today)
    heard = [Heard(named=each.pod, provider=answer) for each, answer in zip(entering, answers, strict=True)]
    register = installation.register_of(organization)
    evidence = [Evidence(values=_given(each), utility=told.utility) for each, told in zip(entering, heard, strict=True)]
    matched = match_each(register, evidence)
    heard = [replace(told, register=found) for told, found in zip(heard, matched, strict=True)]
    proved = [each.proved for each in heard]
    facts = iter(account_facts_of_each(register, [each for each in proved if each is not None]))
    heard = [told if of is None else replace(told, account=next(facts)) for told, of in zip(heard, proved, strict=True)]
    premises = _premises(installation, [each for each in heard if each.account is not None], today=today)
    return {
        each.number: replace(told, premise=premises.get((told.utility, told.pod)))
        for each, told in zip(entering, heard, strict=True)
    }


def outside_of(name: CommandName, case: Case, heard: Heard, *, entropy: bytes) -> Outside:
    """What a command to a case has from outside, as it was heard. Raises Unforeseen where another question arose."""
    provider = case.provider
    match name:
        case CommandName.FIND_PROVIDER:
            _refuse_other(case.pod == heard.named)
            return Outside(entropy=entropy, provider=heard.provider)
        case CommandName.PROVE_IDENTITY:
            _refuse_other(provider is not None and provider.utility == heard.utility)
            return Outside(entropy=entropy, register=heard.register)
        case CommandName.DECIDE:
            same = heard.proved is not None and (case.proof.account, case.pod) == heard.proved
            _refuse_other(same and provider is not None and provider.utility == heard.utility)
            return Outside(entropy=entropy, account=heard.account, premise=heard.premise)
        case _:
            return Outside(entropy=entropy)


def _refuse_other(is_same: bool) -> None:
    if not is_same:
        raise Unforeseen("A partner is to be asked another question than the one that was asked for all.")


def _given(entering: Entering) -> dict[FormField, str]:
    """The answers as they will be kept."""
    return {field: text for field, text in entering.form.outside.answers.items() if text.strip()}


def _question(entering: Entering) -> ProviderQuestion:
    command, answers = entering.opening.command, _given(entering)
    assert isinstance(command, OpenCase)
    return ProviderQuestion(
        pod=entering.pod,
        postal_code=answers.get(FormField.POSTAL_CODE, "") or command.opening.postal_code,
        address=answers.get(FormField.SERVICE_ADDRESS, ""),
    )


def _premises(
    installation: Installation, heard: Sequence[Heard], *, today: date
) -> dict[tuple[OrganizationKey | None, PodId | None], PremiseFacts | PartnerAway]:
    """The premises by utility and usage point; each utility is asked once."""
    asked: dict[OrganizationKey, dict[PodId, None]] = {}
    for each in heard:
        if each.utility is not None and each.pod is not None:
            asked.setdefault(each.utility, {})[each.pod] = None
    found: dict[tuple[OrganizationKey | None, PodId | None], PremiseFacts | PartnerAway] = {}
    for utility, pods in asked.items():
        told = look_up_each(installation.premises, tuple(pods), utility=utility, on=today)
        found |= {(utility, pod): each for pod, each in zip(pods, told, strict=True)}
    return found
