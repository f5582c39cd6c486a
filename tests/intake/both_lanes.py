"""What a lane of the bulk door leaves in the tables, written so that two territories with equal applications agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

from psycopg.sql import SQL, Identifier

from evenroll.intake.result_file import ResultRow
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from tests.territory import Premise, Territory

TABLES: Mapping[str, LiteralString] = {
    "journal_entry": "stream_kind, stream_key, number, row, actor_key, actor_role, actor_organization, event, version, "
    "data, business_at, business_on, idempotency_key",
    "stream_head": "stream_kind, stream_key, number",
    "case_record": "number, state, status, owner, due_at, program, program_version, pod, customer_id, follows, "
    "followed_by",
    "track": "stream_kind, stream_key, track_key, track, subject, state, since, owner, due_at, on_lapse, times",
    "place": "case_number, family, unit_kind, unit_id, live, held",
    "vehicle": "case_number, pevid, drivetrain, vin_known, answers",
    "notice": "stream_kind, stream_key, code, parameters, noticed_at, due_at",
    "program_place": "program, state, cap, ceiling, taken, waiting",
    "program_line": "case_number, program, standing, ranked_at, offered_until_on",
    "outbox_message": "receiver, message_id, conversation, number, in_reply_to, kind, version, body, written_at, "
    "attempts",
    "intake_row": "row_number, case_number",
}
_NUMBERED = frozenset({"customer", "account", "answers"})
"""Fields of states and events that hold a number drawn anew in each territory."""
_SECRET = frozenset({"salt", "fingerprints", "mail"})
"""Of a mailed form: made from a key that is drawn anew."""
_COLUMNS = {"customer_id": "customer", "answers": "answers"}
"""Columns that hold such a number."""


_DRAWN = re.compile(r"\bSO-\w{5}-\w{5}-\w{4}\b|\b[0-9a-f]{64}\b")
"""Numbers of service orders, and the content of programs that are made anew."""


class Left:
    """The rows of one organization, with everything that is drawn at random named by what it stands for."""

    def __init__(
        self, territory: Territory, premises: Sequence[Premise], told: Sequence[ResultRow], *, source: str
    ) -> None:
        self.territory = territory
        self._names = {territory.tag: "TAG", territory.tag.upper(): "TAG", source[:12]: "FILE"}
        for number, premise in enumerate(premises):
            self._names[premise.pod.removeprefix("LP-")] = f"MARK{number}"
        self._names |= {CaseNumber(each.case): f"CASE{each.row}" for each in told if each.case}
        self._drawn: dict[tuple[str, object], str] = {}
        for number, premise in enumerate(premises):
            self._drawn["account", premise.account] = f"account {number}"
            self._drawn["customer", premise.customer] = f"customer {number}"

    def tables(self, organization: OrganizationKey) -> dict[str, list[str]]:
        """The rows of every table, sorted; what is drawn anew is named by its case."""
        from evenroll.records.organizations import cursor, open_organization

        with open_organization(organization) as opened, cursor() as pen:
            for number, pevid, answers in pen.execute(
                "SELECT case_number, pevid, answers FROM vehicle WHERE organization_id = %s", (opened.id,)
            ).fetchall():
                self._names[pevid] = f"PEVID of {self._names.get(number, number)}"
                self._drawn["answers", answers] = f"answers of {self._names.get(number, number)}"
            for number, state in pen.execute(
                "SELECT number, state FROM case_record WHERE organization_id = %s", (opened.id,)
            ).fetchall():
                form = json.loads(state).get("form", {})
                self._drawn["answers", form.get("answers")] = f"answers of {self._names.get(number)}"
            return {
                table: sorted(
                    self._written(row, columns.split(", "))
                    for row in pen.execute(
                        SQL("SELECT {} FROM {} WHERE organization_id = %s").format(SQL(columns), Identifier(table)),
                        (opened.id,),
                    ).fetchall()
                    # A lock leaves no more than its name, and the lane takes them before it knows who needs them.
                    if (table, row[0]) != ("stream_head", "place")
                )
                for table, columns in TABLES.items()
            }

    def kept(self, organization: OrganizationKey, numbers: Iterable[str]) -> list[tuple[object, Mapping[str, Any]]]:
        """Under whose key the answers of each case lie, and what leads to them; and the answers as they open."""
        from evenroll.records import vault
        from evenroll.records.organizations import cursor, open_organization
        from evenroll.records.personal_ref import PersonalRef

        told: list[tuple[object, Mapping[str, Any]]] = []
        with open_organization(organization) as opened, cursor() as pen:
            for number in numbers:
                row = pen.execute(
                    "SELECT state FROM case_record WHERE organization_id = %s AND number = %s", (opened.id, number)
                ).fetchone()
                assert row is not None
                ref = json.loads(row[0]).get("form", {}).get("answers", 0)
                owner = pen.execute(
                    "SELECT k.subject_kind, c.id IS NOT NULL, (SELECT array_agg(t.kind ORDER BY t.kind) "
                    "FROM search_token t WHERE t.subject_kind = 'answers' AND t.subject_id = r.id "
                    "AND t.key_id = r.key_id AND t.organization_id = r.organization_id) FROM personal_record r "
                    "JOIN customer_key k ON k.id = r.key_id LEFT JOIN customer c ON c.key_id = k.id "
                    "AND c.organization_id = r.organization_id WHERE r.organization_id = %s AND r.id = %s",
                    (opened.id, ref),
                ).fetchone()
                told.append((owner, vault.read(PersonalRef(ref)) if ref else {}))
        return told

    def _written(self, row: tuple[Any, ...], columns: Sequence[str]) -> str:
        text = " | ".join(str(self._cell(*each)) for each in zip(row, columns, strict=True))
        for drawn, name in self._names.items():
            text = text.replace(drawn, name)
        return _DRAWN.sub("drawn", text)

    def _cell(self, cell: Any, column: str) -> Any:
        if isinstance(cell, str) and cell.startswith("{"):
            return json.dumps(self._named(json.loads(cell)), sort_keys=True)
        return self._drawn.get((_COLUMNS.get(column, ""), cell), cell)

    def _named(self, json_: Any) -> Any:
        if isinstance(json_, list):
            return [self._named(each) for each in json_]
        if not isinstance(json_, dict):
            return json_
        return {
            key: self._drawn.get((key, value), value) if key in _NUMBERED and type(value) is int else self._named(value)
            for key, value in json_.items()
            if key not in _SECRET
        }
