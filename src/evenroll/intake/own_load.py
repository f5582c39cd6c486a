"""What a customer's own file of use comes to: a load for each meter and direction, with what is to be known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from evenroll.costs.lattice.loads import LoadBlock
from evenroll.intake.file_shape import FileRefused


class Direction(Enum):
    """Which way energy went through the meter; NET is what was delivered less what was received."""

    DELIVERED = "delivered"
    RECEIVED = "received"
    NET = "net"


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
    those of them with another value, of which the last counts. warnings: sentences.
    """

    meter: str
    direction: Direction
    load: LoadBlock
    told_wh: int
    gaps: tuple[Gap, ...] = ()
    repeated: int = 0
    differing: int = 0
    warnings: tuple[str, ...] = ()

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
    """All loads of a file, never added up. warnings: sentences about the file as a whole."""

    loads: tuple[OwnLoad, ...]
    warnings: tuple[str, ...] = ()


def drawn_load(read: OwnLoads, *, meter: str = "") -> OwnLoad:
    """The load that a bill counts: what was delivered through a meter, or its net. meter: empty where there is one.

    Raises FileRefused where there is none or several, naming them.
    """
    drawn = [each for each in read.loads if each.direction is not Direction.RECEIVED]
    found = [each for each in drawn if meter in ("", each.meter)]
    if len(found) == 1:
        return found[0]
    names = "; ".join(f"{each.meter} ({each.direction.value})" for each in read.loads[:10])
    if not found:
        raise FileRefused(
            f"The file tells of no energy delivered{_to(meter)}. It has: {names}. Name one of its meters."
        )
    raise FileRefused(
        f"The file tells of {len(found)} loads that were delivered{_to(meter)}, and they are not added up: {names}. "
        "Name one meter, or give a file with one."
    )


def _to(meter: str) -> str:
    return f" to meter {meter}" if meter else ""
