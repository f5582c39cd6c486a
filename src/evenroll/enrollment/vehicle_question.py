"""The question whose a vehicle is, as each of the two cases that name it keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from evenroll.quantities.identifiers import CaseNumber, Pevid


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleQuestion:
    """Whose a vehicle is that two customers name. pevid: it is in this case. other, other_pevid: the other case and the
    number there. asked: this case had it first, and its customer is asked; else this customer names it too.
    """

    pevid: Pevid
    other: CaseNumber
    other_pevid: Pevid
    asked: bool
