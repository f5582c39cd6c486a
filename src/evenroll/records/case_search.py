"""Finding cases by what a caller says: numbers as they are, personal values by their tokens, never by likeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from psycopg.sql import SQL

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber, IdentifierWrong, parse_case_number
from evenroll.records import queries
from evenroll.records.answers_in_hand import ANSWERS
from evenroll.records.books import ACCOUNT, CUSTOMER
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.tokens import PHONE_DIGITS, VIN_TAIL_LETTERS, TokenKind, normalized, token

FOUND_MAX: Final = 50
_MAY_SEARCH: Final = frozenset(
    {Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER, Role.BILLING, Role.AUDITOR}
)
_LETTERS_MIN: Final = 2
_SUBJECTS: Final = {
    TokenKind.NAME: CUSTOMER,
    TokenKind.PHONE: CUSTOMER,
    TokenKind.EMAIL: CUSTOMER,
    TokenKind.ACCOUNT_NUMBER: ACCOUNT,
    TokenKind.VIN: ANSWERS,
    TokenKind.VIN_TAIL: ANSWERS,
}
_VIN_LETTERS: Final = 17

_BY_TOKEN: Final = SQL(
    "SELECT subject_kind, subject_id FROM search_token WHERE organization_id = %s AND kind = ANY(%s) "
    "AND token = ANY(%s) AND subject_kind = ANY(%s) LIMIT %s"
)
_OF_ACCOUNTS: Final = SQL("SELECT customer_id FROM customer_account WHERE organization_id = %s AND id = ANY(%s)")
_OF_METER: Final = SQL("SELECT DISTINCT pod FROM meter WHERE organization_id = %s AND serial = ANY(%s) LIMIT %s")
_OF_VEHICLES: Final = SQL("SELECT case_number FROM vehicle WHERE organization_id = %s AND answers = ANY(%s) LIMIT %s")
_CASES: Final = SQL(
    "SELECT number, status, program FROM (SELECT * FROM case_record WHERE organization_id = %(org)s "
    "AND customer_id = ANY(%(customers)s) UNION SELECT * FROM case_record WHERE organization_id = %(org)s "
    "AND pod = ANY(%(pods)s) UNION SELECT * FROM case_record WHERE organization_id = %(org)s "
    "AND number = ANY(%(numbers)s)) AS found ORDER BY id DESC LIMIT %(limit)s"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFound:
    """A case that was found. Nothing personal."""

    number: CaseNumber
    status: State
    program: str


def find_cases(viewer: Viewer, *, said: str) -> Sequence[CaseFound]:
    """The cases of the viewer's organization that go by this, the newest first. said: personal, kept nowhere.

    A case or meter number, a usage point, an account number, a whole name, phone number or address of e-mail, or the
    VIN, or the last six letters of it, of a vehicle whose customer was proved.
    Raises NotForViewer.
    """
    if viewer.role not in _MAY_SEARCH:
        raise NotForViewer(f"Your role {viewer.role.value} may not search cases. Ask the enrollment desk.")
    if len(said.strip()) < _LETTERS_MIN:
        return ()
    with open_organization(viewer.organization) as opened, cursor() as pen:
        subjects = pen.execute(_BY_TOKEN, (opened.id, *_tokens(said), FOUND_MAX)).fetchall()
        accounts = [number for kind, number in subjects if kind == ACCOUNT]
        owners = pen.execute(_OF_ACCOUNTS, (opened.id, accounts)).fetchall()
        answers = [number for kind, number in subjects if kind == ANSWERS]
        vehicles = pen.execute(_OF_VEHICLES, (opened.id, answers, FOUND_MAX)).fetchall()
        written = list({said.strip(), said.strip().upper()})
        pods = pen.execute(_OF_METER, (opened.id, written, FOUND_MAX)).fetchall()
        rows = pen.execute(
            _CASES,
            {
                "org": opened.id,
                "customers": [*(number for kind, number in subjects if kind == CUSTOMER), *(row[0] for row in owners)],
                "pods": [*(row[0] for row in pods), *written],
                "numbers": [_number(said), *(row[0] for row in vehicles)],
                "limit": FOUND_MAX,
            },
        ).fetchall()
    return tuple(_found(row) for row in rows)


class Same(StrEnum):
    """What two cases have in common."""

    CUSTOMER = "customer"
    POINT = "point"
    VEHICLE = "vehicle"


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRelated:
    """Another case, and what it has in common with the one that was asked about."""

    found: CaseFound
    same: tuple[Same, ...]


_RELATED: Final = SQL(
    # Step after step, each by what the one before it found: see `vehicle_facts`.
    "WITH said AS MATERIALIZED (SELECT token FROM search_token WHERE organization_id = %(org)s "
    "AND subject_kind = %(answers)s AND subject_id = %(ref)s AND kind || '' = %(vin)s), "
    "same AS MATERIALIZED (SELECT subject_id FROM search_token WHERE organization_id = %(org)s "
    "AND kind = %(vin)s AND token = ANY(ARRAY(SELECT token FROM said)) AND subject_kind || '' = %(answers)s), "
    "named AS MATERIALIZED (SELECT DISTINCT case_number AS number FROM vehicle WHERE organization_id = %(org)s "
    "AND answers = ANY(ARRAY(SELECT subject_id FROM same))) "
    "SELECT number, status, program, array_agg(DISTINCT what ORDER BY what) FROM ("
    "SELECT id, number, status, program, 'customer' AS what FROM case_record WHERE organization_id = %(org)s "
    "AND customer_id = %(customer)s UNION ALL SELECT id, number, status, program, 'point' FROM case_record "
    "WHERE organization_id = %(org)s AND pod = %(pod)s UNION ALL SELECT id, number, status, program, 'vehicle' "
    "FROM case_record WHERE organization_id = %(org)s AND number = ANY(ARRAY(SELECT number FROM named))) AS found "
    "WHERE number <> %(number)s GROUP BY id, number, status, program ORDER BY id DESC LIMIT %(limit)s"
)


def related_cases(viewer: Viewer, *, number: CaseNumber) -> Sequence[CaseRelated]:
    """Other cases of the same customer, usage point or vehicle, the newest first; for who may see the case itself."""
    case = queries.case(viewer, number=number)
    given: dict[str, Any] = {
        "customer": case.proof.customer,
        "pod": case.pod,
        "ref": case.answers,
        "answers": ANSWERS,
        "vin": TokenKind.VIN.value,
        "number": number,
        "limit": FOUND_MAX,
    }
    with open_organization(viewer.organization) as opened, cursor() as pen:
        rows = pen.execute(_RELATED, {**given, "org": opened.id}).fetchall()
    return tuple(CaseRelated(found=_found(row), same=tuple(Same(each) for each in row[3])) for row in rows)


def _found(row: tuple[Any, ...]) -> CaseFound:
    return CaseFound(number=CaseNumber(row[0]), status=State(row[1]), program=row[2] or "")


def _tokens(said: str) -> tuple[list[str], list[str], list[str]]:
    """Kinds, tokens and subjects by which something said may be found. Too few digits are no phone number."""
    kinds = [kind for kind in _SUBJECTS if _is_whole(kind, said)]
    subjects = sorted({_SUBJECTS[kind] for kind in kinds})
    return [kind.value for kind in kinds], [token(kind, said) for kind in kinds], subjects


def _is_whole(kind: TokenKind, said: str) -> bool:
    written = normalized(kind, said)
    match kind:
        case TokenKind.PHONE:
            return len(written) == PHONE_DIGITS
        case TokenKind.EMAIL:
            return "@" in written
        case TokenKind.VIN:
            return len(written) == _VIN_LETTERS
        case TokenKind.VIN_TAIL:
            # All of what was said, not the end of something longer.
            return len(normalized(TokenKind.VIN, said)) == VIN_TAIL_LETTERS
        case _:
            return bool(written)


def _number(said: str) -> str:
    try:
        return parse_case_number(said.strip())
    except IdentifierWrong:
        return ""
