"""Which sentence and exit code an exception ends a command with; whatever is not expected is a defect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import psycopg
from typer.exceptions import TyperException

from evenroll.enrollment.roles import ActorKeyWrong
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.processes import ProcessLost
from evenroll.programs.catalog import CatalogRefused, ProgramUnknown
from evenroll.quantities.identifiers import IdentifierWrong
from evenroll.records.erasure_list import ErasureListBroken
from evenroll.records.folds import EventForeign
from evenroll.records.retries import sqlstate_of
from evenroll.records.upcasters import OfNewerRelease, VersionUnknown
from evenroll.runtime.cli_exit import CommandEnded, ExitCode
from evenroll.runtime.embedded_places import ServerRefused
from evenroll.runtime.migrating import MigrationRefused
from evenroll.runtime.wiring import AlreadyConfigured, MasterKeyRefused

_OF_A_POOLER: Final = frozenset({"42P05", "26000"})
"""A prepared statement that another one left on the connection, or that was left on another one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How a command ends that did not come to its end."""

    sentence: str
    code: ExitCode
    reason: str


def ending_of(error: Exception) -> Ending:
    """The ending for an exception. The sentence of a defect names its kind and never its values."""
    match error:
        case CommandEnded():
            return Ending(sentence=str(error), code=error.code, reason=error.reason)
        case TyperException():
            return Ending(sentence=_of_typer(error), code=ExitCode.WRONG_USE, reason="wrong_use")
        case FileRefused() | IdentifierWrong() | ActorKeyWrong() | ErasureListBroken():
            return Ending(sentence=str(error), code=ExitCode.WRONG_USE, reason="input_refused")
        case ProgramUnknown():
            return Ending(sentence=str(error), code=ExitCode.NOT_FOUND, reason="program_unknown")
        case ServerRefused() | CatalogRefused() | MasterKeyRefused() | AlreadyConfigured() | MigrationRefused():
            return Ending(sentence=str(error), code=ExitCode.UNAVAILABLE, reason="unavailable")
        case _:
            return _of_depth(error)


def _of_typer(error: TyperException) -> str:
    told = error.format_message() if hasattr(error, "format_message") else str(error)
    sentence = " ".join(told.replace("Value error, ", "").split())
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "evenroll"
    if not sentence:
        # The help was shown already; its sentence is empty.
        return f"Say what {command} is to do: name one of the commands above. `{command} --help` shows them."
    ended = sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
    return f"{ended} `{command} --help` shows how it is used."


def _of_depth(error: Exception) -> Ending:
    if isinstance(error, VersionUnknown | EventForeign | OfNewerRelease):
        return Ending(sentence=str(error), code=ExitCode.UNAVAILABLE, reason="newer_release")
    if isinstance(error, ProcessLost):
        return Ending(sentence=str(error), code=ExitCode.UNAVAILABLE, reason="process_lost")
    if sqlstate_of(error) in _OF_A_POOLER:
        return Ending(
            sentence="A prepared statement was not on the connection on which it was made: a pooler stands before the "
            "database that knows none of them. Set DATABASE_PREPARED=off, for every command and worker, and give the "
            "command again; nothing half-done is kept.",
            code=ExitCode.UNAVAILABLE,
            reason="pooler",
        )
    if _is_connection(error):
        return Ending(
            sentence="The database does not answer. See `evenroll db status`, or check DATABASE_URL; then try again.",
            code=ExitCode.UNAVAILABLE,
            reason="database_away",
        )
    return Ending(
        sentence=f"A defect of Evenroll stopped this command ({type(error).__name__}). What was finished before is "
        "kept and nothing half-done; look before you give it again. Run it with --debug before its name for the "
        "traceback, and send that to who maintains it.",
        code=ExitCode.DEFECT,
        reason="defect",
    )


def _is_connection(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, psycopg.OperationalError | psycopg.InterfaceError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
