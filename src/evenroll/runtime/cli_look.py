"""`evenroll look`: what an operator's own look comes to, before the web wears it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenroll.pages.look import LookRefused
from evenroll.pages.look_colors import ColorUnfit, Pair, palette_unchecked
from evenroll.runtime.cli_exit import wrong_use
from evenroll.runtime.cli_session import asked
from evenroll.runtime.look_file import look_in, table_in
from evenroll.runtime.output_console import Output

_COLUMNS = ("in front", "behind", "colors", "contrast", "needed", "")


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The TOML file of the look.")],
) -> None:
    """Check the file of a look: every pair of colors that meets on a page, the logo, the contact.

    Example: evenroll look check look.toml
    """
    output = Output(json=asked.json)
    pairs = _pairs(file)
    output.data({"pairs": [_told(each) for each in pairs]})
    output.table(_COLUMNS, [_row(each) for each in pairs])
    look = look_in(file)
    logo = f"a logo of {look.logo.width} by {look.logo.height}" if look.logo else "no logo"
    contact = "a contact on every page" if look.contact else "no contact: pages name the number on the bill"
    output.say("", f"{look.name}: {logo}, {contact}. It can be worn: EVENROLL_WEB_LOOK={file}.")


def _pairs(file: Path) -> tuple[Pair, ...]:
    colors = table_in(file).get("colors", {})
    try:
        return palette_unchecked(colors if isinstance(colors, dict) else {}).pairs()
    except (ColorUnfit, LookRefused) as refused:
        raise wrong_use(f"{file.name}: {refused}", reason="look_refused") from None


def _row(each: Pair) -> tuple[str, ...]:
    verdict = "passes" if each.passes else "too close"
    return (each.front.value, each.back.value, " on ".join(each.colors), str(each.ratio), str(each.needed), verdict)


def _told(each: Pair) -> dict[str, object]:
    return {
        "front": each.front.value,
        "back": each.back.value,
        "colors": list(each.colors),
        "contrast": str(each.ratio),
        "needed": str(each.needed),
        "passes": each.passes,
    }
