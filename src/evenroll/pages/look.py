"""How an operator's web looks: name, logo, colors, and where people ask for help. Read from a table, refused aloud."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from evenroll.enrollment.form import Language
from evenroll.pages.look_colors import CHOSEN, OWN_PALETTE, ColorUnfit, Palette, palette_of
from evenroll.pages.look_logo import Logo, LogoUnfit, logo_of
from evenroll.ports.mail import is_address

OWN_NAME: Final = "Evenroll"
_NAME_MAX: Final = 60
_LINE_MAX: Final = 120
_LINES_MAX: Final = 5
_DIGITS: Final = 12
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ().-]{5,24}")


class LookRefused(ValueError):
    """A look that cannot be worn: what is wrong with it, and what would be right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Where people ask for help; on every page at the same place. Each may be empty. hours: in both languages."""

    phone: str = ""
    mail: str = ""
    address: tuple[str, ...] = ()
    hours: Mapping[Language, str] | None = None

    @property
    def dialed(self) -> str:
        """The number as a phone dials it."""
        return "".join(each for each in self.phone if each in "+0123456789")


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """All of it. logo_text: what the logo says to who cannot see it, by language. contact: None where none is said."""

    name: str = OWN_NAME
    logo: Logo | None = None
    logo_text: Mapping[Language, str] | None = None
    palette: Palette = OWN_PALETTE
    contact: Contact | None = None

    def but_named(self, name: str) -> Look:
        """The same under another name; an empty one changes nothing."""
        return replace(self, name=name) if name else self

    @property
    def style(self) -> str:
        """The style sheet of its colors; empty where all are ours."""
        if self.palette == OWN_PALETTE:
            return ""
        said = "".join(f"--{each.value.replace('_', '-')}:{self.palette.colors[each]};" for each in CHOSEN)
        return f":root{{{said}}}"

    @property
    def version(self) -> str:
        """A word for what is served of it."""
        content = self.style.encode() + (self.logo.content if self.logo else b"")
        return hashlib.sha256(content).hexdigest()[:_DIGITS]


PLAIN: Final = Look()
"""Ours, where an operator says nothing."""


def look_of(said: Mapping[str, Any], *, read: Callable[[str], bytes]) -> Look:
    """The look of a table. read: the bytes of a file that it names. Raises LookRefused, and what `read` raises."""
    _only(said, ("name", "logo", "colors", "contact"), of="the look")
    name = _line(said.get("name", OWN_NAME), of="name", most=_NAME_MAX)
    try:
        palette = palette_of(_table(said, "colors"))
        logo, logo_text = _logo(_table(said, "logo"), name=name, read=read)
    except (ColorUnfit, LogoUnfit) as unfit:
        raise LookRefused(str(unfit)) from None
    return Look(name=name, logo=logo, logo_text=logo_text, palette=palette, contact=_contact(_table(said, "contact")))


def _logo(
    said: Mapping[str, Any], *, name: str, read: Callable[[str], bytes]
) -> tuple[Logo | None, Mapping[Language, str] | None]:
    if not said:
        return None, None
    _only(said, ("file", "text"), of="logo")
    file = _line(said.get("file", ""), of="logo.file")
    text = _both(said["text"], of="logo.text") if "text" in said else dict.fromkeys(Language, name)
    return logo_of(read(file)), text


def _contact(said: Mapping[str, Any]) -> Contact | None:
    if not said:
        return None
    _only(said, ("phone", "mail", "address", "hours"), of="contact")
    phone, mail = str(said.get("phone", "")), str(said.get("mail", ""))
    if phone and not _PHONE.fullmatch(phone):
        raise LookRefused('contact.phone is no number that can be dialed. Write it as "1-800-555-0100".')
    if mail and not is_address(mail):
        raise LookRefused("contact.mail is no address of e-mail.")
    hours = _both(said["hours"], of="contact.hours") if "hours" in said else None
    return Contact(phone=phone, mail=mail, address=_lines(said.get("address", [])), hours=hours)


def _lines(said: Any) -> tuple[str, ...]:
    if not isinstance(said, list) or len(said) > _LINES_MAX:
        raise LookRefused(f"contact.address is a list of lines, {_LINES_MAX} at most.")
    return tuple(_line(each, of="a line of contact.address") for each in said)


def _both(said: Any, *, of: str) -> Mapping[Language, str]:
    if not isinstance(said, dict) or set(said) != {each.value for each in Language}:
        names = " and ".join(each.value for each in Language)
        raise LookRefused(f"{of} is said in both languages: write it as a table with {names}.")
    return {each: _line(said[each.value], of=f"{of}.{each.value}") for each in Language}


def _line(said: Any, *, of: str, most: int = _LINE_MAX) -> str:
    if not isinstance(said, str) or not said.strip() or len(said) > most or not said.isprintable():
        raise LookRefused(f"{of} is one line of text, {most} letters at most.")
    return said.strip()


def _table(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name, {})
    if not isinstance(found, dict):
        raise LookRefused(f"{name} is a table: write its parts under [{name}].")
    return found


def _only(said: Mapping[str, Any], names: tuple[str, ...], *, of: str) -> None:
    unknown = sorted(set(said) - set(names))
    if unknown:
        raise LookRefused(f"{of} has no {unknown[0]}. It has these: {', '.join(names)}.")
