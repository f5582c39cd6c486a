"""What a page is judged with: the chromium of this machine and axe-core, and what to say where one is not there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

CHROMIUM_VARIABLE = "EVENROLL_CHROMIUM"
AXE = Path(__file__).parents[2] / ".judges" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 1280)
HEIGHTS = {320: 720, 1280: 900}
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_NAMES = ("chromium", "chromium-browser", "google-chrome")
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > room + 1);
  return wide.slice(0, 4).map(each => `${each.tagName} ${each.className}`.trim());
}"""
"""What stands outside of the window, in words; nothing where nothing does."""
_RUN = """async (tags) => {
  const told = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return told.violations.map(each =>
    `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map(node => node.target.join(" ")).join(" | ")}`);
}"""


def missing() -> str:
    """What is missing on this machine, in a sentence that says how one gets it; empty where nothing is."""
    if chromium() is None:
        return f"No chromium is here: install it (Debian: apt install chromium), or name one by {CHROMIUM_VARIABLE}."
    if not AXE.is_file():
        return "axe-core is not here: `sh bin/judges` puts it into .judges."
    return ""


def chromium() -> str | None:
    """The browser's program."""
    named = os.environ.get(CHROMIUM_VARIABLE, "")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


def launched(playwright: Any) -> Any:
    """A browser on this machine's chromium, which needs no further download."""
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"])


def findings(page: Any) -> list[str]:
    """What axe-core finds on the page that is shown."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(_RUN, list(TAGS))
