"""The process drawing as a part of a page: its styles stand in the style sheet, for a page admits none within."""

from __future__ import annotations

import re

from evenroll.enrollment.form import Language
from evenroll.pages.process import Process
from evenroll.pages.process_svg import process_svg

_STYLES = re.compile(r"<style>.*?</style>\n?", re.DOTALL)
_SIZE = re.compile(r' width="[\d.]+" height="[\d.]+" role="img"')


def process_inline(process: Process, *, language: Language) -> str:
    """The drawing as an element `svg` of the class `process`; its ids begin with process-."""
    drawn = _STYLES.sub("", process_svg(process, language=language))
    drawn = _SIZE.sub(' class="process" role="img"', drawn, count=1)
    drawn = drawn.replace('aria-labelledby="title desc"', 'aria-labelledby="process-title process-desc"')
    for name in ("title", "desc", "arrow"):
        drawn = drawn.replace(f'id="{name}"', f'id="process-{name}"')
    return drawn.replace('class="flow"', 'class="flow" marker-end="url(#process-arrow)"')
