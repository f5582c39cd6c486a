"""What may be wrong with one customer's row in a comparison of all; the other rows are compared all the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RowsOf(StrEnum):
    """The files of a comparison."""

    LOADS = "loads"
    VEHICLES = "vehicles"


class RowFaultCode(StrEnum):
    """Why a row is left out; pages/catalog/costs.yaml says it in sentences, with the cure."""

    CUSTOMER_MISSING = "customer_missing"
    CUSTOMER_TWICE = "customer_twice"
    LOAD_MISSING = "load_missing"
    LOAD_LENGTH = "load_length"
    VALUE_MISSING = "value_missing"
    VALUE_NEGATIVE = "value_negative"
    VALUE_TOO_LARGE = "value_too_large"
    RATE_UNKNOWN = "rate_unknown"
    CUSTOMER_UNKNOWN = "customer_unknown"
    NUMBER_WRONG = "number_wrong"
    TIME_WRONG = "time_wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFault:
    """A row that is left out. row: its place in the file, from 1. what: the column, interval or value that is meant."""

    of: RowsOf
    row: int
    customer: str
    code: RowFaultCode
    what: str = ""
