"""What a program binds to and pays beside its price, a sentence each (row 1): events, credits, protection, places."""

from __future__ import annotations

from datetime import date
from typing import Final

from evenroll.costs.rewards import Reward
from evenroll.enrollment.form import Language
from evenroll.pages.formats import money, month_name, unit_price
from evenroll.pages.offer_codes import OfferWord as W
from evenroll.pages.texts import render
from evenroll.programs.program import ProgramVersion
from evenroll.programs.program_terms import EventTerms, Incentive, NotKnown

_MONTHS: Final = 12
_OF_WHEN: Final = frozenset(
    {
        NotKnown.EVENT_LIMITS,
        NotKnown.EVENT_MONTHS,
        NotKnown.EVENT_HOURS,
        NotKnown.EVENT_WEEKDAYS,
        NotKnown.EVENT_LENGTH,
    }
)


def event_terms(program: ProgramVersion, *, language: Language) -> tuple[str, ...]:
    """How events may be called, announced, priced and left; nothing where there are none."""
    terms = program.events
    if terms is None:
        return ()
    unknown = frozenset(program.not_known)
    # Where a part of it is not known, only the limits are said; the rest is named among what is not known.
    said = [_limits(terms, language) if unknown & _OF_WHEN else _when(terms, language)]
    if NotKnown.EVENT_NOTICE not in unknown:
        notice = {"hours": str(terms.notice_hours_min)}
        word = W.EVENT_NOTICE if terms.notice_hours_min else W.EVENT_NOTICE_NONE
        said.append(render(word, language=language, parameters=notice))
    if terms.usd_per_kwh:
        price = unit_price(terms.usd_per_kwh, language=language).partition(" ")[0]
        said.append(render(W.EVENT_PRICE, language=language, parameters={"price": price}))
    if NotKnown.OPT_OUTS in unknown:
        return tuple(said)
    opt_outs = W.OPT_OUTS_ANY if terms.opt_outs_max is None else W.OPT_OUTS
    said.append(render(opt_outs, language=language, parameters={"count": str(terms.opt_outs_max)}))
    return tuple(said)


def other_terms(program: ProgramVersion, *, language: Language) -> tuple[str, ...]:
    """Credits on the bill, protection, places, the feeder's limit, changes of rate, all meters of an account."""
    said = [_credit(each, language) for each in program.billed_incentives]
    if program.protection is not None:
        months = {"months": str(program.protection.months)}
        said.append(render(program.protection.kind, language=language, parameters=months))
    if program.cap is not None:
        places = W.PLACES_LIST if program.cap.waiting_list else W.PLACES
        said.append(render(places, language=language, parameters={"places": str(program.cap.places)}))
    if program.feeder_limit_kw is not None:
        limit = {"kw": f"{program.feeder_limit_kw.normalize():f}"}
        said.append(render(W.FEEDER_LIMIT, language=language, parameters=limit))
    if program.changes is not None:
        changes, span = {"count": str(program.changes.changes_max)}, program.changes.span
        over = {"months": str(span.months)} if span.months else {"days": str(span.days)}
        word = W.CHANGES_MONTHS if span.months else W.CHANGES
        said.append(render(word, language=language, parameters={**changes, **over}))
    if program.all_meters:
        said.append(render(W.ALL_METERS, language=language))
    if program.settled_by_others:
        said.append(render(W.SETTLED_BY_OTHERS, language=language))
    return tuple(said)


def rewards(program: ProgramVersion, *, found: tuple[Reward, ...], language: Language) -> tuple[str, ...]:
    """What the program pays beside the bill, a sentence each, with what that comes to in the first year."""
    by_code = {each.code: each for each in program.incentives}
    return tuple(_reward(each, incentive=by_code[each.code], language=language) for each in found)


def _reward(found: Reward, *, incentive: Incentive, language: Language) -> str:
    given = {
        "usd": unit_price(incentive.usd, language=language).partition(" ")[0],
        "each": render(incentive.per, language=language),
        "condition": render(incentive.condition, language=language, parameters={"count": str(incentive.count)}),
        "low": money(found.low, language=language),
        "high": money(found.high, language=language),
    }
    word = W.REWARD_EVEN if given["low"] == given["high"] else W.REWARD
    said = render(word, language=language, parameters=given)
    if incentive.dated is None:
        return said
    near = render(incentive.dated.day, language=language, parameters={"days": str(incentive.dated.days_max)})
    return f"{said} {near}"


def _credit(incentive: Incentive, language: Language) -> str:
    usd = unit_price(incentive.usd, language=language).partition(" ")[0]
    given = {"usd": usd, "months": _months(incentive.months, language)}
    return render(W.CREDIT_PER_KWH, language=language, parameters=given)


def _limits_in_words(terms: EventTerms, language: Language) -> str:
    limits = [render(each.per, language=language, parameters={"count": str(each.events_max)}) for each in terms.limits]
    return ", ".join(limits) or render(W.NO_LIMIT, language=language)


def _limits(terms: EventTerms, language: Language) -> str:
    return render(W.EVENTS_LIMITED, language=language, parameters={"limits": _limits_in_words(terms, language)})


def _when(terms: EventTerms, language: Language) -> str:
    given = {
        "months": _months(terms.months, language),
        "from_hour": str(terms.from_hour),
        "to_hour": str(terms.to_hour),
        "days": render(W.WEEKDAYS if terms.weekdays_only else W.ANY_DAY, language=language),
        "hours": str(terms.hours_max),
        "limits": _limits_in_words(terms, language),
    }
    return render(W.EVENTS_BETWEEN, language=language, parameters=given)


def _months(months: tuple[int, ...], language: Language) -> str:
    if len(set(months)) in (0, _MONTHS):
        return render(W.ALL_MONTHS, language=language)
    return ", ".join(month_name(date(2026, month, 1), language=language) for month in months)
