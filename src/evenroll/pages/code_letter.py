"""The letter with a code that leads to an application: as text for a printer, in the customer's language."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.form import Language
from evenroll.pages.notice_mail import NoticeMail
from evenroll.pages.plain_letter import LetterSection, PlainLetter, written_letter
from evenroll.pages.texts import render

PATH = "/enroll/code"


def code_letter(code: str, *, organization: str, site: str, until_on: date, language: Language) -> NoticeMail:
    """organization: its name. Nothing of the application is in it: who opens it by mistake learns nothing.

    Raises TextMissing.
    """

    def told(key: str, **given: str | date) -> str:
        return render(key, language=language, parameters=given)

    letter = PlainLetter(
        subject=told("code_letter.subject", organization=organization),
        lead=told("code_letter.lead", organization=organization),
        link=f"{site}{PATH}",
        link_text=told("code_letter.go"),
        sections=(
            LetterSection(heading=told("code_letter.code"), lines=(code, told("code_letter.until", until_on=until_on))),
            LetterSection(heading=told("code_letter.then"), lines=(told("code_letter.then_text"),)),
        ),
        foot=(told("code_letter.secret"), told("code_letter.not_you")),
    )
    return written_letter(letter, language=language)
