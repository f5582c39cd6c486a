"""What templates say and show by: texts, days, money, fields and widgets. Loaded into every template."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, Form
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from evenroll.enrollment.form import Language
from evenroll.pages import formats
from evenroll.pages.texts import render
from evenroll.pages.web_fields import errors_of, view_of
from evenroll.pages.web_widgets import Widget

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, code: str, **parameters: Any) -> str:
    """A text of the catalog: {% say "web.skip" %}, {% say state %}, {% say "web.since" day_on=case.since %}."""
    return render(code, language=_language(context), parameters=parameters)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date) -> str:
    """A day in full."""
    return formats.day(value, language=_language(context))


@register.simple_tag(takes_context=True)
def instant(context: Context, value: datetime, zone: ZoneInfo) -> str:
    """An instant in the zone of the territory."""
    return formats.instant(value, language=_language(context), zone=zone)


@register.simple_tag(takes_context=True)
def money(context: Context, value: Decimal) -> str:
    """An amount in USD."""
    return formats.money(value, language=_language(context))


@register.simple_tag(takes_context=True)
def number(context: Context, value: int) -> str:
    """A whole number."""
    return formats.number(value, language=_language(context))


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, *, is_heading: bool = False) -> SafeString:
    """A question of a form with label, hint, error and its control; is_heading: its label is the page's h1."""
    view = view_of(bound, language=_language(context))
    return _part(f"widgets/{view.template}.html", context, {"field": view, "is_heading": is_heading})


@register.simple_tag(takes_context=True)
def error_summary(context: Context, form: Form) -> SafeString:
    """All errors of a form, each linked to its question; nothing where there is none."""
    errors = errors_of(form, language=_language(context))
    return _part("widgets/error_summary.html", context, {"errors": errors}) if errors else SafeString("")


@register.simple_tag(takes_context=True)
def widget(context: Context, shown: Widget) -> SafeString:
    """A summary list, task list, timeline, table, notice or button made in the view."""
    return _part(f"widgets/{shown.template}.html", context, {"widget": shown})


def _part(name: str, context: Context, more: dict[str, Any]) -> SafeString:
    return render_to_string(name, {"language": _language(context), "csrf_token": context.get("csrf_token"), **more})


def _language(context: Context) -> Language:
    return context.get("language") or Language.EN
