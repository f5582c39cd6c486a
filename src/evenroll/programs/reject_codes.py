"""What a registrar may answer to a request for a supply switch: reject codes and statuses, each with what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from evenroll.programs.yaml_table import CatalogRefused, Table, read_table

_FOLDER: Final = "trade"
_FILE: Final = "reject_codes.yaml"
_KEYS: Final = frozenset({"code", "kind", "does", "owner", "days", "cure"})


class RejectCode(StrEnum):
    """The codes of the trade: rejects, and statuses that come with an acceptance."""

    ACCOUNT_NOT_ACTIVE = "008"
    METER_ADDRESS_WRONG = "A03"
    OTHER = "A13"
    ACCOUNT_NOT_FOUND = "A76"
    DUPLICATE = "ABN"
    NOT_ELIGIBLE = "ANE"
    NOT_LICENSED = "ANL"
    INFORMATION_MISSING = "API"
    DATE_WRONG = "DIV"
    BILLING_WRONG = "FRB"
    NOT_FIRST = "NFI"
    PROVIDER_UNKNOWN = "UND"
    HISTORY_UNAVAILABLE = "HIU"
    HISTORY_NOT_RELEASED = "HUR"
    HISTORY_UNUSABLE = "HUU"
    NO_METER = "NMI"
    SPECIAL_READ_REFUSED = "W09"


class RejectKind(StrEnum):
    """Whether a code refuses, or only tells something beside an acceptance."""

    REJECT = "reject"
    STATUS = "status"


class RejectAct(StrEnum):
    """What the case does, the gravest first: of several codes the gravest decides."""

    REFUSE = "refuse"
    NEEDS_ANSWER = "needs_answer"
    STAFF = "staff"
    RETRY = "retry"
    GO_ON = "go_on"


class RejectOwner(StrEnum):
    """Who brings the cure about. operations: those who run the provider's side of the trade, never the customer."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    OPERATIONS = "operations"
    NOBODY = "nobody"


class SupplyCure(StrEnum):
    """What mends a code, or what comes of it by itself."""

    OPEN_ACCOUNT = "open_account"
    CORRECT_ADDRESS = "correct_address"
    STAFF_READS = "staff_reads"
    CORRECT_ACCOUNT = "correct_account"
    FIRST_STANDS = "first_stands"
    OTHER_PROGRAMS = "other_programs"
    OTHER_SUPPLIER = "other_supplier"
    GIVE_MISSING = "give_missing"
    HELD_UNTIL = "held_until"
    CHOOSE_BILLING = "choose_billing"
    WAIT_OR_DISPUTE = "wait_or_dispute"
    CONFIGURE = "configure"
    WITHOUT_HISTORY = "without_history"
    RELEASE_HISTORY = "release_history"
    METER_FIRST = "meter_first"
    USUAL_READ = "usual_read"


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectRule:
    """What follows a code. days: calendar days for the customer, business days for staff; 0 where nobody owes it."""

    code: RejectCode
    kind: RejectKind
    does: RejectAct
    owner: RejectOwner
    days: int
    cure: SupplyCure

    @property
    def customer_acts(self) -> bool:
        """Whether it is the customer who must do something."""
        return self.owner is RejectOwner.CUSTOMER


@cache
def reject_rules() -> Mapping[RejectCode, RejectRule]:
    """The table that ships with the package, by code. Raises CatalogRefused."""
    file = resources.files("evenroll.programs").joinpath(_FOLDER, _FILE)
    return parse_reject_rules(file.read_text(encoding="utf-8"), file=_FILE)


def gravest(codes: Iterable[RejectCode]) -> RejectRule:
    """The rule of the code that decides where several came. Raises ValueError where none came."""
    order = tuple(RejectAct)
    return min((reject_rules()[code] for code in codes), key=lambda rule: order.index(rule.does))


def parse_reject_rules(text: str, *, file: str) -> Mapping[RejectCode, RejectRule]:
    """The table of a YAML text: every code once. Raises CatalogRefused with file, line and reason."""
    table = read_table(text, file=file, known=frozenset({"source", "codes"}))
    table.text("source")
    rules: dict[RejectCode, RejectRule] = {}
    for entry in table.tables("codes", known=_KEYS):
        rule = _rule_from(entry)
        if rule.code in rules:
            raise entry.refuse(f"code {rule.code} stands twice; keep one.", key="code")
        rules[rule.code] = rule
    missing = sorted(code.value for code in RejectCode if code not in rules)
    if missing:
        raise table.refuse(f"the codes {', '.join(missing)} are missing; give each its cure.", key="codes")
    return MappingProxyType(rules)


def _rule_from(entry: Table) -> RejectRule:
    rule = RejectRule(
        code=entry.choice("code", RejectCode),
        kind=entry.choice("kind", RejectKind),
        does=entry.choice("does", RejectAct),
        owner=entry.choice("owner", RejectOwner),
        days=entry.integer("days"),
        cure=entry.choice("cure", SupplyCure),
    )
    waits = rule.does in (RejectAct.NEEDS_ANSWER, RejectAct.STAFF)
    if waits and (rule.days == 0 or rule.owner is RejectOwner.NOBODY):
        raise entry.refuse(f"code {rule.code} waits on somebody; name the owner and the days.", key="owner")
    if rule.customer_acts != (rule.does is RejectAct.NEEDS_ANSWER):
        raise entry.refuse(f"code {rule.code}: the customer is asked if and only if it needs an answer.", key="owner")
    if rule.kind is RejectKind.STATUS and rule.does is not RejectAct.GO_ON:
        raise _status_stops(entry, rule)
    return rule


def _status_stops(entry: Table, rule: RejectRule) -> CatalogRefused:
    return entry.refuse(f"code {rule.code} is a status, which stops nothing; its act is go_on.", key="does")
