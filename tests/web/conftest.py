"""The web on the test database, as an installation or as a demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from evenroll.runtime.database import DatabaseUrls
from tests.territory import Territory, new_territory
from tests.web.browsing import ready
from tests.web.town import new_town, wire


@pytest.fixture
def web(django_ready: DatabaseUrls) -> None:
    ready(demo=False)


@pytest.fixture
def demo_web(django_ready: DatabaseUrls) -> None:
    ready(demo=True)


@pytest.fixture
def settings_of() -> Iterator[Callable[..., None]]:
    """Sets settings of the web for one test."""
    from django.conf import settings

    before: dict[str, Any] = {}

    def given(**values: Any) -> None:
        for name, value in values.items():
            before.setdefault(name, getattr(settings, name))
            setattr(settings, name, value)

    yield given
    for name, value in before.items():
        setattr(settings, name, value)


@pytest.fixture(scope="session")
def territory(django_ready: DatabaseUrls) -> Territory:
    return new_territory()


@pytest.fixture(scope="session")
def books_of_town(django_ready: DatabaseUrls) -> Territory:
    return new_town()


@pytest.fixture
def town(web: None, books_of_town: Territory) -> Territory:
    """The organizations of the catalog, whom the finder knows by name, with books here."""
    wire(books_of_town)
    return books_of_town
