"""An odd but legal look in a browser: what passes the check at the start is readable on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.browser.judges import TOO_WIDE, findings
from tests.browser.looking import shown
from tests.browser.served import Visit
from tests.web.test_look import FILE, LOGO


@pytest.fixture
def worn(everywhere: Sequence[Visit], tmp_path: Path) -> Iterator[None]:
    from django.conf import settings

    from evenroll.pages.web_context import Site
    from evenroll.runtime.look_file import look_in

    (tmp_path / "logo.svg").write_text(LOGO)
    (tmp_path / "look.toml").write_text(FILE)
    before = settings.EVENROLL_WEB
    settings.EVENROLL_WEB = Site(is_demo=before.is_demo, look=look_in(tmp_path / "look.toml"))
    yield
    settings.EVENROLL_WEB = before


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(320, Language.ES), (1280, Language.EN)], ids=str)
def test_axe_finds_nothing_in_an_odd_look(
    everywhere: Sequence[Visit], address: str, chromium: Any, worn: None, width: int, language: Language
) -> None:
    wrong: list[str] = []
    for visit in everywhere:
        with shown(chromium, visit, address, width=width, language=language) as page:
            wrong += [f"{visit.name} ({visit.asker}): {each}" for each in findings(page)]
            wrong += [f"{visit.name} is too wide: {each}" for each in page.evaluate(TOO_WIDE)]
            assert page.evaluate("document.querySelector('.site-header__logo').naturalWidth") > 0
    assert wrong == []
