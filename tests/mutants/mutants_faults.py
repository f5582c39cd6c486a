"""Bugs that only a fault brings to light, planted one by one; the campaign of faults must find each."""

from __future__ import annotations

from tests.mutants.mutants import Change, Mutant

_RECORDS = "src/evenroll/records"
_WORKER = "src/evenroll/worker"
_CAMPAIGN = ("tests/faults/test_faults.py::test_a_longer_campaign", "-m", "campaign")
_RACES = ("tests/records/test_races.py",)
_SECONDS = 600


def _mutant(name: str, *changes: Change, caught_by: tuple[str, ...] = _CAMPAIGN) -> Mutant:
    return Mutant(name=f"faults: {name}", changes=changes, caught_by=caught_by, seconds=_SECONDS)


FAULT_MUTANTS: tuple[Mutant, ...] = (
    _mutant(
        "the inbox takes a message twice (unique dropped)",
        Change(
            file=f"{_RECORDS}/migrations/0002_tables.py",
            old="fields=('organization', 'sender', 'message_id'), name='inbox_once'",
            new="fields=('organization', 'sender', 'message_id', 'id'), name='inbox_once'",
        ),
        Change(
            file=f"{_RECORDS}/inbox.py",
            old='            "ON CONFLICT (organization_id, sender, message_id) DO NOTHING",',
            new='            "ON CONFLICT DO NOTHING",',
        ),
    ),
    _mutant(
        "a message is written after the commit of its cause",
        Change(
            file=f"{_RECORDS}/unit_of_work.py",
            old="            outbox.write(self._batch, message, now=self.now)",
            new="            self.late.append(message)",
        ),
        Change(
            file=f"{_RECORDS}/unit_of_work.py",
            old='        self._key = ""\n',
            new='        self._key = ""\n        self.late: list[Any] = []\n',
        ),
        Change(
            file=f"{_RECORDS}/unit_of_work.py",
            old="            work.close()\n\n",
            new=(
                "            work.close()\n"
                "    if not work.late:\n"
                "        return\n"
                "    with open_organization(organization) as opened:\n"
                "        late = RowBatch(writing_cursor(), opened.id)\n"
                "        for message in work.late:\n"
                "            outbox.write(late, message, now=now)\n"
                "        late.flush()\n\n"
            ),
        ),
    ),
    _mutant(
        "the answer is kept after the commit of its command",
        Change(
            file=f"{_RECORDS}/unit_of_work.py",
            old=(
                "        answers.put(self._batch, self.actor.key, key=key, payload=payload, answer=answer, "
                "at=self._opened.wall_at)"
            ),
            new="        self.late.append((key, payload, answer))",
        ),
        Change(
            file=f"{_RECORDS}/unit_of_work.py",
            old='        self._key = ""\n',
            new='        self._key = ""\n        self.late: list[Any] = []\n',
        ),
        Change(
            file=f"{_RECORDS}/unit_of_work.py",
            old="            work.close()\n\n",
            new=(
                "            work.close()\n"
                "    for key, payload, answer in work.late:\n"
                "        with open_organization(organization) as opened:\n"
                "            answers.keep(actor.key, key=key, payload=payload, answer=answer, at=opened.wall_at)\n\n"
            ),
        ),
    ),
    _mutant(
        "a message is marked as delivered before it is",
        Change(
            file=f"{_WORKER}/bringing.py",
            old="    began = time.perf_counter()\n    with request_scope():\n        together",
            new=(
                "    ids = [each.id for each in claimed]\n"
                "    outbox.mark_delivered(clock.organization, ids=ids, now=clock.now)\n"
                "    began = time.perf_counter()\n    with request_scope():\n        together"
            ),
        ),
    ),
    _mutant(
        "a delivery that failed passes for done (retry swallowed)",
        Change(
            file=f"{_WORKER}/bringing.py",
            old='outbox.mark_failed(clock.organization, claimed=claimed, why="failed", now=clock.now)\n        return',
            new="outbox.mark_delivered(clock.organization, ids=[claimed.id], now=clock.now)\n        return",
        ),
    ),
    _mutant(
        "a message is taken by a transaction before that of its effect",
        Change(
            file=f"{_WORKER}/receiving.py",
            old='    with unit_of_work(envelope.receiver, actor=peer, now=now, command="") as work:\n',
            new=(
                "    with open_organization(envelope.receiver) as opened:\n"
                "        seen = inbox.was_applied(envelope, at=opened.wall_at)\n"
                '    with unit_of_work(envelope.receiver, actor=peer, now=now, command="") as work:\n'
            ),
        ),
        Change(
            file=f"{_WORKER}/receiving.py",
            old="        if not (again and inbox.take_parked(envelope)) and work.applied(envelope):\n",
            new="        if not (again and inbox.take_parked(envelope)) and seen:\n",
        ),
    ),
    _mutant(
        "what a worker had claimed is never due again",
        Change(
            file=f"{_RECORDS}/outbox.py",
            old="SET attempts = message.attempts + 1, due_at = %(until)s FROM picked",
            new="SET attempts = message.attempts + 1, due_at = NULLIF(%(until)s, %(until)s) FROM picked",
        ),
    ),
    _mutant(
        "two live on one unit (the index dropped, point and unit not locked)",
        Change(
            file=f"{_RECORDS}/migrations/0013_held_places.py",
            old='fields=("organization", "family", "unit_kind", "unit_id"),',
            new='fields=("organization", "family", "unit_kind", "unit_id", "case_number"),',
        ),
        Change(
            file=f"{_RECORDS}/case_locks.py",
            old="UNION SELECT %(location)s || point.id FROM point) AS wanted ORDER BY",
            new="UNION SELECT %(location)s || point.id FROM point) AS wanted WHERE false ORDER BY",
        ),
        Change(
            file=f"{_RECORDS}/case_locks.py",
            old="AND stream_key = (SELECT pod FROM seen) FOR UPDATE), ",
            new="AND stream_key = (SELECT pod FROM seen)), ",
        ),
        Change(
            file=f"{_RECORDS}/case_locks.py",
            old="AND pod = (SELECT max(stream_key) FROM point) FOR UPDATE), ",
            new="AND pod = (SELECT max(stream_key) FROM point)), ",
        ),
        caught_by=_RACES,
    ),
    _mutant(
        "the sealer passes over who is still writing",
        Change(
            file=f"{_RECORDS}/sealing.py",
            old="        if not set(writers) & set(adding):\n            floor, seen, writers = seen,",
            new="        if adding is not writers:\n            floor, seen, writers = _one(pen, _GIVEN),",
        ),
    ),
)
