"""Which account a customer means: for one by one statement, and the same as for many at once."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.statements import counted_traffic
from tests.territory import Territory, new_territory

ADDRESS = "77 Twin Oak Street"


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_one_is_matched_as_many_are(territory: Territory) -> None:
    from evenroll.records.register_match import match, match_many
    from evenroll.records.tokens import TokenKind

    one, other = territory.premise(), territory.premise()
    twins = territory.premise(address=ADDRESS), territory.premise(address=ADDRESS)
    said = [
        (TokenKind.ACCOUNT_NUMBER, one.account_number.lower()),
        (TokenKind.NAME, other.name),
        (TokenKind.SERVICE_ADDRESS, one.address),
        (TokenKind.LAST_BILL_AMOUNT, f"$ {one.last_bill}"),
        (TokenKind.METER_SERIAL, one.serial.lower()),
        (TokenKind.POSTAL_CODE, ""),
    ]
    given = [dict(each) for count in range(len(said) + 1) for each in combinations(said, count)]
    given += [
        {TokenKind.SERVICE_ADDRESS: ADDRESS, TokenKind.NAME: twins[0].name},
        {TokenKind.ACCOUNT_NUMBER: twins[1].account_number, TokenKind.SERVICE_ADDRESS: ADDRESS},
        {TokenKind.ACCOUNT_NUMBER: "A-NOBODY", TokenKind.SERVICE_ADDRESS: one.address},
        {TokenKind.ACCOUNT_NUMBER: other.account_number, TokenKind.METER_SERIAL: one.serial},
    ]
    by_one = [match(territory.utility, values=each) for each in given]
    assert by_one == list(match_many(territory.utility, given=given))
    assert {None, one.account, other.account, twins[1].account} == {
        each.account.account if each.account else None for each in by_one
    }
    assert by_one[-4].account is None, "an address of two accounts means none of them"


def test_one_is_matched_by_one_statement(territory: Territory) -> None:
    from evenroll.records.register_match import match
    from evenroll.records.tokens import TokenKind

    one = territory.premise()
    for kind, value in ((TokenKind.ACCOUNT_NUMBER, one.account_number), (TokenKind.SERVICE_ADDRESS, one.address)):
        with counted_traffic() as said:
            assert match(territory.utility, values={kind: value, TokenKind.METER_SERIAL: one.serial}).agreed == {
                kind,
                TokenKind.METER_SERIAL,
            }
        assert said.statements == 2, "the organization is opened, and one statement asks"
