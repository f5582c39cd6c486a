"""Passkeys in a browser: added, signed in by, refused by the wrong finger, removed; by an authenticator of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.browser.device import Device
from tests.browser.judges import TOO_WIDE, findings
from tests.browser.town import Town, aside
from tests.browser.walking import Walker
from tests.web.signing import code_in, customer_with, letters, new_address
from tests.web.test_sign_in_staff import PASSWORD, Invited

_OWN_KEYS = 'main li:has(form[action="/sign-in/passkeys/remove"])'
_FAILED = "[data-passkey-failed]"
_FORM = "form[data-passkey]"


def test_a_customer_adds_a_passkey_signs_in_by_it_and_removes_it(town: Town) -> None:
    address = new_address()
    number = aside(lambda: customer_with(town.territory, address))
    with at_home(town, width=320) as walker:
        device = Device.of(walker.page)
        signed_in_by_code(walker, address)
        added(walker, device)
        signed_out(walker)
        proved(walker)
        assert walker.path == "/cases"
        walker.open(f"/cases/{number}")
        assert str(number) in walker.page.locator("main").inner_text()
        assert device.held()[0]["signCount"] > 1
        removed(walker)
        assert device.held()
        signed_out(walker)
        refused(walker)


def test_staff_add_a_passkey_and_come_to_their_desk_by_it(town: Town) -> None:
    ana = aside(lambda: Invited(town.territory))
    with at_home(town) as walker:
        device = Device.of(walker.page)
        walker.open(ana.path)
        code = aside(lambda: ana.code(-1))
        walker.answer({"password": PASSWORD, "again": PASSWORD, "code": code})
        walker.open("/desk/")
        assert walker.path == "/desk/"
        added(walker, device)
        signed_out(walker)
        proved(walker)
        assert walker.path == "/desk/"
        removed(walker)
        signed_out(walker)
        refused(walker)


def test_the_wrong_finger_signs_nobody_in_and_the_right_one_may_follow(town: Town) -> None:
    with customer_with_passkey(town) as (walker, device):
        device.knows_its_person(verified=False)
        refused(walker)
        device.knows_its_person(verified=True)
        arrives(walker, "/cases", lambda: pressed(walker))


@pytest.mark.browser
def test_who_has_lost_the_device_signs_in_by_a_code_all_the_same(town: Town) -> None:
    address = new_address()
    with customer_with_passkey(town, address) as (walker, device):
        device.loses()
        refused(walker)
        signed_in_by_code(walker, address)
        removed(walker)


def test_a_device_is_not_given_a_second_passkey_of_one_person(town: Town) -> None:
    with customer_with_passkey(town) as (walker, device):
        proved(walker)
        walker.open("/sign-in/passkeys/add")
        pressed(walker)
        walker.page.locator("[data-passkey-there]").wait_for()
        assert not walker.page.locator(_FAILED).is_visible()
        assert findings(walker.page) == []
        assert len(device.held()) == 1
        walker.open("/sign-in/own")
        assert walker.page.locator(_OWN_KEYS).count() == 1


@pytest.mark.browser
def test_who_goes_back_to_the_page_after_signing_in_may_sign_in_from_there_again(town: Town) -> None:
    with customer_with_passkey(town) as (walker, _device):
        proved(walker)
        walker.page.go_back()
        assert walker.path == "/sign-in/passkey"
        arrives(walker, "/cases", lambda: pressed(walker))


@contextmanager
def at_home(town: Town, *, width: int = 1280) -> Iterator[Walker]:
    """A tab at the name that browsers give passkeys to without TLS."""
    port = urlsplit(town.address).port
    with town.browser(width=width) as page:
        yield Walker(page=page, address=f"http://localhost:{port}")


@contextmanager
def customer_with_passkey(town: Town, address: str = "") -> Iterator[tuple[Walker, Device]]:
    """Who has added one, and is signed out."""
    found = address or new_address()
    aside(lambda: customer_with(town.territory, found))
    with at_home(town) as walker:
        device = Device.of(walker.page)
        signed_in_by_code(walker, found)
        added(walker, device)
        signed_out(walker)
        yield walker, device


def signed_in_by_code(walker: Walker, address: str) -> None:
    from evenroll.accounts.posting import finish

    with letters() as carried:
        walker.open("/sign-in")
        walker.answer({"email": address})
        finish()
        walker.answer({"code": code_in(carried[0])})
    assert walker.path == "/cases"


def added(walker: Walker, device: Device) -> None:
    walker.open("/sign-in/own")
    walker.press('main a[href="/sign-in/passkeys/add"]')
    assert walker.page.locator(_FORM).is_visible()
    assert not walker.page.locator("[data-passkey-without]").is_visible()
    assert findings(walker.page) == []
    arrives(walker, "/sign-in/own", lambda: pressed(walker))
    assert walker.page.locator(_OWN_KEYS).count() == 1
    assert [each["rpId"] for each in device.held()] == ["localhost"]
    assert findings(walker.page) == []
    assert walker.page.evaluate(TOO_WIDE) == []


def removed(walker: Walker) -> None:
    walker.open("/sign-in/own")
    walker.press('main form[action="/sign-in/passkeys/remove"] button')
    assert walker.page.locator(_OWN_KEYS).count() == 0


def proved(walker: Walker) -> None:
    """Sign in by the passkey alone."""
    walker.open("/sign-in")
    walker.press('main a[href="/sign-in/passkey"]')
    with walker.page.expect_navigation():
        pressed(walker)


def refused(walker: Walker) -> None:
    """No passkey helps: the page says so, and nobody is signed in."""
    walker.open("/sign-in/passkey")
    assert not walker.page.locator(_FAILED).is_visible()
    pressed(walker)
    walker.page.locator(_FAILED).wait_for()
    assert findings(walker.page) == []
    assert walker.page.evaluate("fetch('/sign-in/own').then(each => each.status)") == 404


def signed_out(walker: Walker) -> None:
    walker.press('form[action="/sign-out"] button')


def pressed(walker: Walker) -> None:
    walker.page.locator(f"{_FORM} button").click()


def arrives(walker: Walker, path: str, act: Callable[[], None]) -> None:
    with walker.page.expect_navigation(url=f"**{path}"):
        act()
