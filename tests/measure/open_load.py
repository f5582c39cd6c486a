"""An open load over HTTP on this machine: requests come at their times whether those before are answered or not."""

from __future__ import annotations

import http.client
import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

_CONNECTIONS = 48
_PATIENCE_SECONDS = 60
"""After which an answer counts as none: its status is 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One page that is asked for. page: its name in the figures; said: a form that is sent; expected: the status."""

    page: str
    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] | None = None
    expected: int = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What became of a request. took: seconds from when it was due to the last byte; late: until it was sent."""

    page: str
    took: float
    late: float
    status: int
    is_right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What a load came to."""

    answers: Sequence[Answered]
    seconds: float

    @property
    def wrong(self) -> Sequence[Answered]:
        return [each for each in self.answers if not each.is_right]

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    def pages(self) -> Mapping[str, Sequence[Answered]]:
        found: dict[str, list[Answered]] = {}
        for each in self.answers:
            found.setdefault(each.page, []).append(each)
        return found


def quantile_ms(answers: Sequence[Answered], share: float) -> float:
    """Milliseconds within which that share of the answers came, by the nearest rank."""
    took = sorted(each.took for each in answers)
    return took[max(math.ceil(share * len(took)) - 1, 0)] * 1000


def load(port: int, requests: Sequence[Request], *, per_second: float, seconds: float) -> Loaded:
    """Ask for these by turns at an even pace. A request whose connection is not free yet waits, and that counts."""
    count = int(per_second * seconds)
    local, began = threading.local(), time.perf_counter() + 0.2

    def ask(number: int) -> Answered:
        return _ask(local, port, requests[number % len(requests)], due=began + number / per_second)

    with ThreadPoolExecutor(max_workers=_CONNECTIONS) as pool:
        asked = []
        for number in _paced(count, began=began, per_second=per_second):
            asked.append(pool.submit(ask, number))
        answers = [each.result() for each in asked]
    return Loaded(answers=answers, seconds=time.perf_counter() - began)


def _paced(count: int, *, began: float, per_second: float) -> Iterator[int]:
    for number in range(count):
        time.sleep(max(began + number / per_second - time.perf_counter(), 0))
        yield number


def _ask(local: threading.local, port: int, request: Request, *, due: float) -> Answered:
    late = time.perf_counter() - due
    status, location = 0, ""
    for _ in range(2):
        # A connection that the server has closed meanwhile is opened anew, once.
        line = _line(local, port)
        try:
            status, location = _answer(line, request)
            break
        except TimeoutError:
            line.close()
            local.line = None
            break
        except (http.client.HTTPException, OSError):
            line.close()
            local.line = None
    took = time.perf_counter() - due
    # Who is not let in is led elsewhere, too: such an answer is quick and wrong.
    is_right = status == request.expected and not location.startswith("/sign-in")
    return Answered(page=request.page, took=took, late=late, status=status, is_right=is_right)


def _line(local: threading.local, port: int) -> http.client.HTTPConnection:
    line = getattr(local, "line", None)
    if line is None:
        line = local.line = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    return line


def _answer(line: http.client.HTTPConnection, request: Request) -> tuple[int, str]:
    headers = {"Accept-Encoding": "gzip", "Cookie": "; ".join(f"{k}={v}" for k, v in request.cookies.items())}
    body = None
    if request.said is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(request.said)
    line.request("GET" if body is None else "POST", request.path, body=body, headers=headers)
    answer = line.getresponse()
    answer.read()
    return answer.status, answer.getheader("Location") or ""
