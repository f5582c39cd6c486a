"""Whom the demo asks who supplies: the registries here, which may be away about some usage points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.facts import PartnerAway, ProviderAnswer
from evenroll.ports.clearinghouse import Clearinghouse, ProviderQuestion
from evenroll.quantities.identifiers import PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayForSome:
    """A clearinghouse that does not answer about some usage points before a day."""

    clearinghouse: Clearinghouse
    until: Mapping[PodId, date]

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """As the one behind it, once that day has come."""
        if question.pod is not None and on < self.until.get(question.pod, date.min):
            return PartnerAway(partner="clearinghouse", detail="not_reached")
        return self.clearinghouse.find(question, on=on)
