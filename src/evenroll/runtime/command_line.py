"""The command line: every command by name, and how each one ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from evenroll.records.log_lines import request_scope
from evenroll.runtime import (
    cli_act,
    cli_backup,
    cli_case,
    cli_clock,
    cli_compare,
    cli_compare_all,
    cli_database,
    cli_decide,
    cli_demo,
    cli_ending,
    cli_enroll,
    cli_erase,
    cli_event,
    cli_export,
    cli_inform,
    cli_journal,
    cli_letter_code,
    cli_lines,
    cli_load,
    cli_look,
    cli_match_bills,
    cli_member,
    cli_metrics,
    cli_notices,
    cli_parked,
    cli_process,
    cli_programs,
    cli_publish,
    cli_queue,
    cli_report,
    cli_seal,
    cli_serve,
    cli_statement,
    cli_status,
    cli_supply,
    cli_upgrade,
    cli_vehicles,
    cli_worker,
)
from evenroll.runtime.cli_endings import ending_of
from evenroll.runtime.cli_exit import ExitCode, wrong_use
from evenroll.runtime.cli_full_output import is_output_full, say_output_full
from evenroll.runtime.cli_options import with_json, with_options
from evenroll.runtime.cli_session import DATABASE, DATABASE_VARIABLE, DEMO_DATABASE, asked
from evenroll.runtime.command_logged import CommandLogged, command_logged
from evenroll.runtime.debug_trace import trace_of
from evenroll.runtime.log_setting import set_up_log

app = typer.Typer(
    name="evenroll",
    help="Enrolls plug-in electric vehicles in utility programs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
journal_app = typer.Typer(help="The journal, which is the truth.", no_args_is_help=True)
db_app = typer.Typer(help="The embedded database.", no_args_is_help=True)
programs_app = typer.Typer()
supply_app = typer.Typer(help="What the registry's operator tells of supply.", no_args_is_help=True)
hold_app = typer.Typer(help="Legal holds, while which nothing personal is erased.", no_args_is_help=True)
member_app = typer.Typer(help="Who may act in which role for which organization.", no_args_is_help=True)
look_app = typer.Typer(help="The look of an operator's web.", no_args_is_help=True)
parked_app = typer.Typer(help="Messages that could not be taken or delivered.", no_args_is_help=True)


notices_app = typer.Typer(help="What customers are told by mail.", no_args_is_help=True)


@app.callback()
def before(
    context: typer.Context,
    database: Annotated[
        str, typer.Option("--database", envvar=DATABASE_VARIABLE, help="Database of the embedded server.")
    ] = DATABASE,
    demo: Annotated[bool, typer.Option("--demo", help="Look into the database of `evenroll demo`.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options that stand before the name of a command."""
    if demo and database not in (DATABASE, DEMO_DATABASE, os.environ.get(DATABASE_VARIABLE)):
        raise wrong_use("--demo and --database each name a database. Give one of them.")
    asked.database = DEMO_DATABASE if demo else database
    asked.debug = debug
    asked.command = context.invoked_subcommand or ""
    set_up_log(os.environ, for_worker=asked.command == "worker")


app.command("demo")(with_json(cli_demo.demo))
app.command("inform")(with_json(with_options(cli_inform.inform, of=cli_inform.CostOptions)))
app.command("compare")(with_json(with_options(cli_compare.compare, of=cli_compare.CompareOptions)))
app.command("end-program")(with_json(cli_ending.end_program))
app.command("enroll")(with_json(cli_enroll.enroll))
app.command("export")(with_json(cli_export.export))
app.command("compare-all")(with_json(with_options(cli_compare_all.compare_all, of=cli_compare_all.CompareAllOptions)))
app.command("load")(with_json(with_options(cli_load.load, of=cli_load.LoadOptions)))
app.command("match-bills")(with_json(with_options(cli_match_bills.match_bills, of=cli_match_bills.MatchOptions)))
app.command("case")(with_json(cli_case.case))
app.command("queue")(with_json(cli_queue.queue))
app.command("line")(with_json(cli_lines.line))
app.command("cap")(with_json(cli_lines.cap))
app.command("act")(with_json(cli_act.act))
app.command("event")(with_json(cli_event.event))
app.command("decide")(with_json(cli_decide.decide))
app.command("process")(with_json(cli_process.process))
app.command("statement")(with_json(cli_statement.statement))
app.command("report")(with_json(cli_report.report))
app.command("letter-code")(with_json(cli_letter_code.letter_code))
app.command("worker")(with_json(cli_worker.worker))
app.command("serve")(with_json(cli_serve.serve))
app.command("clock")(with_json(cli_clock.clock))
app.command("backup")(with_json(cli_backup.backup))
app.command("restore")(with_json(with_options(cli_backup.restore, of=cli_backup.RestoreOptions)))
app.command("erase")(with_json(cli_erase.erase))
app.command("retention")(with_json(cli_erase.retention))
hold_app.command("set")(with_json(with_options(cli_erase.set_hold, of=cli_erase.HoldOptions)))
hold_app.command("lift")(with_json(with_options(cli_erase.lift_hold, of=cli_erase.HoldOptions)))
app.command("status")(with_json(cli_status.status))
app.command("metrics")(with_json(cli_metrics.metrics))
journal_app.command("replay")(with_json(cli_journal.replay))
journal_app.command("rebuild")(with_json(cli_journal.rebuild))
journal_app.command("checkpoint")(with_json(cli_seal.checkpoint))
journal_app.command("verify")(with_json(cli_seal.verify))
journal_app.command("prove")(with_json(cli_seal.prove))
journal_app.command("grown")(with_json(cli_seal.grown))
journal_app.command("check")(with_json(cli_seal.check))
journal_app.command("key")(with_json(cli_seal.key))
app.command("vehicles")(with_json(cli_vehicles.vehicles))
programs_app.callback(invoke_without_command=True)(with_json(cli_programs.programs))
programs_app.command("check")(with_json(cli_programs.check))
programs_app.command("publish")(with_json(cli_publish.publish))
programs_app.command("page")(with_json(cli_programs.page))
db_app.command("status")(with_json(cli_database.status))
db_app.command("stop")(with_json(cli_database.stop))
db_app.command("upgrade")(with_json(cli_upgrade.upgrade))
db_app.command("migrate")(with_json(cli_upgrade.migrate))
supply_app.command("exit")(with_json(cli_supply.leave))
supply_app.command("drop")(with_json(with_options(cli_supply.drop, of=cli_supply.DropOptions)))
supply_app.command("block")(with_json(cli_supply.block))
supply_app.command("unblock")(with_json(cli_supply.unblock))
member_app.command("add")(with_json(cli_member.add))
member_app.command("remove")(with_json(cli_member.remove))
member_app.command("invite")(with_json(cli_member.invite))
member_app.command("list")(with_json(cli_member.list_members))
parked_app.command("list")(with_json(cli_parked.list_parked))
parked_app.command("retry")(with_json(cli_parked.retry))
parked_app.command("drop")(with_json(cli_parked.drop))
look_app.command("check")(with_json(cli_look.check))
notices_app.command("list")(with_json(cli_notices.list_notices))
notices_app.command("preview")(with_json(cli_notices.preview))
notices_app.command("retry")(with_json(cli_notices.retry))
notices_app.command("refuse")(with_json(cli_notices.refuse))
app.add_typer(hold_app, name="hold")
app.add_typer(supply_app, name="supply")
app.add_typer(member_app, name="member")
app.add_typer(parked_app, name="parked")
app.add_typer(look_app, name="look")
app.add_typer(notices_app, name="notices")
app.add_typer(journal_app, name="journal")
app.add_typer(db_app, name="db")
app.add_typer(programs_app, name="programs")


def main() -> None:
    """The program `evenroll`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; every expected error is one sentence on standard error."""
    asked.json = "--json" in arguments
    with request_scope(), command_logged() as ended:
        ended.code = _run(arguments, ended)
    return ended.code


def _run(arguments: Sequence[str], ended: CommandLogged) -> int:
    try:
        code = app(args=list(arguments), prog_name="evenroll", standalone_mode=False)
        sys.stdout.flush()
        # Typer itself takes most interrupts, and tells of them by their code alone.
        return _interrupted() if code == ExitCode.INTERRUPTED else int(code or 0)
    except BrokenPipeError:
        # Whoever read us has enough; nothing may complain when Python closes the pipe at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.BROKEN_PIPE
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        if is_output_full(error):
            return say_output_full()
        ending = ending_of(error)
        ended.error, ended.reason = error, ending.reason
        if asked.debug or (ending.code is ExitCode.DEFECT and "EVENROLL_DEBUG" in os.environ):
            sys.stderr.write(trace_of(error))
        return _end(ending.sentence, ending.code, reason=ending.reason)


def _interrupted() -> int:
    return _end("Interrupted. What was finished is kept; run the command again to go on.", ExitCode.INTERRUPTED)


def _end(sentence: str, code: ExitCode, *, reason: str = "interrupted") -> int:
    from evenroll.runtime.output_console import Output

    try:
        Output(json=asked.json).data({"error": reason, "sentence": sentence, "exit_code": int(code)})
        sys.stdout.flush()
    except OSError as error:
        if not is_output_full(error):
            raise
        say_output_full()
    # A name out of a file may hold what a terminal would obey.
    shown = "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in sentence)
    sys.stderr.write(f"evenroll: {shown}\n")
    return code
