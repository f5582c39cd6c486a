"""Attacks on pages, through HTTP: others' records, other hosts, frames, scripts in names and addresses, twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from evenroll.accounts.rules import RuledPage, pages_of
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.runtime.database import DatabaseUrls
from tests.territory import NOW, new_territory
from tests.web.browsing import browser, ready, token_in
from tests.web.matrix import (
    ABSENT,
    Asker,
    Planted,
    address_of,
    askers,
    planted_in,
    without_chance,
)

ELSEWHERE = "elsewhere.example"
SCRIPT = "\"><script>planted()</script>'onload=planted()"
RAW = "<script>planted()"
NOBODYS = CaseNumber("EV-00000-00000-0000")
GUARDS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_REDIRECTS = range(300, 400)
_TEXTS = re.compile(r'<(?:input|textarea|select)[^>]* name="([^"]+)"')


@pytest.fixture(scope="module")
def planted(django_ready: DatabaseUrls) -> Planted:
    """Two cases of one utility and one of an ESCO; whoever applied wrote a script wherever text is taken."""
    from evenroll.accounts.wired import Wired, use_wired

    ready(demo=True)
    territory = new_territory()
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    return planted_in(territory)


@pytest.fixture(autouse=True)
def _served(demo_web: None, planted: Planted) -> None:
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: planted.territory.installation, now=lambda: NOW))


def test_no_address_leads_to_another_site(planted: Planted) -> None:
    """Neither the link of a language nor a parameter that elsewhere says where to go on, nor where one came from."""
    for page, asker, asked in each_let_in(planted):
        address = address_of(page, planted, asker.person)
        for query in (f"lang=es&next=//{ELSEWHERE}", f"next=https://{ELSEWHERE}/", f"lang=es&lang=//{ELSEWHERE}"):
            answer = asked.get(f"{address}?{query}", headers={"Referer": f"https://{ELSEWHERE}/"})
            assert leads_home(answer), (page.name, query, answer.headers.get("Location"))


@pytest.mark.parametrize(
    "path", ["//elsewhere.example", "/\\elsewhere.example", "/%5celsewhere.example", "/\t/x", "///x"]
)
def test_a_language_is_chosen_on_this_site_only(path: str) -> None:
    for query in ("lang=es", "lang=es&a=%0d%0aSet-Cookie:%20x=y"):
        answer = browser().generic("GET", path, QUERY_STRING=query, PATH_INFO=path)
        assert leads_home(answer), answer.headers.get("Location")
        assert "x" not in answer.cookies


def test_who_signs_out_stays_here(planted: Planted) -> None:
    for asker in askers(planted):
        if asker.person is None or not asker.is_held or asker.person.role is not Role.CUSTOMER:
            continue
        asked = asker.browser(checks_forms=True)
        sent = {"csrfmiddlewaretoken": token_in(asked.get("/").content.decode()), "next": f"//{ELSEWHERE}"}
        answer = asked.post(f"/sign-out?next=//{ELSEWHERE}", sent)
        assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(
    "host", [ELSEWHERE, f"127.0.0.1@{ELSEWHERE}", f"{ELSEWHERE}:80", f"127.0.0.1.{ELSEWHERE}", "a/b"]
)
def test_no_page_is_served_under_another_s_name(planted: Planted, host: str) -> None:
    for page in table():
        answer = browser(HTTP_HOST=host).get(address_of(page, planted, None))
        assert answer.status_code == 400, page.name
        assert ELSEWHERE not in answer.content.decode()


def test_what_a_stranger_says_of_the_host_is_not_believed(planted: Planted) -> None:
    said = {
        "X-Forwarded-Host": ELSEWHERE,
        "Forwarded": f"host={ELSEWHERE}",
        "X-Host": ELSEWHERE,
        "X-Original-URL": "/desk/",
    }
    for page, asker, asked in each_let_in(planted):
        answer = asked.get(address_of(page, planted, asker.person), headers=said)
        assert ELSEWHERE not in answer.content.decode() + str(answer.headers), page.name
    assert browser().get("/", headers={"X-Forwarded-Proto": "https"}).wsgi_request.is_secure() is False


def test_no_answer_can_be_framed_sniffed_or_kept(planted: Planted) -> None:
    """Also those that refuse: what is not there, a form without its sign, a method that is not taken."""
    for page, asker, asked in each_let_in(planted):
        address = address_of(page, planted, asker.person)
        for answer in (asked.get(address), asked.post(address), asked.options(address), asked.get(ABSENT)):
            held = {name: answer.headers.get(name) for name in GUARDS}
            assert held == GUARDS, (page.name, answer.status_code, held)
            policy = answer["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "*" not in policy
            assert page.name == "asset" or answer["Cache-Control"] == "no-store", page.name
            assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_script_comes_in_by_an_address(planted: Planted) -> None:
    for page, asker, asked in each_let_in(planted):
        answer = asked.get(address_of(page, planted, asker.person), {"q": SCRIPT, SCRIPT: "x", "number": SCRIPT})
        assert RAW not in unescaped_of(answer), page.name
    assert RAW not in unescaped_of(browser().get(f"/{SCRIPT}"))


def test_no_script_comes_in_by_a_form(planted: Planted) -> None:
    """Each form of each page is sent with a script in all that it asks, and is shown again or answered."""
    sent_forms = 0
    for page, asker, asked in each_let_in(planted):
        address = address_of(page, planted, asker.person)
        shown = unescaped_of(asked.get(address))
        main = shown.partition("<main")[2].partition("</main>")[0]
        if 'method="post"' not in main:
            continue
        sent = dict.fromkeys(_TEXTS.findall(main), SCRIPT) | {"csrfmiddlewaretoken": token_in(main)}
        answer = asked.post(address, sent)
        assert answer.status_code < 500, page.name
        assert RAW not in unescaped_of(answer), page.name
        sent_forms += 1
    assert sent_forms > 2


def test_no_script_comes_in_by_what_a_customer_wrote(planted: Planted) -> None:
    """The name, address and mail of an application hold a script; every page of everybody is looked at."""
    territory = planted.territory
    premise = territory.premise()
    fields = (FormField.NAME, FormField.SERVICE_ADDRESS, FormField.EMAIL)
    number = territory.apply(premise, answers={**premise.answers(), **dict.fromkeys(fields, SCRIPT)})
    territory.run()
    looked = replace(planted, cases={**planted.cases, territory.utility: number})
    for page, asker, asked in each_let_in(looked):
        assert RAW not in unescaped_of(asked.get(address_of(page, looked, asker.person))), page.name


def test_a_record_of_others_is_told_like_none(planted: Planted) -> None:
    """Every page that names a case, asked for cases of another customer and of another organization."""
    territory = planted.territory
    theirs = territory.apply(territory.premise())
    territory.run()
    asked_of = 0
    for page, asker, asked in each_let_in(planted):
        if "<str:number>" not in page.route or asker.person is None:
            continue
        others = {each: planted.cases[each] for each in planted.cases if each != asker.person.organization}
        foreign = [naming(planted, each) for each in others.values()]
        if "order" in page.name:
            foreign = [planted] if territory.utility in others else []
        elif asker.person.role is Role.CUSTOMER:
            foreign.append(naming(planted, theirs))
        for named in foreign:
            for method in ("get", "post"):
                told = [answer_for(asked, method, page, asker, each) for each in (named, naming(planted, NOBODYS))]
                assert told[0] == told[1], (page.name, asker.name, method, named.cases)
                assert told[0][0] in (404, 405), (page.name, asker.name, method, named.cases)
                asked_of += 1
    assert asked_of or not any("<str:number>" in each.route for each in table())


def test_a_form_sent_twice_at_once_is_done_once(planted: Planted) -> None:
    """Four threads send one withdrawal; there is one entry of it, and nobody is told of a defect."""
    from concurrent.futures import ThreadPoolExecutor

    territory = planted.territory
    number = planted.cases[territory.utility]
    mine = next(each for each in askers(planted) if each.name == "customer of utility")
    browsers = [mine.browser(checks_forms=True) for _ in range(4)]
    address = f"/cases/{number}/do/withdraw"
    page = browsers[0].get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
    for each in browsers:
        each.cookies.update(browsers[0].cookies)
    sent = {name: unescape(value) for name, value in hidden.items()} | {"step": "confirm"}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda each: _sent(each, address, sent), browsers))
    assert answers == [302] * 4
    assert territory.events(territory.utility, number).count("cancel_sent") == 1


def _sent(asked: Any, address: str, sent: dict[str, str]) -> int:
    from django.db import connections

    try:
        return asked.post(address, sent).status_code
    finally:
        connections.close_all()


def table() -> list[RuledPage]:
    from evenroll.runtime import web_urls_demo

    return list(pages_of(web_urls_demo.urlpatterns))


def each_let_in(planted: Planted) -> Iterator[tuple[RuledPage, Asker, Any]]:
    """Every page with everybody who may open it, each in a browser of their own."""
    for asker in askers(planted):
        if not asker.is_held:
            continue
        for page in table():
            if page.rule is not None and asker.is_let_in(page.rule):
                yield page, asker, asker.browser(checks_forms=True)


def naming(planted: Planted, number: CaseNumber) -> Planted:
    """As planted, but everybody names this case, and an order that is not there."""
    cases = dict.fromkeys(planted.territory.organizations, number)
    return replace(planted, cases=cases, order=OrderNumber("SO-00000-00000-0000"))


def answer_for(asked: Any, method: str, page: RuledPage, asker: Asker, planted: Planted) -> tuple[object, ...]:
    """What a page answers, without the address that it was asked at."""
    address = address_of(page, planted, asker.person)
    sent = {"csrfmiddlewaretoken": _sign(asked)} if method == "post" else {}
    return without_chance(getattr(asked, method)(address, sent))


def _sign(asked: Any) -> str:
    return token_in(asked.get("/").content.decode())


def leads_home(answer: Any) -> bool:
    """Whether an answer is a page, or leads to a path of this site."""
    if answer.status_code not in _REDIRECTS:
        return True
    return re.match(r"/(?![/\\])", answer["Location"]) is not None


def unescaped_of(answer: Any) -> str:
    """A page as it came, of which only what is no markup was made safe; empty for another kind of file."""
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.content.decode() if is_page else ""
