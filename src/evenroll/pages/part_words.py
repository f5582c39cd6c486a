"""Names that a person meets in tables: tracks with what they are about, seasons and registers of bills, money."""

from __future__ import annotations

from collections.abc import Mapping

from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import CreditState
from evenroll.pages.table_codes import AppealOutcome, ReportWord
from evenroll.pages.texts import Parameter, has, render
from evenroll.programs.bill import BillKind


def season_words(key: str, *, language: Language) -> str:
    """The season of a line of a bill; one of a tariff of one's own keeps its name."""
    return _or_own_name(f"season.{key}", key, language)


def register_words(key: str, *, language: Language) -> str:
    """The register of a line of a bill; one of a tariff of one's own keeps its name."""
    return _or_own_name(f"register.{key}", key, language)


def track_words(key: str, *, language: Language) -> str:
    """A track by its key, with what it is about in parentheses: "Open condition (landlord)"."""
    track, _, about = key.partition("/")
    said = render(f"track.{track}", language=language)
    return f"{said} ({about})" if about else said


def appeal_words(data: Mapping[str, object], *, language: Language) -> dict[str, Parameter]:
    """How an appeal was decided, as its sentences name it. data: of the event, as the journal writes it."""
    outcome = AppealOutcome.REOPENED if data.get("reopened") else AppealOutcome.UPHELD
    return {"appeal": render(outcome, language=language)}


def money_words(what: str, code: str, *, language: Language) -> str:
    """What a sum of the report is of: a kind of bill, or a credit with the name that its program gives it."""
    if what == "bill":
        return render(BillKind(code), language=language)
    return f"{render(ReportWord.CREDIT, language=language)}: {code}"


def money_state_words(what: str, state: str, *, language: Language) -> str:
    """Whether a bill is actual or estimated; how far a credit came."""
    return render(ReportWord(state) if what == "bill" else CreditState(state), language=language)


def _or_own_name(text: str, key: str, language: Language) -> str:
    return render(text, language=language) if has(text) else key.replace("_", " ")
