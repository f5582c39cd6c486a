"""Whether a past bill is what its rate comes to here; if not, the line that differs and the reason that explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from typing import Final

from evenroll.costs.lattice.beside import NOTHING_BESIDE, Beside
from evenroll.costs.matching.codes import CannotMake, Differing, LineKind, MatchResult, Reason
from evenroll.costs.matching.differing import Difference, differences, quantity_of
from evenroll.costs.matching.making import Made, Setting, by_register, make_bill
from evenroll.costs.matching.past_bill import KnownRate, MakeRefused, PastBill
from evenroll.costs.matching.reasons import Candidate, always, candidates
from evenroll.quantities.identifiers import RateKey

_CENT: Final = Decimal("0.01")
_PAIRED_MAX: Final = 8
"""Two reasons together are looked for among so many that each bring the bill nearer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """A reason with what its sentence names."""

    reason: Reason
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """A difference with its reasons: several only where they are needed together.

    whole: whether with them nothing of the rate differs any more. also: others, each of which would do as well.
    """

    difference: Difference
    why: tuple[Why, ...]
    whole: bool = False
    also: tuple[Why, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of one bill. made: as it comes to here, None where it cannot be made. refused: why not."""

    bill: PastBill
    result: MatchResult
    made: Made | None = None
    differences: tuple[Explained, ...] = ()
    refused: MakeRefused | None = None


def match_bill(bill: PastBill, *, rates: Mapping[RateKey, KnownRate], beside: Beside = NOTHING_BESIDE) -> Verdict:
    """The verdict on one bill. rates: those that may price it. beside: prices of hours, by series."""
    try:
        known = _known(bill, rates=rates)
        setting = setting_of(bill, known=known, beside=beside)
        made = make_bill(setting)
    except MakeRefused as refused:
        return Verdict(bill=bill, result=MatchResult.CANNOT_BE_MADE, refused=refused)
    found = differences(bill, made=made)
    if not found:
        return Verdict(bill=bill, result=MatchResult.MATCHED, made=made)
    explained = _explained(bill, found=found, setting=setting, known=known, rates=rates)
    return Verdict(bill=bill, result=MatchResult.DIFFERS, made=made, differences=explained)


def setting_of(bill: PastBill, *, known: KnownRate, beside: Beside = NOTHING_BESIDE) -> Setting:
    """The setting in which the bill should have been made: by the rate, on the days that it names."""
    named = [each for each in known.versions if each.effective_on == bill.version]
    if bill.version is not None and not named:
        choices = ", ".join(str(each.effective_on) for each in known.versions)
        raise MakeRefused(CannotMake.VERSION_UNKNOWN, rate=bill.rate, version=str(bill.version), choices=choices)
    return Setting(
        history=tuple(always(each) for each in named) or known.versions,
        calendar=known.calendar,
        period=bill.period,
        counted_wh=bill.counted_wh,
        peaks_w=bill.peaks_w,
        load=bill.load,
        beside=beside,
    )


def _known(bill: PastBill, *, rates: Mapping[RateKey, KnownRate]) -> KnownRate:
    if bill.rate not in rates:
        raise MakeRefused(CannotMake.RATE_UNKNOWN, rate=bill.rate)
    return rates[bill.rate]


def _explained(
    bill: PastBill,
    *,
    found: Sequence[Difference],
    setting: Setting,
    known: KnownRate,
    rates: Mapping[RateKey, KnownRate],
) -> tuple[Explained, ...]:
    of_rate = [each for each in found if each.of_rate]
    tried = [*_tried(bill, setting=setting, known=known)] if of_rate else []
    whole = [each for each in tried if not each.left] or _pairs(bill, tried=tried, before=len(of_rate))
    if of_rate and not whole:
        whole = [*_on_other_rates(bill, setting=setting, rates=rates)]
    # A reason that heals one line and spoils another is none.
    nearer = [each for each in tried if len(each.left) < len(of_rate)]
    return tuple(_explain(each, whole=whole, nearer=nearer) for each in found)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tried:
    """Reasons that were tried together, and what of the rate differs with them."""

    why: tuple[Why, ...]
    setting: Setting
    left: tuple[Difference, ...]


def _tried(bill: PastBill, *, setting: Setting, known: KnownRate) -> Iterator[_Tried]:
    for each in candidates(setting, versions=known.versions):
        left = _left(bill, candidate=each)
        if left is not None:
            yield _Tried(why=(_why(each),), setting=each.setting, left=left)


def _left(bill: PastBill, *, candidate: Candidate) -> tuple[Difference, ...] | None:
    """What of the rate differs in the setting of a candidate; None where no bill can be made in it."""
    try:
        made = make_bill(candidate.setting)
    except MakeRefused:
        return None
    return tuple(each for each in differences(bill, made=made) if each.of_rate)


def _why(candidate: Candidate) -> Why:
    return Why(reason=candidate.reason, parameters=candidate.parameters)


def _pairs(bill: PastBill, *, tried: Sequence[_Tried], before: int) -> list[_Tried]:
    """Two reasons that leave nothing, where none does alone: the first ones among those that leave less."""
    nearer = [each for each in tried if len(each.left) < before][:_PAIRED_MAX]
    for one, other in combinations(nearer, 2):
        for then in candidates(one.setting, versions=()):
            if _why(then) == other.why[0]:
                left = _left(bill, candidate=then)
                if left == ():
                    return [_Tried(why=(*one.why, *other.why), setting=then.setting, left=())]
    return []


def _on_other_rates(bill: PastBill, *, setting: Setting, rates: Mapping[RateKey, KnownRate]) -> Iterator[_Tried]:
    """The rates on which the bill would be what it is."""
    for key, known in rates.items():
        if key == bill.rate:
            continue
        elsewhere = Candidate(
            reason=Reason.OTHER_RATE,
            setting=replace(
                setting, history=known.versions, calendar=known.calendar, counted_wh=by_register(setting.counted_wh)
            ),
            parameters={"rate": key},
        )
        if setting.load is not None and setting.load.zone != known.calendar.zone:
            continue
        left = _left(bill, candidate=elsewhere)
        if left == ():
            yield _Tried(why=(_why(elsewhere),), setting=elsewhere.setting, left=())


def _explain(difference: Difference, *, whole: Sequence[_Tried], nearer: Sequence[_Tried]) -> Explained:
    plain = _plain_reason(difference)
    if plain is not None:
        return Explained(difference=difference, why=(Why(reason=plain),))
    if whole:
        also = tuple(each.why[0] for each in whole[1:] if len(each.why) == 1)
        return Explained(difference=difference, why=whole[0].why, whole=True, also=also)
    rounded = _rounded(difference)
    if rounded is not None:
        return Explained(difference=difference, why=(Why(reason=rounded),))
    alone = [each for each in nearer if not any(_is_same(difference, left) for left in each.left)]
    if alone:
        also = tuple(each.why[0] for each in alone[1:])
        return Explained(difference=difference, why=alone[0].why, also=also)
    last = Reason.LINE_LEFT_OUT if difference.what is Differing.NOT_BILLED else Reason.NOT_EXPLAINED
    return Explained(difference=difference, why=(Why(reason=last),))


def _plain_reason(difference: Difference) -> Reason | None:
    """The reason of a difference of which no rate could tell."""
    if difference.what is Differing.SUM:
        return Reason.TOTAL_NOT_SUM
    if difference.line is not None and difference.line.kind is LineKind.TAX:
        return Reason.TAX_LINE
    if difference.line is not None and difference.line.kind is LineKind.OTHER:
        return Reason.UNKNOWN_LINE
    return None


def _is_same(one: Difference, other: Difference) -> bool:
    if one.line is None or other.line is None:
        return one.line is other.line and one.what is other.what and one.made == other.made
    return one.line == other.line


def _rounded(difference: Difference) -> Reason | None:
    """Whether an amount is ours, its part of a cent cut off or raised."""
    line, made = difference.line, difference.made
    if difference.what is not Differing.AMOUNT or line is None or made is None or abs(difference.off) > _CENT:
        return None
    exact = quantity_of(made) * made.price
    for reason, rounding in ((Reason.CUT_TO_CENTS, ROUND_FLOOR), (Reason.RAISED_TO_CENTS, ROUND_CEILING)):
        if exact.quantize(_CENT, rounding=rounding) == line.amount:
            return reason
    return None
