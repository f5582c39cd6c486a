"""What a program is shown with before anybody applies (row 1): terms, what must be told, why figures are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from evenroll.costs.charging import NeedDoesNotFit
from evenroll.costs.compare import Assumption, Comparison, CoverageDiffers, LoadTooShort, SeriesTooShort
from evenroll.costs.program_costs import Costs, PriceNotInCatalog, RewardsOnly
from evenroll.enrollment.form import Language
from evenroll.pages.formats import energy
from evenroll.pages.offer_codes import OfferWord
from evenroll.pages.offer_terms import event_terms, other_terms, rewards
from evenroll.pages.texts import Parameter, render
from evenroll.programs.program import ProgramVersion, lockout_of, stay_of
from evenroll.programs.program_terms import NotKnown, Span

_CLOCK_HOURS: Final = frozenset({"from_hour", "to_hour"})
_NOON: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsSaid:
    """What a program asks for and binds to, a sentence each, by what it is about."""

    meter: tuple[str, ...]
    equipment: tuple[str, ...]
    leaving: tuple[str, ...]
    documents: tuple[str, ...]
    events: tuple[str, ...]
    others: tuple[str, ...]


def terms(program: ProgramVersion, *, language: Language) -> tuple[str, ...]:
    """What a program asks for and binds to, a sentence each: meter, equipment, device, stay, return, revoking."""
    said = terms_said(program, language=language)
    return (*said.meter, *said.equipment, *said.leaving, *said.documents, *said.events, *said.others)


def terms_said(program: ProgramVersion, *, language: Language) -> TermsSaid:
    """The same by what it is about; what the source does not state is not told as none."""
    equipment = OfferWord.EQUIPMENT_NEEDED if program.equipment_needed else OfferWord.EQUIPMENT_ANY
    device = OfferWord.DEVICE_NEEDED if program.device_needed else OfferWord.DEVICE_NONE
    is_known = NotKnown.DOCUMENTS not in program.not_known
    return TermsSaid(
        meter=(_meter(program, language),),
        equipment=(render(equipment, language=language), render(device, language=language)),
        leaving=_leaving(program, language),
        documents=(_documents(program, language),) if is_known else (),
        events=event_terms(program, language=language),
        others=(*other_terms(program, language=language), *_unknown_terms(program, language)),
    )


def _leaving(program: ProgramVersion, language: Language) -> tuple[str, ...]:
    said = {
        NotKnown.MINIMUM_STAY_DAYS: _span(
            stay_of(program, supply=None),
            (OfferWord.STAY_NONE, OfferWord.STAY_DAYS, OfferWord.STAY_MONTHS),
            language,
        ),
        NotKnown.LOCKOUT_DAYS: _span(
            lockout_of(program), (OfferWord.LOCKOUT_NONE, OfferWord.LOCKOUT_DAYS, OfferWord.LOCKOUT_MONTHS), language
        ),
        NotKnown.RESCISSION_BUSINESS_DAYS: _days(
            OfferWord.RESCISSION_DAYS, OfferWord.RESCISSION_NONE, program.rescission_business_days, language
        ),
    }
    return tuple(sentence for term, sentence in said.items() if term not in program.not_known)


def _unknown_terms(program: ProgramVersion, language: Language) -> tuple[str, ...]:
    if not program.not_known:
        return ()
    named = ", ".join(render(each, language=language) for each in program.not_known)
    return (render(OfferWord.TERMS_NOT_KNOWN, language=language, parameters={"terms": named}),)


def disclosures(program: ProgramVersion, *, language: Language) -> tuple[str, ...]:
    """What must be told of a program, as what could go wrong is."""
    return tuple(render(each, language=language) for each in program.disclosures)


def terms_by_subject(program: ProgramVersion, *, language: Language) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What applicants read of a program: the key of each heading, and its sentences; of some there are none."""
    said, change = terms_said(program, language=language), render(program.service_change, language=language)
    return (
        ("find.terms_changes", (f"{change[:1].upper()}{change[1:]}.", *said.meter, *said.others)),
        ("find.terms_equipment", said.equipment),
        ("find.terms_events", said.events or (render("find.no_events", language=language),)),
        ("find.terms_leaving", said.leaving),
        ("find.terms_documents", said.documents),
        ("find.terms_told", disclosures(program, language=language)),
    )


def assumptions(costs: Comparison, *, language: Language) -> tuple[str, ...]:
    """What the figures take for granted, a sentence each."""
    return tuple(assumption(each, language=language) for each in costs.assumptions)


def assumption(found: Assumption, *, language: Language) -> str:
    """One thing that figures take for granted, as a sentence."""
    said = dict[str, Parameter](found.parameters)
    hours = {name: hour_name(int(str(said[name])), language=language) for name in _CLOCK_HOURS & said.keys()}
    return render(found.code, language=language, parameters=said | hours)


def hour_name(hour: int, *, language: Language) -> str:
    """A clock hour, 0 to 24, as people say it."""
    if hour % _NOON == 0:
        return render("find.noon" if hour == _NOON else "find.midnight", language=language)
    return f"{hour % _NOON} {'a.m.' if hour < _NOON else 'p.m.'}"


def why_no_figures(costs: Costs, *, language: Language) -> str:
    """Why there are no figures; "" where there are."""
    match costs:
        case Comparison():
            return ""
        case CoverageDiffers():
            words = {
                "today": render(costs.today, language=language),
                "program": render(costs.program, language=language),
            }
            return render(OfferWord.COVERAGE_DIFFERS, language=language, parameters=words)
        case NeedDoesNotFit():
            given = {
                "daily": energy(costs.daily_wh, language=language),
                "session": energy(costs.session_wh, language=language),
            }
            return render(OfferWord.NEED_DOES_NOT_FIT, language=language, parameters=given)
        case LoadTooShort():
            return render(OfferWord.LOAD_TOO_SHORT, language=language, parameters={"year": str(costs.year)})
        case PriceNotInCatalog():
            return _not_priced(costs, language)
        case SeriesTooShort() | RewardsOnly():
            word = OfferWord.REWARDS_ONLY if isinstance(costs, RewardsOnly) else OfferWord.SERIES_TOO_SHORT
            return render(word, language=language)
        case _:
            assert_never(costs)


def paid(costs: Costs, *, program: ProgramVersion, language: Language) -> tuple[str, ...]:
    """What the program pays beside the bill, a sentence each; nothing where nothing is known or paid."""
    if isinstance(costs, Comparison | PriceNotInCatalog | RewardsOnly):
        return rewards(program, found=costs.rewards, language=language)
    return ()


def _not_priced(costs: PriceNotInCatalog, language: Language) -> str:
    if not costs.missing:
        return render(OfferWord.NO_PRICE, language=language)
    named = ", ".join(render(each, language=language) for each in costs.missing)
    return render(OfferWord.PRICE_MISSING, language=language, parameters={"parts": named})


def _meter(program: ProgramVersion, language: Language) -> str:
    if program.own_metered:
        return render(program.metering, language=language)
    if program.meter_capability is None:
        return render(OfferWord.METER_ANY, language=language)
    words = {"capability": render(program.meter_capability, language=language)}
    return render(OfferWord.METER_NEEDED, language=language, parameters=words)


def _span(span: Span, words: tuple[OfferWord, OfferWord, OfferWord], language: Language) -> str:
    """The sentence of a term: none, so many days, so many months."""
    none, days, months = words
    if span.months:
        return render(months, language=language, parameters={"months": span.months})
    return _days(days, none, span.days, language)


def _days(some: OfferWord, none: OfferWord, days: int, language: Language) -> str:
    return render(some, language=language, parameters={"days": days}) if days else render(none, language=language)


def _documents(program: ProgramVersion, language: Language) -> str:
    if not program.documents:
        return render(OfferWord.DOCUMENTS_NONE, language=language)
    named = ", ".join(render(each, language=language) for each in program.documents)
    return render(OfferWord.DOCUMENTS_NEEDED, language=language, parameters={"documents": named})
