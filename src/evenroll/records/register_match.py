"""Which account is meant by what a customer gave as proof: compared by token, for one customer or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from evenroll.quantities.identifiers import AccountId, OrganizationKey, PodId
from evenroll.records.organizations import current, cursor, open_organization
from evenroll.records.register import (
    ACCOUNT,
    ACCOUNT_COLUMNS,
    CUSTOMER,
    FROM_ACCOUNTS,
    LOCATION,
    AccountFound,
    account_of,
    accounts,
)
from evenroll.records.tokens import TokenKind, normalized, token

Values = Mapping[TokenKind, str]
"""What a customer gave, by kind. Personal: compared by token and kept nowhere."""

_SUBJECT_OF: Mapping[TokenKind, str] = {
    TokenKind.NAME: CUSTOMER,
    TokenKind.NAME_PREFIX: CUSTOMER,
    TokenKind.PHONE: CUSTOMER,
    TokenKind.EMAIL: CUSTOMER,
    TokenKind.ACCOUNT_NUMBER: ACCOUNT,
    TokenKind.LAST_BILL_AMOUNT: ACCOUNT,
    TokenKind.SERVICE_ADDRESS: LOCATION,
    TokenKind.POSTAL_CODE: LOCATION,
}

_Token = tuple[str, str, str, int]
"""Kind, token, kind of the subject and its number: one row of the tokens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What agreed, all on one and the same account; nothing where no account, or more than one, is meant."""

    account: AccountFound | None = None
    agreed: frozenset[TokenKind] = frozenset()


_BY_NUMBER: LiteralString = (
    # Without statistics each index looks as good as another: so the one by subjects is out of the question.
    "SELECT subject_id FROM search_token WHERE organization_id = %(org)s AND kind = %(by)s AND token = %(token)s "
    "AND subject_kind || '' = %(of)s"
)
_BY_ADDRESS: LiteralString = "".join(
    (
        "SELECT account_id FROM usage_point WHERE organization_id = %(org)s AND location_id = ANY(ARRAY(",
        _BY_NUMBER,
        "))",
    )
)

# The conditions are those of `match_many`. One step after the other: each looks for what the one before it found.
_MATCH: LiteralString = "".join(
    (
        "WITH meant AS MATERIALIZED (SELECT CASE WHEN count(DISTINCT id) = 1 THEN min(id) END AS id "
        "FROM ({by}) AS found (id)), account (id, customer, pods, locations, customer_class, status, opened_on, "
        "closed_on, good_standing, assistance, life_support) AS MATERIALIZED (SELECT ",
        ACCOUNT_COLUMNS,
        FROM_ACCOUNTS,
        "WHERE a.organization_id = %(org)s AND a.id = (SELECT id FROM meant)) "
        "SELECT ARRAY(SELECT asked.kind FROM unnest(%(kinds)s::text[], %(tokens)s::text[], %(subjects)s::text[]) "
        "AS asked (kind, token, subject) WHERE (SELECT count(*) FROM search_token t WHERE t.organization_id = %(org)s "
        "AND t.kind = asked.kind AND t.token = asked.token AND t.subject_kind = asked.subject "
        "AND t.subject_id = ANY(CASE asked.subject WHEN 'customer' THEN ARRAY[account.customer] "
        "WHEN 'account' THEN ARRAY[account.id] ELSE account.locations END)) > 0), "
        # Apart, so that the index of serial numbers in place is out of the question: it has all of the organization's.
        "ARRAY(SELECT serial FROM (SELECT serial, removed_on FROM meter WHERE organization_id = %(org)s "
        "AND pod = ANY(account.pods) OFFSET 0) AS hung WHERE removed_on IS NULL), account.* FROM account",
    )
)
_MATCH_BY_NUMBER: LiteralString = _MATCH.replace("{by}", _BY_NUMBER)
_MATCH_BY_ADDRESS: LiteralString = _MATCH.replace("{by}", _BY_ADDRESS)


def match(organization: OrganizationKey, *, values: Values) -> Match:
    """The account that the values mean, by its number, else by the service address, and which of them agree with it.

    One statement.
    """
    with open_organization(organization):
        number = _token_of(TokenKind.ACCOUNT_NUMBER, values)
        meant_by = number or _token_of(TokenKind.SERVICE_ADDRESS, values)
        if not meant_by:
            return Match()
        by = TokenKind.ACCOUNT_NUMBER if number else TokenKind.SERVICE_ADDRESS
        asked = [
            (kind.value, token(kind, value), _SUBJECT_OF[kind])
            for kind, value in values.items()
            if kind in _SUBJECT_OF and normalized(kind, value)
        ]
        kinds, tokens, subjects = (list(each) for each in zip(*asked, strict=True))
        named = {"org": current().id, "by": by.value, "token": meant_by, "of": _SUBJECT_OF[by]}
        with cursor() as pen:
            row = pen.execute(
                _MATCH_BY_NUMBER if number else _MATCH_BY_ADDRESS,
                {**named, "kinds": kinds, "tokens": tokens, "subjects": subjects},
            ).fetchone()
    if row is None:
        return Match()
    agreed, serials, *found = row
    account = account_of(tuple(found))
    in_place = {normalized(TokenKind.METER_SERIAL, serial) for serial in serials}
    by_meter = _meter_agreed(account, values, {pod: in_place for pod in account.pods})
    return Match(account=account, agreed=frozenset(TokenKind(kind) for kind in agreed) | by_meter)


def match_many(organization: OrganizationKey, *, given: Sequence[Values]) -> tuple[Match, ...]:
    """As `match`, for the values of many customers in the order given, by a few statements."""
    with open_organization(organization):
        meant = _meant(given)
        found = accounts({each for each in meant if each is not None})
        named = [found.get(each) if each is not None else None for each in meant]
        asked = [
            _asked(values, account=account) if account else {} for account, values in zip(named, given, strict=True)
        ]
        known = _known({row for each in asked for rows in each.values() for row in rows})
        serials = _serials([pod for each, values in zip(named, given, strict=True) for pod in _metered(each, values)])
    return tuple(
        Match()
        if account is None
        else Match(account=account, agreed=_agreed(rows, known) | _meter_agreed(account, values, serials))
        for account, values, rows in zip(named, given, asked, strict=True)
    )


def _meant(given: Sequence[Values]) -> list[AccountId | None]:
    """The one account that each means; None where none, or more than one, is."""
    numbers = [_token_of(TokenKind.ACCOUNT_NUMBER, values) for values in given]
    addresses = [
        "" if number else _token_of(TokenKind.SERVICE_ADDRESS, values)
        for number, values in zip(numbers, given, strict=True)
    ]
    by_number = _accounts_by_number([each for each in numbers if each])
    by_address = _accounts_by_address([each for each in addresses if each])
    found = [
        by_number.get(number, ()) if number else by_address.get(address, ())
        for number, address in zip(numbers, addresses, strict=True)
    ]
    return [AccountId(next(iter(each))) if len(each) == 1 else None for each in found]


def _token_of(kind: TokenKind, values: Values) -> str:
    value = values.get(kind, "")
    return token(kind, value) if normalized(kind, value) else ""


def _accounts_by_number(tokens: Sequence[str]) -> dict[str, set[int]]:
    if not tokens:
        return {}
    with cursor() as pen:
        rows = pen.execute(
            "SELECT token, subject_id FROM search_token WHERE organization_id = %s AND kind = %s AND token = ANY(%s) "
            "AND subject_kind = %s",
            (current().id, TokenKind.ACCOUNT_NUMBER.value, list(tokens), ACCOUNT),
        ).fetchall()
    return _grouped(rows)


def _accounts_by_address(tokens: Sequence[str]) -> dict[str, set[int]]:
    if not tokens:
        return {}
    with cursor() as pen:
        rows = pen.execute(
            "SELECT DISTINCT t.token, p.account_id FROM search_token t JOIN usage_point p "
            "ON p.organization_id = t.organization_id AND p.location_id = t.subject_id "
            "WHERE t.organization_id = %s AND t.kind = %s AND t.token = ANY(%s) AND t.subject_kind = %s "
            "AND p.account_id IS NOT NULL",
            (current().id, TokenKind.SERVICE_ADDRESS.value, list(tokens), LOCATION),
        ).fetchall()
    return _grouped(rows)


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = defaultdict(set)
    for first, second in rows:
        found[first].add(second)
    return found


def _asked(values: Values, *, account: AccountFound) -> dict[TokenKind, tuple[_Token, ...]]:
    """The rows of which one must be there for a value to agree, by kind; of an empty value there are none."""
    subjects: dict[str, tuple[int, ...]] = {
        CUSTOMER: (account.customer,),
        ACCOUNT: (account.account,),
        LOCATION: account.locations,
    }
    asked: dict[TokenKind, tuple[_Token, ...]] = {}
    for kind, value in values.items():
        if kind in _SUBJECT_OF and normalized(kind, value):
            of, said = _SUBJECT_OF[kind], token(kind, value)
            asked[kind] = tuple((kind.value, said, of, each) for each in subjects[of])
    return asked


def _known(asked: Collection[_Token]) -> frozenset[_Token]:
    """Those of the rows that are there; a value kept is never opened for it."""
    if not asked:
        return frozenset()
    with cursor() as pen:
        rows = pen.execute(
            "SELECT t.kind, t.token, t.subject_kind, t.subject_id FROM unnest(%s::text[], %s::text[], %s::text[], "
            "%s::bigint[]) AS asked (kind, token, subject_kind, subject_id) JOIN search_token t "
            "ON t.organization_id = %s AND t.kind = asked.kind AND t.token = asked.token "
            "AND t.subject_kind = asked.subject_kind AND t.subject_id = asked.subject_id",
            (*(list(each) for each in zip(*asked, strict=True)), current().id),
        ).fetchall()
    return frozenset(rows)


def _agreed(asked: Mapping[TokenKind, tuple[_Token, ...]], known: frozenset[_Token]) -> frozenset[TokenKind]:
    return frozenset(kind for kind, rows in asked.items() if any(each in known for each in rows))


def _metered(account: AccountFound | None, values: Values) -> tuple[PodId, ...]:
    """The usage points whose meters are compared."""
    asked = account is not None and normalized(TokenKind.METER_SERIAL, values.get(TokenKind.METER_SERIAL, ""))
    return account.pods if account is not None and asked else ()


def _serials(pods: Sequence[PodId]) -> dict[str, set[str]]:
    """The serial numbers in place at usage points, normalized."""
    if not pods:
        return {}
    with cursor() as pen:
        rows = pen.execute(
            "SELECT pod, serial FROM meter WHERE organization_id = %s AND pod = ANY(%s) AND removed_on IS NULL",
            (current().id, list(pods)),
        ).fetchall()
    found: dict[str, set[str]] = defaultdict(set)
    for pod, serial in rows:
        found[pod].add(normalized(TokenKind.METER_SERIAL, serial))
    return found


def _meter_agreed(account: AccountFound, values: Values, serials: Mapping[str, set[str]]) -> frozenset[TokenKind]:
    pods = _metered(account, values)
    said = normalized(TokenKind.METER_SERIAL, values[TokenKind.METER_SERIAL]) if pods else ""
    there = any(said in serials.get(pod, ()) for pod in pods)
    return frozenset({TokenKind.METER_SERIAL}) if there else frozenset()
