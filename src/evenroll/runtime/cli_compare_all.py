"""`evenroll compare-all`: what every customer of a file would pay on each rate."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evenroll.enrollment.form import Language
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.identifiers import named_as
from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import ExitCode, wrong_use
from evenroll.runtime.cli_near import did_you_mean
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import check_place, keep_link, keep_read

if TYPE_CHECKING:
    from evenroll.intake.customer_run import Asked, Ended, Sharing

WORTH_A_PROCESS = 4_096
"""So many customers for each process; fewer are sooner done by one."""

COMPILING = (
    "What works out the bills is compiled for this machine first, once after an installation: some 20 seconds of one "
    "processor. Later runs begin at once."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareAllOptions:
    """What is said on the command line."""

    loads: Annotated[Path, typer.Argument(metavar="LOADS", help="Parquet; see docs/compare_all.md.")]
    out: Annotated[Path, typer.Option("--out", help="Where the result goes: Parquet.")]
    vehicles: Annotated[
        Path | None, typer.Option("--vehicles", help="CSV or Parquet: who has a PEV, and how it is driven.")
    ] = None
    rates: Annotated[
        list[str] | None, typer.Option("--rates", metavar="KEY,KEY", help="Of the catalog or of --urdb.")
    ] = None
    programs: Annotated[
        list[str] | None, typer.Option("--programs", metavar="KEY,KEY", help="Their rates, with what they credit.")
    ] = None
    urdb: Annotated[
        list[Path] | None, typer.Option("--urdb", metavar="FILE", help="Records of the Utility Rate Database, .json.")
    ] = None
    territory: Annotated[
        str, typer.Option("--calendar", metavar="KEY", help="With --urdb: whose clock and holidays, as in US-CA.")
    ] = ""
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="Of hours: as `evenroll load price_series` takes it."),
    ] = None
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE", help="Events called: program, start_at, end_at, cap_kw.")
    ] = None
    today: Annotated[
        str, typer.Option("--today", metavar="KEY", help="The rate of all whose row does not tell theirs.")
    ] = ""
    prices_of: Annotated[
        str, typer.Option("--prices-of", metavar="DATE", help="Prices in force that day; else the latest.")
    ] = ""
    components: Annotated[bool, typer.Option("--components", help="Tell what each bill is made up of too.")] = False
    errors: Annotated[Path | None, typer.Option("--errors", help="Where rows left out go; else beside OUT.")] = None
    processes: Annotated[int, typer.Option("--processes", min=0, help="How many; else one for each processor.")] = 0
    scheduler: Annotated[
        str, typer.Option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that compares instead.")
    ] = ""
    language: Annotated[Language, typer.Option("--language", help="Of the sentences about rows.")] = Language.EN


def compare_all(options: CompareAllOptions) -> None:
    """Compare all customers of a file; the same command again goes on where it stopped.

    Example: evenroll compare-all loads.parquet --vehicles cars.csv --rates LE-R,LE-EV-TOU --out compared.parquet
    """
    from evenroll.intake.customer_run import compare_all as run

    output = Output(json=asked.json)
    question = _question(options)
    with _bar(output, question.file.rows) as told:
        ended = run(question, share=_share(options, question, output=output), told=told)
    _report(output, question, ended)
    if ended.left_out:
        raise typer.Exit(ExitCode.SOME_ROWS_FAILED)


def _question(options: CompareAllOptions) -> Asked:
    from evenroll.intake.customer_loads import loads_file
    from evenroll.intake.customer_run import Asked
    from evenroll.intake.event_rows import read_events, zones_of_programs
    from evenroll.intake.price_rows import read_prices
    from evenroll.runtime.comparing_all import RatesAsked, plan_of, records_of

    errors = _places(options)
    file, catalog = loads_file(options.loads), load_catalog()
    rates = RatesAsked(
        rates=_keys(options.rates),
        programs=_keys(options.programs),
        priced_on=option_day(options.prices_of, option="--prices-of") if options.prices_of else None,
        records=records_of(options.urdb or (), territory=options.territory),
        territory=options.territory,
        prices=read_prices(options.prices, zone=file.shape.zone) if options.prices else {},
        events=read_events(options.events, zones=zones_of_programs(catalog)) if options.events else None,
        components=options.components,
    )
    plan = plan_of(rates, catalog=catalog, shape=file.shape)
    today = named_as(options.today.strip(), known=plan.keys)
    if today and today not in plan.keys:
        near = did_you_mean(today, plan.keys)
        raise wrong_use(f"--today {today}: it is none of the rates that are compared. {near or 'Add it to --rates.'}")
    return Asked(
        file=file,
        plan=plan,
        vehicles=options.vehicles,
        out=options.out,
        errors=errors,
        today=today,
        language=options.language,
    )


def _places(options: CompareAllOptions) -> Path:
    """Where rows left out are told. Says before the work what could take no result, or lose what is read."""
    from evenroll.intake.customer_parts import parts_folder

    errors = options.errors or options.out.with_name(f"{options.out.stem}.errors.csv")
    places = [each.resolve() for each in (options.loads, options.vehicles, options.out, errors) if each is not None]
    if len(set(places)) < len(places):
        raise wrong_use("LOADS, --vehicles, --out and --errors name one file twice. Name a file of its own for each.")
    parts = parts_folder(options.out)
    if parts.resolve() in (errors.resolve(), *errors.resolve().parents):
        raise wrong_use(
            f"--errors {errors} lies where {parts} keeps unfinished work, which is gone at the end. Name another file."
        )
    read = (options.loads, options.vehicles, options.prices, options.events, *(options.urdb or ()))
    for out, option in ((options.out, "--out"), (errors, "--errors")):
        keep_link(out, option=option)
        keep_read(out, option=option, read=read)
        check_place(out, option=option)
    return errors


def _keys(said: list[str] | None) -> tuple[str, ...]:
    """What an option names, given often or with commas between; each once."""
    return tuple(dict.fromkeys(key.strip() for each in said or () for key in each.split(",") if key.strip()))


def _share(options: CompareAllOptions, question: Asked, *, output: Output) -> Sharing:
    from evenroll.intake.customer_cluster import cluster_of
    from evenroll.intake.customer_run import alone, pool_of

    if options.scheduler:
        return cluster_of(options.scheduler)
    many = min(options.processes or os.cpu_count() or 1, 1 + question.file.rows // WORTH_A_PROCESS)

    def compiling() -> None:
        output.note(COMPILING)

    return alone(compiling) if many == 1 else pool_of(many, compiling=compiling)


@contextmanager
def _bar(output: Output, rows: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where a person can see it and no pipe is in its way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = output.err.is_terminal and not output.json
    with Progress(*columns, console=output.err, transient=True, disable=not shown) as progress:
        task = progress.add_task("customers", total=max(rows, 1))
        yield lambda more: progress.advance(task, more)


def _report(output: Output, question: Asked, ended: Ended) -> None:
    plan = question.plan
    output.data(
        {
            "customers": ended.rows,
            "left_out": ended.left_out,
            "done_before": ended.kept,
            "rates": list(plan.keys),
            "from": plan.cycles[0].start_on,
            "days": plan.days,
            "event_hours": plan.event_hours,
            "result": str(question.out),
            "errors": str(question.errors) if ended.left_out else None,
        }
    )
    output.say(
        f"Compared: {_counted(ended.rows, 'customer')} on {_counted(len(plan.keys), 'rate')} over "
        f"{_counted(plan.days, 'day')} from {plan.cycles[0].start_on}: {question.out}"
    )
    for key in (key for key, hours in plan.event_hours.items() if not hours):
        output.note(f"No event of {key} was called on these days: no hour of it costs more.")
    if ended.kept:
        output.say(f"Kept from an earlier run: {_counted(ended.kept, 'row')}.")
    if ended.left_out:
        output.note(f"Left out: {_counted(ended.left_out, 'row')}; why, and what to do, stands in {question.errors}.")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
