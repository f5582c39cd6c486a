"""Doors of strangers: how often they may be tried, what is said beyond that, and answers that take the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from evenroll.accounts.limits import Door, free_at, may_try

DOORS: Final = (Door.BEGIN, Door.RESUME, Door.PROOF, Door.UPLOAD)
"""Those of the portal; what else one can do is said by `doors.else_<door>`."""

_MINUTE: Final = timedelta(minutes=1)
_STEP_SECONDS: Final = 0.25

View = Callable[..., HttpResponse]


def limited(door: Door, *, about: Callable[..., str] = lambda *_given, **_named: "") -> Callable[[View], View]:
    """For views whose forms may be sent so often only. about: what is tried; asked with what the view is given."""

    def with_limit(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
            if request.method != "POST":
                return view(request, *given, **named)
            tried, now = about(request, *given, **named), timezone.now()
            if may_try(request, door=door, at=now, about=tried):
                return view(request, *given, **named)
            free = free_at(request, door=door, at=now, about=tried)
            return too_many(request, door=door, left=(free or now) - now)

        return asked

    return with_limit


def too_many(request: HttpRequest, *, door: Door, left: timedelta) -> HttpResponse:
    """429: until when, and what else one can do; the same whether what was tried is there or not."""
    minutes = max(-(-left // _MINUTE), 1)
    shown = {"minutes": minutes, "instead": f"doors.else_{door.value}"}
    answer = render(request, "portal/too_many.html", shown, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Answers at whole steps of time, so that how long the work took tells nothing. step: seconds."""

    step: float = _STEP_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait(self, since: float) -> None:
        """Wait for the end of the step that is under way."""
        self.sleep(self.step - (self.clock() - since) % self.step)


def even(view: View, *, pace: Pace | None = None) -> View:
    """For views whose forms try something: each answer comes at the end of a step of time."""
    own = pace or Pace()

    @wraps(view)
    def asked(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        began = own.clock()
        answer = view(request, *given, **named)
        if request.method == "POST":
            own.wait(began)
        return answer

    return asked
