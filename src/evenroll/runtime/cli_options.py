"""Options that several commands share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from typing import Annotated, Any, TypeAlias, TypeVar, get_type_hints

import typer

from evenroll.enrollment.roles import Role
from evenroll.runtime.cli_session import asked

Said = TypeVar("Said")

OrganizationOption: TypeAlias = Annotated[
    str, typer.Option("--organization", metavar="KEY", help="Only this organization's own books.")
]
HostOption: TypeAlias = Annotated[
    str,
    typer.Option("--host", metavar="ADDRESS", help="The address that metrics are served at; nobody signs in there."),
]


class MemberRole(StrEnum):
    """The roles that somebody is given in an organization: a customer has theirs by the books."""

    ENROLLMENT_DESK = Role.ENROLLMENT_DESK.value
    SUPERVISOR = Role.SUPERVISOR.value
    PROGRAM_MANAGER = Role.PROGRAM_MANAGER.value
    METER_OFFICE = Role.METER_OFFICE.value
    METER_CREW = Role.METER_CREW.value
    BILLING = Role.BILLING.value
    REGISTRY_OPERATOR = Role.REGISTRY_OPERATOR.value
    AUDITOR = Role.AUDITOR.value


class StaffRole(StrEnum):
    """The roles of persons: those that wait for work or give commands at a terminal, and the auditor, who reads."""

    CUSTOMER = Role.CUSTOMER.value
    ENROLLMENT_DESK = Role.ENROLLMENT_DESK.value
    SUPERVISOR = Role.SUPERVISOR.value
    PROGRAM_MANAGER = Role.PROGRAM_MANAGER.value
    METER_OFFICE = Role.METER_OFFICE.value
    METER_CREW = Role.METER_CREW.value
    BILLING = Role.BILLING.value
    REGISTRY_OPERATOR = Role.REGISTRY_OPERATOR.value
    AUDITOR = Role.AUDITOR.value


def with_json(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the option --json, which every one has; what it writes by is then in `asked`."""
    option = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output, with stable keys.")]

    @functools.wraps(command)
    def run(*, json: bool = False, **said: Any) -> None:
        asked.json = json
        command(**said)

    signature = inspect.signature(command, eval_str=True)
    added = inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=option)
    run.__dict__["__signature__"] = signature.replace(parameters=[*signature.parameters.values(), added])
    run.__annotations__ = {**command.__annotations__, "json": option}
    return run


def with_options(command: Callable[[Said], None], *, of: type[Said]) -> Callable[..., None]:
    """The command with an option for each field of a dataclass, which it is then given as one value."""
    hints = get_type_hints(of, include_extras=True)

    def run(**said: Any) -> None:
        command(of(**said))

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    options = [_option(each, hints[each.name]) for each in fields(of)]  # pyright: ignore[reportArgumentType]
    run.__dict__["__signature__"] = inspect.Signature(options)
    run.__annotations__ = hints
    return run


def _option(field: Field[Any], hint: Any) -> inspect.Parameter:
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
