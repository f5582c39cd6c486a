"""A letter of headings and lines, as text and as HTML: what somebody asked the web to mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from evenroll.enrollment.form import Language
from evenroll.pages.notice_mail import NoticeMail


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterSection:
    """A heading, or none, and its lines."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainLetter:
    """What is to be said, in the reader's language. link, link_text: where to go on; foot: small, at the end."""

    subject: str
    lead: str
    sections: Sequence[LetterSection]
    link: str
    link_text: str
    foot: Sequence[str]


def written_letter(letter: PlainLetter, *, language: Language) -> NoticeMail:
    """The letter as a mail has it."""
    parts = [letter.lead, f"{letter.link_text}:\n{letter.link}"]
    for each in letter.sections:
        heading = f"{each.heading.upper()}\n" if each.heading else ""
        parts.append(heading + "\n".join(each.lines))
    parts.append("-- \n" + "\n".join(letter.foot))
    html = render_to_string("mail/letter.html", {"letter": letter, "language": language})
    return NoticeMail(subject=letter.subject, text="\n\n".join(parts) + "\n", html=html)
