"""The letter to whose account it is, where somebody applied with it under another address: it was you, or say so."""

from __future__ import annotations

from dataclasses import dataclass

from evenroll.enrollment.form import Language
from evenroll.pages.notice_mail import NoticeMail
from evenroll.pages.plain_letter import LetterSection, PlainLetter, written_letter
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutOwner:
    """case: its number. organization: its name. link: by which one says it was not oneself; write_to: for answers."""

    case: CaseNumber
    organization: str
    link: str
    write_to: str


def owner_letter(about: AboutOwner, *, language: Language) -> NoticeMail:
    """Nothing of what was applied with is in it, the address least of all. Raises TextMissing."""

    def told(key: str) -> str:
        given = {"case": about.case, "organization": about.organization, "write_to": about.write_to}
        return render(key, language=language, parameters=given)

    letter = PlainLetter(
        subject=told("owner_letter.subject"),
        lead=told("owner_letter.lead"),
        link=about.link,
        link_text=told("owner_letter.go"),
        sections=(
            LetterSection(heading=told("owner_letter.was_you"), lines=(told("owner_letter.was_you_text"),)),
            LetterSection(
                heading=told("owner_letter.was_not_you"),
                lines=(told("owner_letter.was_not_you_text"), told("owner_letter.call")),
            ),
        ),
        foot=(told("owner_letter.why"),),
    )
    return written_letter(letter, language=language)
