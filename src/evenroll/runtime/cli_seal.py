"""`evenroll journal checkpoint|verify|prove|grown|check|key`: what proves to others that nothing was changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.cli_exit import not_found, refused, wrong_use
from evenroll.runtime.cli_numbers import read_number
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import write_file

if TYPE_CHECKING:
    from evenroll.records.checkpoints import Checkpoint
    from evenroll.records.seal_verify import Compared, LogVerdict

OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to this file.")]
KeyOption = Annotated[
    str, typer.Option("--key", metavar="KEY", help="The log's public key, as `evenroll journal key` prints it.")
]


def key() -> None:
    """Print the public key of this installation's log, by which others check its checkpoints.

    Example: evenroll journal key
    """
    with session():
        from evenroll.records.heads import own_verifier
        from evenroll.records.keys import current_keys

        verifier = own_verifier(current_keys())
    output = Output(json=asked.json)
    output.data({"key": verifier})
    output.say(verifier)


def checkpoint(out: OutOption = None) -> None:
    """Seal what is committed and sign the head of the log, for other organizations to keep.

    Example: evenroll journal checkpoint --out head-2026-11-23.txt
    """
    with session():
        from evenroll.records.heads import give_out
        from evenroll.records.keys import current_keys
        from evenroll.records.sealing import seal_all

        organizations_here()
        sealed = seal_all()
        note = give_out(current_keys())
    output = Output(json=asked.json)
    output.data({"note": note, "sealed_now": sealed})
    if out is None:
        output.say(note.rstrip("\n"))
    else:
        write_file(out, note)
        output.say(f"The head of the log over {note.splitlines()[1]} entries is in {out}.")
    output.note(
        "Send it to somebody who does not run this database, with the key of `evenroll journal key`: only a copy kept "
        "elsewhere proves that nothing beneath it was changed."
    )


def verify(
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="FILE", help="A checkpoint that was kept elsewhere; any number."),
    ] = None,
    key: KeyOption = "",
) -> None:
    """Make the log anew from every entry and hold it against checkpoints.

    Without a file it is held against those given out from here, whose copies in the database prove little.

    Example: evenroll journal verify --against head-2026-11-23.txt
    """
    output = Output(json=asked.json)
    with session() as urls:
        from evenroll.records.heads import given_out, own_verifier
        from evenroll.records.keys import current_keys
        from evenroll.records.organizations import shared_transaction
        from evenroll.records.seal_verify import verify_log
        from evenroll.records.sealing import waiting
        from evenroll.runtime.seal_pool import shared_out

        organizations = organizations_here()
        verifier = key or own_verifier(current_keys())
        notes = [(str(path), _read(path)) for path in against or ()] or [("", note) for note in given_out()]
        heads = [_opened(note, name=name, verifier=verifier) for name, note in notes]
        with shared_transaction() as pen:
            scanner = shared_out(urls.app, organizations=organizations)
            verdict = verify_log(pen, scanner=scanner, checkpoints=heads)
        unsealed = [waiting(each) for each in organizations]
    not_sealed = sum(each.entries for each in unsealed)
    minutes = -(-max((each.seconds for each in unsealed), default=0) // 60)
    output.data({**_told(verdict), "not_sealed": not_sealed, "not_sealed_minutes": minutes})
    _say(verdict, output)
    _say_above(verdict, not_sealed=not_sealed, minutes=minutes, output=output)
    if not verdict.holds:
        _refuse_missing(verdict)
        raise refused(
            "The journal is not what was sealed. Stop writing to this database, keep it as it is together with the "
            "checkpoints, and find out who changed it; a backup older than the change holds the entries as they were.",
            reason="journal_changed",
        )


def prove(number: Annotated[str, typer.Argument(metavar="CASE")], out: OutOption = None) -> None:
    """Write the proof that a case's entries stand in the log, with a fresh checkpoint; it is checked without us.

    Example: evenroll --demo journal prove EV-7K3M9-QXT2H-WPCF --out proof.json
    """
    case = CaseNumber(read_number(number))
    with session():
        from evenroll.records.checkpoints import opened
        from evenroll.records.heads import give_out, own_verifier
        from evenroll.records.keys import current_keys
        from evenroll.records.seal_proofs import prove_case
        from evenroll.records.sealing import seal_all

        organizations = organizations_here()
        seal_all()
        note, verifier = give_out(current_keys()), own_verifier(current_keys())
        head = opened(note, verifier=verifier)
        proof = prove_case(case, organizations=organizations, note=note, checkpoint=head)
    if not proof["entries"]:
        raise not_found(f"There is no case {case} in the books here. `evenroll queue` lists cases that wait.")
    _write(proof, out=out, what=f"The proof of {len(_list(proof['entries']))} entries of case {case}")


def grown(
    older: Annotated[Path, typer.Argument(metavar="OLDER", help="A checkpoint that was kept.")], out: OutOption = None
) -> None:
    """Write the proof that the log as it is now begins with that of an older checkpoint.

    Example: evenroll journal grown head-2026-10-01.txt --out growth.json
    """
    with session():
        from evenroll.records.checkpoints import opened
        from evenroll.records.heads import give_out, own_verifier
        from evenroll.records.keys import current_keys
        from evenroll.records.organizations import shared_transaction
        from evenroll.records.seal_proofs import prove_growth
        from evenroll.records.sealing import seal_all

        organizations_here()
        verifier, older_note = own_verifier(current_keys()), _read(older)
        before = _opened(older_note, name=str(older), verifier=verifier)
        seal_all()
        note = give_out(current_keys())
        size = opened(note, verifier=verifier).size
        if before.size > size:
            raise refused(
                f"The checkpoint {older} is over {before.size} entries and the log has {size}: entries are gone. "
                "Run `evenroll journal verify --against` with it.",
                reason="journal_changed",
            )
        with shared_transaction() as pen:
            proof = prove_growth(pen, older_note=older_note, older=before, note=note, size=size)
    _write(proof, out=out, what=f"The proof that {size} entries begin with those {before.size}")


def check(
    proof: Annotated[Path, typer.Argument(metavar="PROOF", help="What `journal prove` or `journal grown` wrote.")],
    key: KeyOption,
) -> None:
    """Check a proof with the log's public key alone; no database is needed.

    Example: evenroll journal check proof.json --key evenroll-journal-...
    """
    from evenroll.records.checkpoints import NoteRefused
    from evenroll.records.seal_proofs import ProofRefused
    from evenroll.records.seal_proofs import check as check_proof

    try:
        read = json.loads(_read(proof))
    except (ValueError, RecursionError):
        raise wrong_use(f"{proof} is no JSON. Give the file as `evenroll journal prove` wrote it.") from None
    try:
        held = check_proof(read if isinstance(read, dict) else {}, verifier=key)
    except (NoteRefused, ProofRefused) as error:
        raise refused(f"The proof does not hold. {error}", reason="proof_fails") from None
    output = Output(json=asked.json)
    output.data({"holds": True, "entries": held.entries, "size": held.checkpoint.size, "streams": list(held.streams)})
    under = f"the log of {held.checkpoint.size} entries, signed {held.checkpoint.made_at:%Y-%m-%d %H:%M} UTC"
    if held.older is None:
        output.say(f"The proof holds: its {held.entries} entries stand in {under}.")
        output.say(f"From the first on, none left out: {', '.join(held.streams)}.")
        output.note("What came after the last of them, or was sealed later, is not in it: a newer proof tells.")
    else:
        output.say(f"The proof holds: {under}, begins with the log of {held.older.size} entries, unchanged.")


def _say(verdict: LogVerdict, output: Output) -> None:
    if verdict.misfit_count:
        output.say(f"{verdict.misfit_count} of {verdict.size} sealed entries are not as they were sealed:")
        output.table(
            ("place", "what", "entry"), [(each.position, each.fault.value, each.entry) for each in verdict.misfits]
        )
    else:
        output.say(f"{verdict.size} sealed entries were hashed anew; each is as the log here has it.")
    if not verdict.is_tree_whole:
        output.say("The tree of hashes that is kept beside the entries gives another root than they do.")
    for each in verdict.compared:
        output.say(_sentence(each, size=verdict.size))
    if not verdict.compared:
        output.say("There was no checkpoint to hold it against. Make one with `evenroll journal checkpoint`.")


def _sentence(compared: Compared, *, size: int) -> str:
    from evenroll.records.seal_verify import HeadFault

    head = compared.checkpoint
    told = f"Checkpoint of {head.made_at:%Y-%m-%d %H:%M} UTC over {head.size} entries"
    match compared.fault:
        case None:
            return f"{told}: holds. Nothing beneath it was changed, removed, inserted or moved."
        case HeadFault.SHORTER:
            return (
                f"{told}: DOES NOT HOLD. The log has only {size} entries: its end was cut off, or a backup older than "
                "the checkpoint was restored."
            )
        case HeadFault.OTHER_ROOT:
            return f"{told}: DOES NOT HOLD. Something beneath it was changed, removed, inserted or moved."


def _missing(verdict: LogVerdict) -> int:
    """How many entries the largest checkpoint is over and the log has not."""
    return max(0, max((each.checkpoint.size for each in verdict.compared), default=0) - verdict.size)


def _refuse_missing(verdict: LogVerdict) -> None:
    """Where the log is only shorter than a checkpoint nobody need have changed it: it is older."""
    from evenroll.records.seal_verify import HeadFault

    others = [each for each in verdict.compared if each.fault is not HeadFault.SHORTER]
    if verdict.misfit_count or not verdict.is_tree_whole or any(each.fault for each in others):
        return
    missing = _missing(verdict)
    raise refused(
        f"{missing} entries are missing: the newest checkpoint is over more than the log has. What is here is as it "
        "was sealed. If an older backup was restored, restore the newest one (`evenroll restore DIR --replace`), or "
        "enter again what came after it. If none was, the end was cut off: stop writing to this database and keep it "
        "as it is before you restore.",
        reason="journal_shorter",
    )


def _say_above(verdict: LogVerdict, *, not_sealed: int, minutes: int, output: Output) -> None:
    newest = max((each.checkpoint.size for each in verdict.compared), default=0)
    above = max(0, verdict.size - newest)
    missing = _missing(verdict)
    if missing:
        output.say(f"{missing} entries that the newest checkpoint is over are missing here.")
    if not above + not_sealed:
        if missing:
            return
        output.say("Every entry of the journal lies beneath a checkpoint.")
        return
    oldest = f", the oldest for {minutes} min" if not_sealed else ""
    output.say(
        f"{above + not_sealed} entries lie beneath no checkpoint: {above} are sealed above the newest, and "
        f"{not_sealed} wait to be sealed{oldest}. What somebody does to these shows in no proof yet."
    )


def _told(verdict: LogVerdict) -> dict[str, Any]:
    newest = max((each.checkpoint.size for each in verdict.compared), default=0)
    return {
        "holds": verdict.holds,
        "size": verdict.size,
        "root": verdict.root.hex(),
        "misfits": [
            {"place": each.position, "what": each.fault.value, "entry": each.entry} for each in verdict.misfits
        ],
        "misfit_count": verdict.misfit_count,
        "tree_whole": verdict.is_tree_whole,
        "checkpoints": [
            {"size": each.checkpoint.size, "made_at": each.checkpoint.made_at, "fault": each.fault}
            for each in verdict.compared
        ],
        "missing": _missing(verdict),
        "above": max(0, verdict.size - newest),
    }


def _opened(note: str, *, name: str, verifier: str) -> Checkpoint:
    from evenroll.records.checkpoints import NoteRefused, opened

    try:
        return opened(note, verifier=verifier)
    except NoteRefused as error:
        whose = name or "A checkpoint given out from here"
        raise refused(f"{whose} cannot be used. {error}", reason="checkpoint_refused") from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise wrong_use(f"{path} cannot be read as text. Check its name and its rights.") from None


def _write(proof: dict[str, Any], *, out: Path | None, what: str) -> None:
    output = Output(json=asked.json)
    if out is None:
        Output(json=True).data(proof)
        return
    write_file(out, json.dumps(proof, sort_keys=True, ensure_ascii=False) + "\n")
    output.data({"out": str(out)})
    output.say(f"{what} is in {out}. Whoever has the key of `evenroll journal key` checks it with `journal check`.")


def _list(value: Any) -> list[Any]:
    assert isinstance(value, list)
    return value
