"""Lines and notices made of real events, and findings in sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.case_events import FormReturned, ProviderAnswered, TermsReceived
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.findings import Cure, Evidence, EvidenceCode, Finding
from evenroll.enrollment.form import Language, MissingItem
from evenroll.enrollment.life_events import BillHeard, Ended, RefusedByProvider, SwitchHeard
from evenroll.enrollment.order_events import PermitSeen, VisitFailed
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import VisitObstacle
from evenroll.enrollment.tracks import Move, State
from evenroll.pages.finding_texts import finding_sentences
from evenroll.pages.notices import event_line, notice
from evenroll.pages.texts import TextMissing, render
from evenroll.programs.bill import Bill, BillKind
from evenroll.programs.program import Track
from evenroll.programs.rules import CureCode, CureOwner, Outcome, RuleId, RuleKind
from evenroll.quantities.identifiers import RateKey

EN, ES = Language.EN, Language.ES


def test_a_bill_is_told_with_its_total() -> None:
    bill = Bill(
        kind=BillKind.CLOSING,
        rate=RateKey("R"),
        start_on=date(2027, 1, 1),
        end_on=date(2027, 2, 1),
        lines=(),
        total=Decimal("31.20"),
    )
    told = notice(BillHeard(row=Row.R5D, bill=bill), case="EV-1", language=ES)
    assert told == "Hay una factura: Factura de cierre del servicio anterior, $31.20."


def test_all_that_is_missing_is_told_at_once() -> None:
    event = FormReturned(row=Row.R3, missing=(MissingItem.NAME, MissingItem.SIGNATURE))
    told = notice(event, case="EV-1", language=EN)
    assert "name on the electric account" in told
    assert "sign and date" in told


def test_the_reason_of_an_end_is_put_in_words() -> None:
    event = Ended(row=Row.ACTION, reason=EndReason.MOVED, ended_on=date(2027, 3, 8))
    assert notice(event, case="EV-1", language=EN) == "Your enrollment ended on March 8, 2027. You moved away."


def test_a_time_to_revoke_is_told_where_there_is_one() -> None:
    signed_on = date(2027, 3, 1)
    event = TermsReceived(row=Row.R5, terms_received_on=signed_on, signed_on=signed_on, rescission_ends_on=signed_on)
    assert notice(event, case="EV-1", language=EN) == "You signed the terms on March 1, 2027."
    longer = replace(event, rescission_ends_on=date(2027, 3, 5))
    assert "Before March 5, 2027 you may revoke" in notice(longer, case="EV-1", language=EN)


def test_a_value_joins_the_words_beside_it() -> None:
    """Whose turn it is, in Spanish; and a sentence that ends in an hour has one period."""
    who = {"who": "el cliente", "until_on": date(2027, 3, 1)}
    assert "Le toca al cliente" in render("case_page.by_until", language=ES, parameters=who)
    place = {"who": "El Paso Electric", "until_on": date(2027, 3, 1)}
    assert "Le toca a El Paso Electric" in render("case_page.by_until", language=ES, parameters=place)
    hours = {"from_hour": "6 p.m.", "to_hour": "7 a.m."}
    assert render("assumption.plugged_in_daily", language=EN, parameters=hours).endswith("to 7 a.m.")


def test_the_state_of_the_last_move_is_told() -> None:
    move = Move(track=Track.SERVICE, to=State.DATED, at=datetime(2027, 3, 1, tzinfo=UTC))
    event = SwitchHeard(row=Row.R5D, switch_on=date(2027, 3, 8), moves=(move,))
    assert (
        event_line(event, language=EN) == "The utility told the switch of service: Day of the switch set, March 8, 2027"
    )


def test_answers_of_the_clearinghouse() -> None:
    answer = ProviderAnswer(kind=ProviderAnswerKind.NOT_FOUND, as_of=date(2027, 3, 8))
    assert "did not find a meter" in notice(ProviderAnswered(row=Row.R2A, answer=answer), case="EV-1", language=EN)
    refused = RefusedByProvider(row=Row.R2A, code="blocked")
    assert "EV-1" in notice(refused, case="EV-1", language=ES)


def test_order_events_have_lines_and_no_notice() -> None:
    failed = VisitFailed(row=Row.R5C, visited_on=date(2027, 3, 8), obstacle=VisitObstacle.NO_SPACE)
    assert event_line(failed, language=EN) == "The crew could not do the work: no room for the meter"
    with pytest.raises(TextMissing, match=r"notice\.permit_seen"):
        notice(PermitSeen(row=Row.R5C, seen_on=date(2027, 3, 8)), case="EV-1", language=EN)


def test_a_finding_says_why_what_and_the_cure() -> None:
    finding = Finding(
        rule=RuleId("rate"),
        kind=RuleKind.SUPPLY_STATUS_IN,
        outcome=Outcome.CURABLE,
        evidence=Evidence(
            code=EvidenceCode.NOT_AS_REQUIRED, parameters={"found": "esco", "wanted": "no_choice,utility"}
        ),
        cure=Cure(code=CureCode.CHANGE_SUPPLIER, owner=CureOwner.CUSTOMER, days=30),
    )
    why, seen, cure = finding_sentences(finding, language=ES)
    assert why == "El programa no admite a su proveedor actual; puede cambiar de proveedor."
    assert seen.startswith("Hallado: suministro de otro proveedor. El programa pide: sin elección de proveedor, ")
    assert cure == "Cambie a un proveedor que admita el programa."
    # The last day of what the case waits for stands beside it; what may be done later has days of its own.
    later = replace(finding, outcome=Outcome.DUE_LATER, kind=RuleKind.DOCUMENT_PRESENT)
    assert finding_sentences(later, language=ES)[-1] == "Tiene 30 días para hacerlo."


def test_a_finding_about_the_meter_names_need_and_reason() -> None:
    parameters = {"need": "exchange", "why": "capability_missing"}
    finding = Finding(
        rule=RuleId("meter"),
        kind=RuleKind.METER_REACHABLE,
        outcome=Outcome.FINAL,
        evidence=Evidence(code=EvidenceCode.METER_WORK_IMPOSSIBLE, parameters=parameters),
    )
    _why, seen = finding_sentences(finding, language=EN)
    assert seen == (
        "About the meter: the meter is exchanged, because it cannot measure what the program needs. "
        "That work cannot be done there."
    )


def test_a_finding_does_not_say_twice_that_the_program_asks_otherwise() -> None:
    finding = Finding(
        rule=RuleId("net-metering"),
        kind=RuleKind.NET_METERING_NONE,
        outcome=Outcome.FINAL,
        evidence=Evidence(code=EvidenceCode.NOT_AS_REQUIRED),
    )
    assert finding_sentences(finding, language=EN) == (
        "The meter has net metering, and the program is not for such meters.",
    )


def test_what_could_not_be_checked_is_said_once() -> None:
    finding = Finding(
        rule=RuleId("class"),
        kind=RuleKind.CUSTOMER_CLASS_IN,
        outcome=Outcome.NOT_CHECKED,
        evidence=Evidence(code=EvidenceCode.NOT_KNOWN),
    )
    assert finding_sentences(finding, language=EN) == ("We could not yet check the class of your account.",)


@pytest.mark.parametrize(
    ("kind", "code", "parameters", "said"),
    [
        (
            RuleKind.PROGRAM_OPEN,
            EvidenceCode.NOT_OPEN_YET,
            {"opens_on": "2027-01-01"},
            "The program does not take applications now. It opens on January 1, 2027.",
        ),
        (
            RuleKind.LOCKOUT_OVER,
            EvidenceCode.BARRED_UNTIL,
            {"until": "2027-01-01"},
            "After leaving an earlier program you cannot enroll now. You may enroll again from January 1, 2027 on.",
        ),
    ],
)
def test_why_and_what_was_seen_do_not_contradict_each_other(
    kind: RuleKind, code: EvidenceCode, parameters: dict[str, str], said: str
) -> None:
    evidence = Evidence(code=code, parameters=parameters)
    finding = Finding(rule=RuleId("r"), kind=kind, outcome=Outcome.FINAL, evidence=evidence)
    assert " ".join(finding_sentences(finding, language=EN)) == said


@pytest.mark.parametrize(("language", "word"), [(EN, "end it"), (ES, "termínela")])
def test_a_live_enrollment_is_to_be_seen_or_ended(language: Language, word: str) -> None:
    finding = Finding(
        rule=RuleId("no-double"),
        kind=RuleKind.NO_EXCLUDED_PROGRAM,
        outcome=Outcome.CURABLE,
        evidence=Evidence(code=EvidenceCode.EXCLUDED_PROGRAM_LIVE, parameters={"found": "ev-night"}),
        cure=Cure(code=CureCode.LEAVE_OTHER_PROGRAM, owner=CureOwner.CUSTOMER, days=30),
    )
    assert word in " ".join(finding_sentences(finding, language=language))
