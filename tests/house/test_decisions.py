"""Decision records: numbered once each, without a gap, and headed by their number; what the pages link to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_decisions_are_numbered_once_each() -> None:
    assert [int(each.name[:4]) for each in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.stem)
def test_a_decision_is_headed_by_its_number(record: Path) -> None:
    assert record.read_text("utf-8").startswith(f"# {int(record.name[:4])}. ")


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    missing = [to for to in LINK.findall(page.read_text("utf-8")) if not (page.parent / to).exists()]
    assert missing == []
