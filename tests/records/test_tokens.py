"""Search tokens: writings of one value agree."""

import pytest

from evenroll.records.tokens import TokenKind, normalized


@pytest.mark.parametrize("written", ["84.1", "84.10", "$84.10", "$ 84.10", " 84.100 ", "084.1", "+84.10"])
def test_an_amount_is_one_however_it_is_written(written: str) -> None:
    assert normalized(TokenKind.LAST_BILL_AMOUNT, written) == normalized(TokenKind.LAST_BILL_AMOUNT, "84.10")


def test_amounts_that_differ_and_what_is_no_amount_stay_apart() -> None:
    written = ["84.10", "84.01", "841", "8410", "eighty", "NaN", "0", "1e999999999999999999999"]
    assert len({normalized(TokenKind.LAST_BILL_AMOUNT, each) for each in written}) == len(written)
    assert normalized(TokenKind.LAST_BILL_AMOUNT, "$1,084.10") == normalized(TokenKind.LAST_BILL_AMOUNT, "1084.1")
    assert normalized(TokenKind.LAST_BILL_AMOUNT, " $ ") == ""
