"""A customer's own file of use, whatever it is: Green Button XML, or a table of intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from evenroll.intake.green_button import read_green_button
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.own_load import OwnLoads
from evenroll.intake.own_load_csv import read_own_table
from evenroll.intake.own_load_words import refuse
from evenroll.pages.own_load_codes import OwnRefusal

_HEAD: Final = 1_024


def read_own_load(path: Path, *, zone: str, dates: DateOrder = DateOrder.UNSAID) -> OwnLoads:
    """The loads of a file; what it is, is told by how it begins, not by its name.

    zone: the IANA name of the clock by which the customer is billed. dates: for a table whose days could be read in two
    ways. Raises FileRefused, with the line or row.
    """
    if path.exists() and not path.is_file():
        raise refuse(OwnRefusal.NOT_A_FILE, file=path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise refuse(OwnRefusal.UNREADABLE, file=path, system=str(error.strerror)) from None
    # A mark of the encoding and the empty halves of UTF-16 stand before and in the first sign of an XML.
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        return read_green_button(path, zone=zone)
    return read_own_table(path, zone=zone, dates=dates)
