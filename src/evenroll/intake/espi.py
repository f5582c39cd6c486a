"""Customer agreements as XML of the ESPI customer schema (NAESB REQ.21): who is enrolled in which program. No person.

One Atom entry an agreement, as the standard carries its resources. Written as they come; nothing is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import IO, Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from evenroll.records.export_terms import Row

ATOM: Final = "http://www.w3.org/2005/Atom"
CUSTOMER: Final = "http://naesb.org/espi/customer"
_DATES: Final = {
    "signed_on": "terms signed",
    "enrolled_on": "enrollment effective",
    "ended_on": "enrollment terminated",
}


def write_agreements(file: IO[bytes], rows: Iterable[Row], *, now: datetime) -> int:
    """Write rows of the agreements export as a feed; how many they were. now: when it was made."""
    stamp = _instant(now)
    file.write(
        (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="{ATOM}" xmlns:cust="{CUSTOMER}">\n'
            f"<id>{_urn('agreements', stamp)}</id>\n<title>Customer agreements</title>\n<updated>{stamp}</updated>\n"
        ).encode()
    )
    count = 0
    for row in rows:
        file.write(_entry(row, stamp=stamp) + b"\n")
        count += 1
    file.write(b"</feed>\n")
    return count


def _entry(row: Row, *, stamp: str) -> bytes:
    entry = Element("entry")
    SubElement(entry, "id").text = _urn("agreement", str(row["case"]))
    SubElement(entry, "title").text = f"Agreement {row['case']}"
    SubElement(entry, "updated").text = stamp
    agreement = SubElement(SubElement(entry, "content", {"type": "application/xml"}), "cust:CustomerAgreement")
    if isinstance(row["signed_on"], date):
        SubElement(agreement, "cust:signDate").text = _seconds(row["signed_on"])
    program = SubElement(agreement, "cust:DemandResponseProgram")
    SubElement(program, "cust:programName").text = str(row["program"])
    SubElement(program, "cust:enrollmentStatus").text = str(row["enrollment_status"])
    for column, what in _DATES.items():
        day = row[column]
        if isinstance(day, date):
            told = SubElement(program, "cust:programDate")
            SubElement(told, "cust:programDate").text = _seconds(day)
            SubElement(told, "cust:programDateDescription").text = what
    SubElement(agreement, "cust:agreementId").text = str(row["case"])
    return tostring(entry, encoding="utf-8", xml_declaration=False)


def _seconds(day: date) -> str:
    """The standard's TimeType: seconds since 1970 in UTC, here of the beginning of the day."""
    return str(int(datetime.combine(day, time(), tzinfo=UTC).timestamp()))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _urn(what: str, key: str) -> str:
    # The same agreement has the same id in every feed, as the standard asks.
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'evenroll/{what}/{key}')}"
