"""Statements: any days of a ledger add up with the days before and after, to the cent, and agree with the case."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment import money_events as m
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import CreditState, Ledger, ReverseReason, counted_usd, owed_back_usd
from evenroll.enrollment.money_evolve import evolve_ledger
from evenroll.enrollment.rows import Row
from evenroll.enrollment.statement import Balance, StatementMove, statement_of
from evenroll.pages.statement_page import statement_page
from evenroll.programs.program_terms import ProtectionKind
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber

WHERE = calendar("US-LAKELAND")
FIRST = date(2027, 1, 1)
CASE = CaseNumber("EV-7K3M9-QXT2H-WPCF")


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Credits on their way, one event a day, in any mixture that may be."""
    ledger, events = Ledger(), list[Event]()
    for n in range(draw(st.integers(0, 30))):
        at = WHERE.start_of_day(FIRST + timedelta(days=n)) + timedelta(hours=draw(st.integers(0, 22)))
        event = draw(st.sampled_from(possible(ledger, n, at)))
        events.append(event)
        ledger = evolve_ledger(ledger, event)
    return events


def possible(ledger: Ledger, n: int, at: object) -> list[Event]:
    usd = Decimal(n * 37 % 5000 + 1) / 100
    found: list[Event] = [m.IncentiveEarned(row=Row.R10, code="c", span=f"s{n}", usd=usd, at=at)]  # type: ignore[arg-type]
    for each in ledger.credits:
        told = {"row": Row.R10, "code": each.code, "span": each.span, "at": at}
        if each.is_owed_back:
            found.append(m.IncentiveReturned(**told, usd=each.usd, returned_on=FIRST))  # type: ignore[arg-type]
        if each.comes_back_to is not None:
            found.append(m.IncentiveRestored(**told, usd=each.usd, to=each.comes_back_to))  # type: ignore[arg-type]
        match each.state:
            case CreditState.EARNED:
                found.append(m.IncentiveApproved(**told, by="ana"))  # type: ignore[arg-type]
            case CreditState.APPROVED:
                found.append(m.IncentiveSent(**told, usd=each.usd))  # type: ignore[arg-type]
            case CreditState.SENT:
                found.append(m.IncentivePaid(**told, paid_on=FIRST))  # type: ignore[arg-type]
            case _:
                continue
        reasons = (ReverseReason.CLAWBACK, ReverseReason.RETURNED, ReverseReason.NOT_JOINED)
        found += [
            m.IncentiveReversed(**told, usd=each.usd, reason=reason, was=each.state)  # type: ignore[arg-type]
            for reason in reasons
        ]
    return found


@given(lives(), st.integers(0, 31), st.integers(0, 31))
def test_any_days_add_up_with_those_before_and_agree_with_the_ledger(
    events: list[Event], start: int, length: int
) -> None:
    since_on = FIRST + timedelta(days=start)
    found = statement_of(events, since_on=since_on, until_on=since_on + timedelta(days=length), calendar=WHERE)
    whole = statement_of(events, since_on=FIRST, until_on=FIRST + timedelta(days=60), calendar=WHERE)
    before = statement_of(events, since_on=FIRST, until_on=since_on - timedelta(days=1), calendar=WHERE)
    assert found.before == before.after
    assert found.after.credited == found.before.credited + sum((x.credited for x in found.lines), Decimal(0))
    assert found.after.sent == found.before.sent + sum((x.sent for x in found.lines), Decimal(0))
    ledger = Ledger()
    for each in events:
        ledger = evolve_ledger(ledger, each)
    assert whole.before == Balance() and whole.after.credited == counted_usd(ledger)
    open_usd = (x.usd for x in ledger.credits if x.state in (CreditState.EARNED, CreditState.APPROVED))
    assert whole.after.to_come == sum(open_usd, Decimal(0)) - owed_back_usd(ledger)


def a_year() -> list[Event]:
    at = WHERE.start_of_day(FIRST) + timedelta(hours=9)
    day = timedelta(days=1)
    named = {"row": Row.R10, "code": "summer-bonus", "span": "enrollment"}
    span = m.ProtectedSpan(
        start_on=date(2026, 12, 3),
        end_on=date(2027, 1, 4),
        paid=Decimal("88.10"),
        shadow=Decimal("101.35"),
        source=m.PaidSource.READS,
    )
    return [
        m.IncentiveEarned(**named, usd=Decimal("25.00"), at=at),  # type: ignore[arg-type]
        m.IncentiveApproved(**named, by="ana", at=at + day),  # type: ignore[arg-type]
        m.IncentiveSent(**named, usd=Decimal("25.00"), at=at + 2 * day),  # type: ignore[arg-type]
        m.IncentiveReversed(
            **named,  # type: ignore[arg-type]
            usd=Decimal("25.00"),
            reason=ReverseReason.CLAWBACK,
            was=CreditState.SENT,
            at=at + 40 * day,
        ),
        m.ProtectionSettled(
            row=Row.R10,
            kind=ProtectionKind.PRICE_GUARANTEE,
            paid=span.paid,
            shadow=span.shadow,
            credit=Decimal("0.00"),
            spans=(span,),
        ),
        m.ChargingMeasured(row=Row.R10, month="2027-01", charged_wh=212_400),
    ]


def test_a_month_names_its_movements_and_what_the_program_saved() -> None:
    january = statement_of(a_year(), since_on=FIRST, until_on=date(2027, 1, 31), calendar=WHERE)
    assert [each.move for each in january.lines] == [StatementMove.EARNED, StatementMove.SENT]
    assert january.after == Balance(credited=Decimal("25.00"), sent=Decimal("25.00"))
    assert january.saved == Decimal("13.25") and january.charged_wh == 212_400
    page = statement_page(january, case=CASE, language=Language.EN)
    assert page.startswith("Your statement from January 1, 2027 to January 31, 2027, case EV-7K3M9-QXT2H-WPCF\n")
    assert "Nothing is outstanding." in page and "$13.25" in page and "212.4" in page


def test_what_is_owed_back_and_what_is_not_known_are_said_in_both_languages() -> None:
    february = statement_of(a_year(), since_on=date(2027, 2, 1), until_on=date(2027, 2, 28), calendar=WHERE)
    assert february.before.to_come == 0 and february.after.to_come == Decimal("-25.00")
    english = statement_page(february, case=CASE, language=Language.EN)
    spanish = statement_page(february, case=CASE, language=Language.ES)
    assert "To be returned by you: $25.00" in english and "is not known" in english
    assert "Por devolver por usted: $25.00" in spanish and "No se sabe" in spanish
    sums = [line for line in english.splitlines() if line.lstrip().startswith(("before", "in all"))]
    assert [line.split()[-2:] for line in sums] == [["$25.00", "$25.00"], ["$0.00", "$25.00"]]
    assert len({len(line) for line in sums}) == 1, "columns are set to the right"
