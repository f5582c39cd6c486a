"""`evenroll journal replay|rebuild`: the tables built again from the journal and compared; rows written anew by it."""

from __future__ import annotations

import secrets

from evenroll.runtime.cli_exit import refused
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, organizations_here, session, typed
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
            "older_rows": found.older,
        }
    )
    if found.older and not faults:
        # They differ because they are older; whether they differ otherwise is known once they are written anew.
        raise refused(
            f"{found.older} rows were written by another release and are not compared yet; commands read the journal "
            f"in their place. Write them anew with `{typed('journal rebuild')}`, and replay again.",
            reason="older_rows",
        )
    if not (found.equal and not faults):
        output.say(*faults, *differences)
        raise refused(
            f"The journal and the tables do not agree: {len(differences)} rows differ and {len(faults)} entries do not "
            "follow from those before them. Stop writing to this database and find out who changed it.",
            reason="not_equal",
        )
    output.say(f"{found.entries} entries were replayed; all {found.rows} rows are equal, and every hash holds.")


def rebuild(organization: OrganizationOption = "") -> None:
    """Write anew, from the journal, every row that another release wrote; others work on meanwhile.

    It may be ended at any time and goes on where it was. Until it is done commands read the journal of such rows, which
    is right and slower. The figures of reports are counted anew after it, by a worker or `evenroll report`.

    Example: evenroll journal rebuild
    """
    output = Output(json=asked.json)
    with session():
        from evenroll.records.rebuild import rebuild as rebuild_all
        from evenroll.records.report_taking import begin_anew
        from evenroll.records.vin_tails import fill_vin_tails

        here = organizations_here(organization)
        tails = fill_vin_tails(organizations=here)
        done = rebuild_all(organizations=here)
        for each in here if done.written else ():
            begin_anew(each)
    failed = [f"{key} {stream.kind.value} {stream.key}" for key, stream in done.failed]
    output.data({"written": done.written, "busy": done.busy, "failed": failed, "vin_tails": tails})
    if failed:
        output.say(*failed)
        raise refused(
            f"{done.written} rows were written anew; {len(failed)} were left as they are, because this release cannot "
            f"read their journal or its hashes do not hold. `{typed('journal replay')}` tells more.",
            reason="rows_failed",
        )
    if done.busy:
        raise refused(
            f"{done.written} rows were written anew; {done.busy} are being worked on all the time. Give the command "
            "again.",
            reason="rows_busy",
        )
    output.say(f"{done.written} rows were written anew; no row of another release is left.")
