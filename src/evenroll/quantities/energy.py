"""Energy in whole watt-hours, and how far a meter register moved between two reads."""

from decimal import Decimal
from typing import Final, NewType

Wh = NewType("Wh", int)

_KWH_PLACES: Final = -3


class ReadImplausible(ValueError):
    """Two reads of a register cannot both be right; the message says which rule they break."""


def kwh(wh: int) -> Decimal:
    """The energy in kWh, exact, with three decimals."""
    sign, digits, _ = Decimal(wh).as_tuple()
    return Decimal((sign, digits, _KWH_PLACES))


def register_advance(start_wh: int, end_wh: int, *, rollover_wh: int) -> Wh:
    """Energy that a register counted between two reads, Wh, at least 0.

    rollover_wh: the first value the register cannot show (100,000,000 Wh for five digits of kWh); it starts again at 0.
    Raises ReadImplausible if a read is not on the register, or if it moved by half its range or more: then it rather
    ran backwards or was read wrong. A read taken before the register had moved half its range settles it.
    """
    for name, read_wh in (("start", start_wh), ("end", end_wh)):
        if not 0 <= read_wh < rollover_wh:
            raise ReadImplausible(
                f"The {name} read of {read_wh} Wh is not on a register from 0 to {rollover_wh - 1} Wh. "
                "Check the read, the multiplier and the register map."
            )
    advance_wh = (end_wh - start_wh) % rollover_wh
    if 2 * advance_wh >= rollover_wh:
        raise ReadImplausible(
            f"From {start_wh} to {end_wh} Wh the register would have moved by {advance_wh} Wh, half its range of "
            f"{rollover_wh} Wh or more: it ran backwards or was read wrong. Read it again."
        )
    return Wh(advance_wh)
