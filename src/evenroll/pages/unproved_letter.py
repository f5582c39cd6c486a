"""The letter before anybody is proved: the same whatever the provider's books and the clearinghouse answered.

It goes to an address that somebody typed. Who provides the electricity at a place, and whether an account, a bill and
a meter belong together, is told by mail to nobody else than whose account it is (use-case rows 2 and 4a).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.pages.notice_mail import NoticeMail
from evenroll.pages.plain_letter import LetterSection, PlainLetter, written_letter
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber

PATH: Final = "/enroll/sent"


class Standing(StrEnum):
    """What may be told of an application before proof."""

    RECEIVED = "received"
    OPEN = "open"
    CLOSED = "closed"


_BY_KIND: Final[Mapping[str, Standing]] = {
    "case_opened": Standing.RECEIVED,
    "form_received": Standing.RECEIVED,
    "mail_stamped": Standing.RECEIVED,
    "form_returned": Standing.OPEN,
    "reminded": Standing.OPEN,
    "refused_by_provider": Standing.CLOSED,
    "refused_at_proof": Standing.CLOSED,
    "refusal_closed": Standing.CLOSED,
    "withdrawn": Standing.CLOSED,
    "expired": Standing.CLOSED,
}
_SUBJECTS: Final = {
    Standing.RECEIVED: "unproved.subject_received",
    Standing.OPEN: "unproved.subject_open",
    Standing.CLOSED: "unproved.subject_closed",
}
_LEADS: Final = {
    Standing.RECEIVED: "unproved.lead_received",
    Standing.OPEN: "unproved.lead_open",
    Standing.CLOSED: "unproved.lead_closed",
}
SAID_ANYWAY: Final = frozenset({"form_returned", "withdrawn", "expired"})
"""What follows from the form, or from what was said since, and not from anybody's books: it is told as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutUnproved:
    """What the letter is about. organization: its name. stop: the link that ends e-mail without a sign-in."""

    case: CaseNumber
    organization: str
    site: str
    write_to: str
    stop: str


def unproved_letter(about: AboutUnproved, *, told: Mapping[str, str], language: Language) -> NoticeMail | None:
    """The letter of these notices; None where nothing of them may be told. told: the sentence of each by its kind.

    Raises TextMissing.
    """
    found = {_BY_KIND[kind] for kind in told if kind in _BY_KIND}
    if not found:
        return None
    # Of several the last in the order of the standings: what is closed is no longer open.
    standing = max(found, key=list(Standing).index)

    def said(key: str) -> str:
        given = {"case": about.case, "organization": about.organization, "write_to": about.write_to}
        return render(key, language=language, parameters=given)

    happened = tuple(text for kind, text in told.items() if kind in SAID_ANYWAY)
    ahead = (said("unproved.check"), said("unproved.correct"), said("unproved.call"))
    sections = [
        *([LetterSection(heading=said("mail.happened"), lines=happened)] if happened else []),
        *([LetterSection(heading=said("unproved.ahead"), lines=ahead)] if standing is not Standing.CLOSED else []),
    ]
    letter = PlainLetter(
        subject=said(_SUBJECTS[standing]),
        lead=said(_LEADS[standing]),
        link=f"{about.site}{PATH}",
        link_text=said("unproved.go"),
        sections=tuple(sections),
        foot=(said("unproved.why"), said("mail.write"), f"{said('mail.refuse')} {about.stop}", about.organization),
    )
    return written_letter(letter, language=language)
