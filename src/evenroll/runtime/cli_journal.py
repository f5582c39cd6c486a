"""`evenroll journal replay`: the tables built again from the journal alone, whose hashes are checked, and compared."""

from __future__ import annotations

import secrets

from evenroll.runtime.cli_exit import refused
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output


def replay() -> None:
    """Fold the journal into an empty schema and compare it with the tables; check every hash as it is read.

    Example: evenroll --demo journal replay
    """
    output = Output(json=asked.json)
    with session():
        from evenroll.records.replay import replay as replay_all

        organizations_here()
        found = replay_all(f"replay_{secrets.token_hex(6)}")
    faults = [
        f"{key} {fault.stream.kind.value} {fault.stream.key} entry {fault.number}: {fault.kind.value}"
        for key, fault in found.faults
    ]
    differences = [
        f"{each.organization} {each.table} {each.key}: only in the {each.where}" for each in found.differences
    ]
    output.data(
        {
            "entries": found.entries,
            "rows": found.rows,
            "equal": found.equal,
            "differences": differences,
            "chain_faults": faults,
        }
    )
    if not (found.equal and not faults):
        output.say(*faults, *differences)
        raise refused(
            f"The journal and the tables do not agree: {len(differences)} rows differ and {len(faults)} entries do not "
            "follow from those before them. Stop writing to this database and find out who changed it.",
            reason="not_equal",
        )
    output.say(f"{found.entries} entries were replayed; all {found.rows} rows are equal, and every hash holds.")
