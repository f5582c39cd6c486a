"""A page as a browser shows it: in a width and a language, as whoever visits it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.browser.judges import HEIGHTS, WIDTHS
from tests.browser.served import Visit


def looks() -> Iterator[Any]:
    """All four; that of a phone in Spanish is also in `make test`."""
    for width in WIDTHS:
        for language in Language:
            always = (width, language) == (320, Language.ES)
            yield pytest.param(width, language, marks=() if always else pytest.mark.browser)


@contextmanager
def window(browser: Any, visit: Visit, address: str, *, width: int, language: Language) -> Iterator[Any]:
    """An empty tab of a browser that was never here, with the session of the visit."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        bypass_csp=True,
        locale=language.value,
        reduced_motion="reduce",
    )
    context.add_cookies(visit.cookies_at(address))
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def shown(browser: Any, visit: Visit, address: str, *, width: int, language: Language) -> Iterator[Any]:
    """The page of a visit."""
    with window(browser, visit, address, width=width, language=language) as page:
        page.goto(address + visit.path, wait_until="load")
        yield page
