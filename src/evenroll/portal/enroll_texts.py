"""The tasks and questions of an application by name, and every text of the catalog that is found by such a name."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from evenroll.enrollment.form import Dwelling, Holder, Statement
from evenroll.enrollment.tracks import State
from evenroll.intake.application import FaultCode as F
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ConsentKind
from evenroll.programs.rules import Drivetrain
from evenroll.worker.words_kept import WordKind


class TaskName(StrEnum):
    """The parts of an application."""

    ACCOUNT = "account"
    PREMISE = "premise"
    METER = "meter"
    VEHICLE = "vehicle"
    PROGRAM = "program"
    CONSENTS = "consents"


class QuestionName(StrEnum):
    """Its pages, in order."""

    HOLDER = "holder"
    ACCOUNT = "account"
    PERSON = "person"
    ADDRESS = "address"
    HOME = "home"
    PROOF = "proof"
    VEHICLE = "vehicle"
    VIN = "vin"
    STATEMENTS = "statements"
    PAPERS = "papers"
    TERMS = "terms"
    CONSENTS = "consents"


STEPS = (State.FINDING_PROVIDER, State.PROVING, State.DECIDING)
"""What a case goes through until its decision, as it is told whoever sends one."""

FAULTS = (
    F.TOO_LONG,
    F.CONTROL_CHARACTER,
    F.NOT_A_CHOICE,
    F.NOT_A_MODEL,
    F.NOT_AN_AMOUNT,
    F.NOT_A_DATE,
    F.RECEIVED_IN_FUTURE,
    F.NOT_A_SELECTION,
    F.NOT_A_STATEMENT,
    F.NOT_YES_OR_NO,
    F.POSTAL_CODE_WRONG,
    F.EMAIL_WRONG,
    F.PHONE_WRONG,
    F.VIN_LENGTH,
    F.VIN_CHARACTER,
    F.VIN_CHECK,
)
"""What may be wrong with an answer that is typed on a page."""

_ANSWERS = (
    "holder",
    "account_number",
    "name",
    "email",
    "phone",
    "mailing_address",
    "service_address",
    "postal_code",
    "dwelling",
    "home",
    "meter_serial",
    "last_bill_amount",
    "drivetrain",
    "model",
    "vin",
    "program",
    "terms",
    "consents_hand_over",
    "equipment_bought_on",
    "documents",
)


def keys_made() -> Iterator[str]:
    """Every key that is put together from a name; a test finds each in the catalog."""
    ways: dict[str, tuple[StrEnum, ...]] = {
        "task_{}": tuple(TaskName),
        "task_{}_hint": tuple(TaskName),
        "q_{}": tuple(QuestionName),
        "q_{}_lead": tuple(QuestionName),
        "no_{}": (QuestionName.ACCOUNT, QuestionName.VIN, QuestionName.PAPERS),
        "holder_{}": tuple(each for each in Holder if each is not Holder.UNSAID),
        "dwelling_{}": tuple(each for each in Dwelling if each is not Dwelling.UNSAID),
        "drivetrain_{}": tuple(Drivetrain),
        "statement_{}": tuple(Statement),
        "step_{}": STEPS,
        "step_{}_text": STEPS,
        "fault_{}": FAULTS,
        "answer_consent_{}": tuple(ConsentKind),
        "answer_{}": tuple(Statement),
    }
    yield from (f"enroll.{way.format(each.value)}" for way, names in ways.items() for each in names)
    yield from (f"enroll.answer_{each}" for each in _ANSWERS)
    yield from (f"enroll.sent_{each.value}_said" for each in WordKind)
    yield from (f"enroll.told_{each}" for each in ("finder", "account"))
    for selection in (each for program in load_catalog().programs for each in program.selections):
        yield from (f"enroll.select_{selection.key}", f"enroll.answer_select_{selection.key}")
        yield from (f"enroll.option_{option}" for option in selection.options)
