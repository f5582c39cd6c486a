"""What happens in the restore drill on a database of its own, in a process of its own.

`python -m tests.runtime.drill FILE`: the file keeps what later steps have to know; commands name it in braces.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from evenroll.runtime.cli_session import session
from evenroll.runtime.command_line import run


def fill() -> dict[str, Any]:
    """A territory in the midst of work: messages on their way, a draft that was left, a customer who is gone."""
    from evenroll.enrollment.case_commands import NoPayload
    from evenroll.enrollment.command_names import CommandName
    from evenroll.enrollment.roles import Role
    from evenroll.records.books import customer_key
    from evenroll.records.organizations import open_organization
    from tests.safety.canaries import canary_answers, canary_premise
    from tests.territory import new_territory
    from tests.worker.test_erasing import close_account, draft

    territory = new_territory()
    for key in (territory.utility, territory.esco):
        territory.admit(key, Role.SUPERVISOR, key="terminal/ana")
    gone = canary_premise(territory, supplier=None)
    close_account(territory, gone, on=territory.form().signed_on)
    left = draft(territory, dict(canary_answers(gone)))
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, left, NoPayload(), role=Role.CUSTOMER))
    living = territory.premise(supplier=territory.esco)
    number = territory.apply(living, at=territory.utility, program=territory.supply, consents_hand_over=True)
    _until_on_its_way(territory)
    with open_organization(territory.utility):
        key_id = customer_key(gone.customer)
    return {
        "utility": territory.utility,
        "esco": territory.esco,
        "customer": gone.customer,
        "key": key_id,
        "left": left,
        "left_answers": territory.case(territory.utility, left).answers,
        "living": number,
        "living_answers": territory.case(territory.utility, number).answers,
    }


def look(known: dict[str, Any]) -> dict[str, Any]:
    """What stands here of those whom `fill` told of."""
    from evenroll.records.models import CaseRecord, CustomerKey, InboxMessage, JournalEntry, SearchToken
    from evenroll.records.organizations import open_organization, organization_keys
    from evenroll.records.outbox import undelivered

    counts = {"entries": 0, "undelivered": 0, "received": 0}
    for key in organization_keys():
        counts["undelivered"] += undelivered(key)[0]
        with open_organization(key):
            counts["entries"] += JournalEntry.objects.count()
            counts["received"] += InboxMessage.objects.count()
    with open_organization(known["esco"]):
        at_esco = list(CaseRecord.objects.filter(number=known["living"]).values_list("status", flat=True))
    with open_organization(known["utility"]):
        wrapped = CustomerKey.objects.filter(id=known["key"]).values_list("wrapped", flat=True).get()
        return {
            **counts,
            "at_esco": at_esco,
            "customer_key_there": wrapped is not None,
            "tokens": SearchToken.objects.filter(key_id=known["key"]).count(),
            "left_opens": _opens(known["left_answers"]),
            "living_opens": _opens(known["living_answers"]),
            "erased": [
                (each.stream_key, json.loads(each.data)["cause"])
                for each in JournalEntry.objects.filter(stream_kind="erasure").order_by("stream_key")
            ],
        }


def _until_on_its_way(territory: Any) -> None:
    """Drive in the smallest steps until a message waits to be delivered."""
    from evenroll.records.outbox import undelivered
    from evenroll.worker.driver import run_until_idle
    from tests.territory import NOW

    for _ in range(100):
        if any(undelivered(key)[0] for key in territory.organizations):
            return
        run_until_idle(territory.installation, now=NOW, limit=1)
    raise AssertionError("no message was ever on its way")


def _opens(ref: int) -> bool:
    from evenroll.records import vault
    from evenroll.records.personal_ref import PersonalRef

    try:
        return bool(vault.read(PersonalRef(ref)))
    except vault.PersonalErased:
        return False


def main() -> None:
    """Take the steps that standard input names, one after another; tell the code and the answer of each."""
    known = Path(sys.argv[1])
    told: list[tuple[int, Any]] = []
    for step in json.load(sys.stdin):
        if step == ["fill"]:
            with session():
                known.write_text(json.dumps(fill()), "utf-8")
            told.append((0, None))
        elif step == ["look"]:
            with session():
                told.append((0, look(json.loads(known.read_text("utf-8")))))
        else:
            names = json.loads(known.read_text("utf-8"))
            said = io.StringIO()
            with redirect_stdout(said):
                code = run([*(each.format(**names) for each in step), "--json"])
            told.append((code, json.loads(said.getvalue().splitlines()[0])))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
