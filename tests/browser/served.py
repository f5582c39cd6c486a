"""The web of this process at an address of this machine, for browsers; and the pages that they visit there."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from evenroll.accounts.rules import RuledPage, pages_of
from tests.web.matrix import Asker, Planted, addresses_of, has_parameters

OK = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A page that is shown to somebody. cookies: of the session, by name; name: unique, also of a file."""

    name: str
    path: str
    asker: str
    cookies: dict[str, str]

    def cookies_at(self, address: str) -> list[dict[str, str]]:
        """As a browser is given them."""
        return [{"name": name, "value": value, "url": address} for name, value in self.cookies.items()]


@contextmanager
def served() -> Iterator[str]:
    """The address of the web of this process while it is served, one thread for each request."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def visits(asked: Sequence[tuple[Planted, Asker]], *, under_way: Sequence[Any] = ()) -> Sequence[Visit]:
    """Each page of the table, once for each of its addresses and looks, as the first person whom it shows itself to.

    asked: each with what addresses can name for this person. under_way: browsers of strangers who began something;
    they are asked last, for pages that nobody sees who has not.
    """
    from evenroll.runtime import web_urls_demo

    people = [(planted, each, each.browser(checks_forms=True)) for planted, each in asked if each.is_held]
    stranger = Asker(name="stranger under way", person=None)
    people += [(asked[0][0], stranger, each) for each in under_way]
    found: dict[str, Visit] = {}
    for page in pages_of(web_urls_demo.urlpatterns):
        for planted, asker, browser in people:
            if page.rule is None or not asker.is_let_in(page.rule):
                continue
            for name, path in _addresses(page, planted, asker):
                if name not in found and _shows(browser, path):
                    found[name] = Visit(name=name, path=path, asker=asker.name, cookies=_session(browser))
    return list(found.values())


def _addresses(page: RuledPage, planted: Planted, asker: Asker) -> Iterator[tuple[str, str]]:
    """The addresses of a page, each under a name of its own."""
    look = (asker.look,) if asker.look and has_parameters(page) else ()
    for values, path in addresses_of(page, planted, asker.person).items():
        yield "-".join((page.name, *values, *look)), path


def _session(browser: Any) -> dict[str, str]:
    kept = browser.cookies.get("session")
    return {} if kept is None else {"session": kept.value}


def _shows(browser: Any, path: str) -> bool:
    answer = browser.get(path)
    return answer.status_code == OK and answer["Content-Type"].startswith("text/html")
