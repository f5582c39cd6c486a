"""Migrations expand: the release before works on while they run and after. What takes something away says so."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models

FOLDER = Path(__file__).parents[2] / "src" / "evenroll" / "records" / "migrations"
FIRST_RULED = 16
"""Those before came in the release that begins, when nothing older could be at work."""

CONTRACT = re.compile(r"\d{4}_contract_")
_TAKES_AWAY = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
    migrations.AlterField,
    migrations.RemoveConstraint,
    migrations.RemoveIndex,
)
_LOCKS_LONG = re.compile(
    r"\b(DROP|RENAME|TRUNCATE|SET\s+NOT\s+NULL|TYPE\s|LOCK\s+TABLE|VACUUM\s+FULL|CLUSTER|CREATE\s+(UNIQUE\s+)?INDEX\s"
    r"(?!CONCURRENTLY)|DISABLE\s+TRIGGER)",
    re.IGNORECASE,
)


def breaches(name: str, migration: Any) -> Iterator[str]:
    """What in a migration the release before, at work, would be broken or held up by; one sentence each."""
    if CONTRACT.match(name):
        return
    made = {each.name.lower() for each in migration.operations if isinstance(each, migrations.CreateModel)}
    for each in migration.operations:
        about = str(getattr(each, "model_name", "")).lower()
        if isinstance(each, _TAKES_AWAY):
            yield f"{name}: {type(each).__name__} takes away what the release before uses; name it NNNN_contract_..."
        elif isinstance(each, migrations.RunSQL) and _LOCKS_LONG.search(str(each.sql)):
            yield f"{name}: its SQL takes something away or locks for long"
        elif about not in made:
            yield from _breaches_beside_work(name, each, about)


def _breaches_beside_work(name: str, each: Any, about: str) -> Iterator[str]:
    """Of an operation on a table that others write to meanwhile."""
    if isinstance(each, migrations.AddField):
        field: Any = each.field
        if not field.null and field.db_default is models.NOT_PROVIDED:
            yield f"{name}: {each.name} of {about} needs db_default or null; Django takes a default away again"
    elif isinstance(each, migrations.AddIndex) and not isinstance(each, AddIndexConcurrently):
        yield f"{name}: an index of {about} is built beside the work: AddIndexConcurrently, atomic = False"
    elif isinstance(each, migrations.AddConstraint) and not isinstance(each, AddConstraintNotValid):
        yield f"{name}: {about} would be read whole under a lock: AddConstraintNotValid, then ValidateConstraint"


def test_migrations_come_one_after_the_other() -> None:
    names = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for before, name in pairwise(names):
        text = (FOLDER / f"{name}.py").read_text(encoding="utf-8").replace("'", '"')
        assert f'("records", "{before}")' in text, name


def test_each_migration_lets_the_release_before_work_on() -> None:
    names = [path.stem for path in sorted(FOLDER.glob("[0-9]*.py"))]
    assert len(names) >= FIRST_RULED - 1
    ruled = [name for name in names if int(name[:4]) >= FIRST_RULED]
    assert [breach for name in ruled for breach in breaches(name, _migration(name))] == []


def test_one_that_came_before_the_rule_would_not_stand() -> None:
    found = list(breaches("0013_held_places", _migration("0013_held_places")))
    assert ["needs db_default" in found[0], "takes away" in found[1], "under a lock" in found[2]] == [True] * 3


def _migration(name: str) -> Any:
    return importlib.import_module(f"evenroll.records.migrations.{name}").Migration


_INDEX = models.Index(fields=["later"], name="case_later")
_CHECK = models.CheckConstraint(condition=models.Q(later=1), name="case_later_one")


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.AddField("caserecord", "later", models.BooleanField(default=False)), "needs db_default or null"),
        (migrations.RemoveField("caserecord", "owner"), "takes away"),
        (migrations.RenameField("caserecord", "owner", "waits_on"), "takes away"),
        (migrations.DeleteModel("caserecord"), "takes away"),
        (migrations.AlterField("caserecord", "owner", models.TextField()), "takes away"),
        (migrations.AddIndex("caserecord", _INDEX), "built beside the work"),
        (migrations.AddConstraint("caserecord", _CHECK), "read whole under a lock"),
        (migrations.RunSQL("CREATE INDEX later ON case_record (later)"), "locks for long"),
        (migrations.RunSQL("ALTER TABLE case_record ALTER owner SET NOT NULL"), "locks for long"),
    ],
)
def test_what_would_hold_others_up_is_found(operation: Any, said: str) -> None:
    planted = SimpleNamespace(operations=[operation])
    assert [said in each for each in breaches("0099_later", planted)] == [True]
    assert list(breaches("0099_contract_later", planted)) == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("caserecord", "later", models.BooleanField(db_default=False)),
        migrations.AddField("caserecord", "later", models.TextField(null=True)),
        AddIndexConcurrently("caserecord", _INDEX),
        AddConstraintNotValid("caserecord", _CHECK),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY later ON case_record (later)"),
    ],
)
def test_what_only_adds_is_let_be(operation: Any) -> None:
    assert list(breaches("0099_later", SimpleNamespace(operations=[operation]))) == []
