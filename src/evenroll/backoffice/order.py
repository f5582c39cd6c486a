"""The page of a service order: what to do at the meter, for a desk and for a crew's phone."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.claiming import shown_claim
from evenroll.backoffice.doable import done_notice
from evenroll.backoffice.order_shown import shown_order
from evenroll.backoffice.shown_parts import Looking
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.backoffice.who import OF_ORDERS
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.quantities.identifiers import parse_order_number
from evenroll.records.personal_looks import ADDRESS_LOOKERS
from evenroll.records.streams import order_stream


@require_safe
@theirs
def order(request: PageRequest, number: str) -> HttpResponse:
    """A service order of this utility."""
    looking = Looking(viewer=viewer_of(request), now=business_now(), language=request.language)
    shown = shown_order(looking, number=parse_order_number(number))
    claim = shown_claim(request, order_stream(shown.number))
    can_look = person_of(request).role in ADDRESS_LOOKERS
    context = {"shown": shown, "claim": claim, "can_look": can_look, "done": done_notice(request, shown.state)}
    context["is_worked_on"] = OF_ORDERS.admits(request.person)
    return desk_page(request, "backoffice/order.html", context)
