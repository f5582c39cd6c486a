"""A case is handed over by one provider to another, whatever state it is in there."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.messages import CaseForwarded, Message
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.territory import NOW, Territory


def forward(
    territory: Territory, number: CaseNumber, *, sender: OrganizationKey, receiver: OrganizationKey, agreed: bool
) -> None:
    """Send the case on, as one organization has it, to another one. agreed: by the customer, to being handed over."""
    from evenroll.records.unit_of_work import unit_of_work

    with unit_of_work(sender, actor=territory.actor(sender, Role.SYSTEM), now=NOW) as work:
        case = work.case(number)
        assert case is not None and case.provider is not None and case.form is not None
        body = CaseForwarded(
            number=number,
            language=case.opening.language,
            prompted_by="nobody",
            provider=case.provider,
            postal_code=case.opening.postal_code,
            program=case.form.program,
            form=replace(case.form, consents_hand_over=agreed),
        )
        message = Message(to=receiver, conversation=number, body=body, sealed=case.answers)
        work.record_case(number, Decided(messages=(message,)), expected=case)
