"""The door for files: rows stream in, batches commit, the driver runs, and every row has its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from multiprocessing import get_context
from typing import Final, TypeAlias

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.intake.application import Application, BadRow
from evenroll.intake.fault_texts import fault_text
from evenroll.intake.file_shape import FileShape
from evenroll.intake.finding_words import in_words
from evenroll.intake.held import held_text, held_until
from evenroll.intake.named_once import Read, applications_of
from evenroll.intake.outcomes import Outcome, read_outcomes
from evenroll.intake.processes import shared_out
from evenroll.intake.result_file import ResultRow
from evenroll.intake.row_reader import RowRules
from evenroll.intake.rows_taken import Door, Lane, take_rows
from evenroll.intake.taking_in import TakenIn
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey

BATCH_MAX: Final = 500

Driver: TypeAlias = Callable[[], None]
"""Runs what the rules themselves ask for until nothing is due; given by the one who wires, as a door knows no other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkRun:
    """One run over a file. now: the business clock. organizations: whose books hold cases here.

    language: of the sentences in the result. ignore: unknown columns that may be there.
    """

    shape: FileShape
    rules: RowRules
    now: datetime
    organizations: tuple[OrganizationKey, ...]
    language: Language = Language.EN
    ignore: frozenset[str] = frozenset()
    batch: int = BATCH_MAX


@dataclass(frozen=True, kw_only=True, slots=True)
class _Done:
    application: Application
    taken: TakenIn


def run_file(run: BulkRun, *, driver: Driver, lane: Lane | None = None, processes: int = 1) -> Iterator[ResultRow]:
    """The result of every row, in order; rows of an earlier run of the same file are not taken in again.

    Each batch is committed, then driven, then told; what was told is done. lane: takes applications together; absent,
    each is taken by itself. processes: so many of this machine share the batches; they begin at once, and drive one
    after the other, so that none tells of a case that another one has in hand. Raises FileRefused, ProcessLost.
    """
    batches = _batches(applications_of(run.shape, rules=run.rules, ignore=run.ignore), size=run.batch)
    if processes < 2:
        return chain.from_iterable(_finish(run, batch, driver, lane) for batch in batches)
    turn = get_context("fork").Lock()

    def driving_in_turn() -> None:
        with turn:
            driver()

    told = shared_out(batches, work=lambda batch: _finish(run, batch, driving_in_turn, lane), processes=processes)
    return chain.from_iterable(told)


def _finish(run: BulkRun, batch: Sequence[Read], driver: Driver, lane: Lane | None) -> list[ResultRow]:
    applications = [each for each in batch if isinstance(each, Application)]
    done = _take_batch(run, applications, lane)
    if done:
        driver()
    numbers = [each.taken.number for each in done.values()]
    outcomes = read_outcomes(numbers, organizations=run.organizations)
    held = held_until(numbers, organizations=run.organizations, now=run.now)
    results: list[ResultRow] = []
    for each in batch:
        result = _result(each, done, outcomes, run.language)
        until = held.get(CaseNumber(result.case))
        results.append(result if until is None else _held(result, until, run.language))
    return results


def _batches(rows: Iterable[Read], *, size: int) -> Iterator[Sequence[Read]]:
    batch: list[Read] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _take_batch(run: BulkRun, applications: Sequence[Application], lane: Lane | None) -> dict[int, _Done]:
    done: dict[int, _Done] = {}
    for key in dict.fromkeys(each.organization for each in applications):
        own = [each for each in applications if each.organization == key]
        taken = take_rows(Door(source=run.shape.content_hash, now=run.now, organization=key, lane=lane), own)
        done |= {each.row: _Done(application=each, taken=taken[each.row]) for each in own if each.row in taken}
    return done


def _result(row: Read, done: dict[int, _Done], outcomes: dict[CaseNumber, Outcome], language: Language) -> ResultRow:
    if isinstance(row, BadRow):
        problems = tuple(
            {"column": each.column, "code": each.code.value, "sentence": fault_text(each, language=language)}
            for each in row.faults
        )
        return ResultRow(row=row.row, application=row.reference, result="bad_row", problems=problems)
    if row.row not in done:
        return _failed(row)
    taken = done[row.row].taken
    outcome = outcomes.get(taken.number)
    told = ResultRow(
        row=row.row,
        application=row.reference,
        organization=outcome.organization if outcome else row.organization,
        case=taken.number if outcome else "",
        result="accepted" if taken.refusal is None else "refused",
        status=outcome.status if outcome else "",
        decision=outcome.decision if outcome else "",
        waits_on=outcome.waits_on if outcome else "",
        due_at=outcome.due_at.isoformat() if outcome and outcome.due_at else "",
        findings=tuple(in_words(each, language=language) for each in outcome.findings) if outcome else (),
        problems=_problems(taken, outcome, language),
    )
    return told


def _held(result: ResultRow, until: datetime, language: Language) -> ResultRow:
    problem = {"column": "", "code": "held", "sentence": f"{result.case}: {held_text(until, language=language)}"}
    return replace(result, problems=(*result.problems, problem))


def _failed(row: Application) -> ResultRow:
    problem = {
        "column": "",
        "code": "database_refused",
        "sentence": f"Row {row.row}: the database did not take this row; the others went on. Run the file again.",
    }
    return ResultRow(
        row=row.row,
        application=row.reference,
        organization=row.organization,
        result="failed",
        problems=(problem,),
    )


def _problems(taken: TakenIn, outcome: Outcome | None, language: Language) -> tuple[dict[str, str], ...]:
    found = [
        {
            "column": "",
            "code": f"missing.{each}",
            "sentence": f"{taken.number}: {render(f'missing.{each}', language=language)}",
        }
        for each in (outcome.missing if outcome else ())
    ]
    if outcome is not None and outcome.status == State.NEEDS_ANSWER.value and outcome.answer:
        code = f"provider_answer.{outcome.answer}"
        found.append({"column": "", "code": code, "sentence": f"{taken.number}: {render(code, language=language)}"})
    if taken.refusal is not None:
        said = render(taken.refusal.code, language=language, parameters=dict(taken.refusal.parameters))
        found.append({"column": "", "code": taken.refusal.code.value, "sentence": said})
    return tuple(found)
