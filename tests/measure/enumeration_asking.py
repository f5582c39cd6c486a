"""A prober at the served web: sends forms as a browser would, from a network of its own each, and notes the answers."""

from __future__ import annotations

import hashlib
import http.client
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_CHANCE = re.compile(r'(nonce|csrfmiddlewaretoken" value|data-stay|data-options)="[^"]*"')
_NUMBER = re.compile(r"EV-[0-9A-Z-]{10,}")
_OF_CHANCE = frozenset({"date", "content-security-policy"})


@dataclass(kw_only=True, slots=True)
class Prober:
    """One browser. cookies: what it was given; told and took: features of what was answered so far, by step."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    told: dict[str, str] = field(default_factory=dict[str, str])
    took: dict[str, float] = field(default_factory=dict[str, float])
    page: str = ""
    network: str = field(default_factory=lambda: ".".join(("11", *map(str, secrets.token_bytes(2)), "7")))

    def look(self, path: str, *, step: str = "") -> None:
        """Open a page. step: under which its features are noted; "" for a page that tells nothing."""
        self._asked("GET", path, None, step)

    def send(self, path: str, said: Mapping[str, str], *, step: str, status: int) -> None:
        """Send the form of the page in hand. status: of any answer there, known or not; another one is no try."""
        token = _TOKEN.search(self.page)
        if token is None:
            raise RuntimeError(f"The page before {path} has no form; run `evenroll serve` by itself to see why.")
        self.cookies["form"] = token[1]
        found = self._asked("POST", path, urlencode({**dict(_HIDDEN.findall(self.page)), **said}), step)
        if found != status:
            raise RuntimeError(f"{path} answered {found} and not {status}: the measurement does not reach its door.")

    def _asked(self, method: str, path: str, body: str | None, step: str) -> int:
        headers = {"X-Forwarded-For": self.network, "Accept-Language": "en"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            wire.connect()
            began = time.perf_counter()
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            content = answer.read()
            took = time.perf_counter() - began
        finally:
            wire.close()
        self.page = content.decode()
        given = answer.getheaders()
        self._keep(given)
        if step:
            self.took[f"{step}: time"] = took
            self._note(step, answer.status, given, content)
        return answer.status

    def _note(self, step: str, status: int, given: list[tuple[str, str]], content: bytes) -> None:
        plain = _NUMBER.sub("EV", _CHANCE.sub("", self.page))
        headers = [(name.lower(), value) for name, value in given if name.lower() not in _OF_CHANCE]
        cookies = sorted(_shape(value) for name, value in headers if name == "set-cookie")
        others = sorted((name, value) for name, value in headers if name != "set-cookie")
        self.told |= {
            f"{step}: status": str(status),
            f"{step}: headers": str(others),
            f"{step}: cookies": str(cookies),
            f"{step}: length": str(len(content)),
            f"{step}: bytes": hashlib.sha256(plain.encode()).hexdigest(),
        }

    def _keep(self, given: list[tuple[str, str]]) -> None:
        for name, value in given:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]


def _shape(cookie: str) -> str:
    """A cookie without what is of chance in it: the length of its value, and its attributes but the hour."""
    pair, *attributes = cookie.split(";")
    name, _, value = pair.partition("=")
    kept = [each.strip() for each in attributes if not each.strip().lower().startswith("expires=")]
    return f"{name} {len(value)} {kept}"
