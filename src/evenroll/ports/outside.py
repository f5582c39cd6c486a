"""What a door asked of the outside before it opened a unit of work, and what came in with the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from evenroll.enrollment.facts import MeterFacts, PartnerAway, ProviderAnswer, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.enrollment.usage_point import MeterReads
from evenroll.ports.premises import PremiseFacts, ServedPoint
from evenroll.ports.register import AccountFacts
from evenroll.quantities.identifiers import CustomerId, MeterSerial

UsedByHour = Mapping[datetime, int]
"""Wh by the start of each hour, UTC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HourFacts:
    """What a bill by the hour rests on, over its period; by the start of each hour, UTC.

    used: Wh by meter. prices: USD per kWh of the rate's series. events: the hours in which events were called. What is
    not known is not there; away: who could not be asked.
    """

    used: Mapping[MeterSerial, UsedByHour] = field(default_factory=dict[MeterSerial, UsedByHour], repr=False)
    prices: Mapping[datetime, Decimal] = field(default_factory=dict[datetime, Decimal], repr=False)
    events: frozenset[datetime] = frozenset()
    away: PartnerAway | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """All of it; a step takes what its decision needs, and a decision that lacks something says so.

    answers: personal, as the customer gave them, by field. sealed: personal answers that came with a message.
    entropy: at least 32 random bytes, for numbers that are given out. reads: of the meter in place, ascending by day.
    signed_in: the customer as whom somebody sends it, from the door that checked the session; nothing else says it.
    hours: for a bill that the registers alone do not allow. served: the usage point of a protected bill.
    """

    answers: Mapping[FormField, str] = field(default_factory=dict[FormField, str], repr=False)
    sealed: bytes | None = field(default=None, repr=False)
    signed_in: CustomerId | None = None
    entropy: bytes = field(default=b"", repr=False)
    provider: ProviderAnswer | PartnerAway | None = None
    register: RegisterAnswer | PartnerAway | None = None
    account: AccountFacts | PartnerAway | None = None
    premise: PremiseFacts | PartnerAway | None = None
    reads: tuple[MeterReads, ...] | PartnerAway = ()
    hours: HourFacts = HourFacts()
    served: ServedPoint | PartnerAway | None = None


NOTHING = Outside()


def meter_in_place(outside: Outside) -> MeterFacts | None:
    """The meter in place, where the utility was asked for it and has one."""
    return outside.premise.meter if isinstance(outside.premise, PremiseFacts) else None
