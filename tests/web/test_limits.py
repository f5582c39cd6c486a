"""Limits of attempts: counted together by all processes, under hashes, by what is tried and by who can be believed."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

AT = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def asked(address: str = "", *, forwarded: str = "") -> Any:
    """A request of a network of its own, or of one address."""
    from django.test import RequestFactory

    own = f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    said: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address or own, **said)


def test_so_many_about_one_thing_and_no_more_whoever_asks(web: None) -> None:
    from evenroll.accounts.limits import Door, may_try

    about = secrets.token_hex(8)
    tried = [may_try(asked(), door=Door.MAILED, about=about, at=AT) for _ in range(7)]
    assert tried == [True] * 5 + [False] * 2
    assert may_try(asked(), door=Door.MAILED, about=secrets.token_hex(8), at=AT)
    assert may_try(asked(), door=Door.CODE_ASKED, about=about, at=AT)


@pytest.mark.parametrize(("door", "here"), [("STAFF", 10), ("CODE_ASKED", 5), ("PROOF", 5)])
def test_who_tries_much_at_what_is_another_s_shuts_out_the_own_network_and_not_the_other(
    web: None, door: str, here: int
) -> None:
    from evenroll.accounts.limits import LIMITS, Door, may_try

    about, stranger, owner = secrets.token_hex(8), "192.0.2.9", "203.0.113.4"
    tried = [may_try(asked(stranger), door=Door[door], about=about, at=AT) for _ in range(here + 2)]
    assert tried == [True] * here + [False] * 2
    assert may_try(asked(owner), door=Door[door], about=about, at=AT)
    # From as many networks as one likes it ends, too.
    most = min(limit.most for limit in LIMITS[Door[door]].about)
    spread = [may_try(asked(), door=Door[door], about=about, at=AT) for _ in range(most)]
    assert spread[0] and not spread[-1]


def test_after_its_time_one_may_try_again_until_the_day_s_limit(web: None) -> None:
    from evenroll.accounts.limits import Door, may_try

    about = secrets.token_hex(8)

    def tried(at: datetime) -> int:
        return sum(may_try(asked(), door=Door.MAILED, about=about, at=at) for _ in range(6))

    hours = [tried(AT + timedelta(hours=number)) for number in range(5)]
    assert hours == [5, 5, 5, 2, 0]  # each in vain counts too: 20 a day are over with the twentieth attempt
    assert tried(AT + timedelta(days=1)) == 5


def test_a_network_is_counted_as_one(web: None) -> None:
    from evenroll.accounts.limits import Door, may_try

    net = f"172.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    tried = [may_try(asked(f"{net}.{number}"), door=Door.RESUME, at=AT) for number in range(1, 23)]
    assert tried.count(True) == 20
    assert may_try(asked(), door=Door.RESUME, at=AT)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "203.0.113.9", "192.0.2.0/24"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.0/24"),
        (1, "", "192.0.2.0/24"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.0/24"),
        (2, "203.0.113.9", "192.0.2.0/24"),
        (1, "not an address", "nowhere"),
        (1, "2001:db8:1:2::3", "2001:db8:1::/48"),
        (1, "::ffff:203.0.113.9", "203.0.113.0/24"),
    ],
)
def test_only_what_our_own_proxies_say_of_an_address_is_believed(
    web: None, settings_of: Any, proxies: int, forwarded: str, network: str
) -> None:
    from evenroll.accounts.limits import network_of

    settings_of(EVENROLL_WEB_PROXIES=proxies)
    assert network_of(asked("192.0.2.7", forwarded=forwarded)) == network


def test_many_at_once_are_counted_one_by_one(web: None) -> None:
    from django.db import connections

    from evenroll.accounts.limits import Door, may_try

    about, together, threads = secrets.token_hex(8), Barrier(8), 8

    def tries(_number: int) -> int:
        together.wait(timeout=20)
        try:
            return sum(may_try(asked(), door=Door.MAILED, about=about, at=AT) for _ in range(3))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(tries, range(threads))) == 5


def test_the_tables_tell_nothing(web: None) -> None:
    from django.core.cache import cache
    from django.db import connection

    from evenroll.accounts.limits import Door, may_try

    may_try(asked(), door=Door.MAILED, about="ana.diaz@example.org", at=AT)
    cache.set("ana.diaz@example.org", {"name": "Ana Díaz"})
    assert cache.get("ana.diaz@example.org") == {"name": "Ana Díaz"}
    with connection.cursor() as pen:
        pen.execute("SELECT token, '' FROM web_count UNION ALL SELECT token, encode(data, 'escape') FROM web_cache")
        kept = pen.fetchall()
    assert len(kept) > 1
    assert all("ana" not in token.lower() and "name" not in data for token, data in kept)


def test_the_cache_is_one_and_opens_only_what_was_put_under_this_key(web: None) -> None:
    from django.core.cache import cache
    from django.db import connection

    key, other = secrets.token_hex(8), secrets.token_hex(8)
    assert cache.add(key, 7) and not cache.add(key, 8)
    assert (cache.get(key), cache.get(other), cache.get(other, "none")) == (7, None, "none")
    cache.set(other, [1, 2], timeout=-1)
    assert cache.get(other) is None
    assert cache.add(other, "again")
    assert cache.touch(other, 60) and not cache.touch(secrets.token_hex(8), 60)
    with connection.cursor() as pen:
        pen.execute(
            "UPDATE web_cache SET data = (SELECT data FROM web_cache WHERE token = %s) WHERE token = %s",
            (_token(key), _token(other)),
        )
    assert cache.get(other) is None
    assert cache.delete(key) and not cache.delete(key)
    assert cache.get(key) is None


def _token(key: str) -> str:
    from django.core.cache import cache

    from evenroll.records.keys import current_keys

    return current_keys().web_hash("cache", text=cache.make_key(key))
