"""What a customer's own file of use comes to: a load for each meter and direction, with what is to be known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Final

from evenroll.costs.lattice.loads import LoadBlock
from evenroll.intake.own_load_words import Listed, Said, refuse, say
from evenroll.pages.own_load_codes import OwnRefusal, OwnWord


class Direction(Enum):
    """Which way energy went through the meter; NET is what was delivered less what was received."""

    DELIVERED = "delivered"
    RECEIVED = "received"
    NET = "net"


THE_METER: Final = "the meter"
"""The only one, where a file does not name it."""
_WORDS: Final = MappingProxyType(
    {
        Direction.DELIVERED: OwnWord.DELIVERED,
        Direction.RECEIVED: OwnWord.RECEIVED,
        Direction.NET: OwnWord.NET,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Intervals that nobody told. start_at: of the first one, UTC. intervals: how many in a row."""

    start_at: datetime
    intervals: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLoad:
    """The load of one meter in one direction.

    meter: as the file names it. load: one customer; what was missing is filled in and marked as estimated. told_wh:
    what the file itself told, Wh. gaps: all that was missing. repeated: intervals that stood more than once; differing:
    those of them with another value, of which the last counts. warnings: what else is to be known.
    """

    meter: str
    direction: Direction
    load: LoadBlock
    told_wh: int
    gaps: tuple[Gap, ...] = ()
    repeated: int = 0
    differing: int = 0
    warnings: tuple[Said, ...] = ()

    @property
    def missing(self) -> int:
        """How many intervals were missing."""
        return sum(gap.intervals for gap in self.gaps)

    @property
    def total_wh(self) -> int:
        """What the load comes to, with what was filled in, Wh."""
        return int(self.load.wh.sum(dtype="int64"))


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLoads:
    """All loads of a file, never added up. warnings: about the file as a whole."""

    loads: tuple[OwnLoad, ...]
    warnings: tuple[Said, ...] = ()


def meter_word(meter: str) -> str | Said:
    """A meter as a sentence names it."""
    return say(OwnWord.THE_METER) if meter == THE_METER else meter


def drawn_load(read: OwnLoads, *, meter: str = "") -> OwnLoad:
    """The load that a bill counts: what was delivered through a meter, or its net. meter: empty where there is one.

    Raises OwnFileRefused where there is none or several, naming them.
    """
    drawn = [each for each in read.loads if each.direction is not Direction.RECEIVED]
    found = [each for each in drawn if meter in ("", each.meter)]
    if len(found) == 1:
        return found[0]
    told: dict[str, Said | Listed | str] = {"meter": meter} if meter else {}
    told["found"] = Listed(
        [Listed([meter_word(each.meter), say(_WORDS[each.direction])], ": ") for each in read.loads[:10]]
    )
    if not found:
        raise refuse(OwnRefusal.NONE_DELIVERED, **told)
    raise refuse(OwnRefusal.SEVERAL_DELIVERED, count=len(found), **told)
