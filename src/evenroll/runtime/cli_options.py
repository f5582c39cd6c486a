"""Options that several commands share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import typer

from evenroll.enrollment.roles import Role
from evenroll.runtime.cli_session import asked

OrganizationOption: TypeAlias = Annotated[
    str, typer.Option("--organization", metavar="KEY", help="Only this organization's own books.")
]


class StaffRole(StrEnum):
    """The roles that wait for work or give commands at a terminal."""

    CUSTOMER = Role.CUSTOMER.value
    ENROLLMENT_DESK = Role.ENROLLMENT_DESK.value
    SUPERVISOR = Role.SUPERVISOR.value
    PROGRAM_MANAGER = Role.PROGRAM_MANAGER.value
    METER_OFFICE = Role.METER_OFFICE.value
    METER_CREW = Role.METER_CREW.value
    BILLING = Role.BILLING.value
    REGISTRY_OPERATOR = Role.REGISTRY_OPERATOR.value


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
