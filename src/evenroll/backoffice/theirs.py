"""What a page does where a record is not this person's, or not there: both are told alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse

from evenroll.quantities.identifiers import IdentifierWrong
from evenroll.records.queries import NotForViewer


def theirs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, whose records that may not be seen or are not there are pages that are not there."""

    @wraps(view)
    def guarded(*given: Any, **named: Any) -> HttpResponse:
        try:
            return view(*given, **named)
        except (NotForViewer, IdentifierWrong):
            raise Http404 from None

    return guarded
