"""What a door asked of the outside before it opened a unit of work, and what came in with the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evenroll.enrollment.facts import MeterFacts, PartnerAway, ProviderAnswer, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.enrollment.usage_point import MeterReads
from evenroll.ports.premises import PremiseFacts
from evenroll.ports.register import AccountFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """All of it; a step takes what its decision needs, and a decision that lacks something says so.

    answers: personal, as the customer gave them, by field. sealed: personal answers that came with a message.
    entropy: at least 32 random bytes, for numbers that are given out. reads: of the meter in place, ascending by day.
    """

    answers: Mapping[FormField, str] = field(default_factory=dict[FormField, str], repr=False)
    sealed: bytes | None = field(default=None, repr=False)
    entropy: bytes = field(default=b"", repr=False)
    provider: ProviderAnswer | PartnerAway | None = None
    register: RegisterAnswer | PartnerAway | None = None
    account: AccountFacts | PartnerAway | None = None
    premise: PremiseFacts | PartnerAway | None = None
    reads: tuple[MeterReads, ...] | PartnerAway = ()


NOTHING = Outside()


def meter_in_place(outside: Outside) -> MeterFacts | None:
    """The meter in place, where the utility was asked for it and has one."""
    return outside.premise.meter if isinstance(outside.premise, PremiseFacts) else None
