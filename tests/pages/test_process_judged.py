"""bpmn-moddle, which most programs that show BPMN are built on, reads every drawing without a warning."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import ServicePath, SourceUseCase
from evenroll.pages.process import process
from evenroll.pages.process_bpmn import process_bpmn
from evenroll.pages.process_standing import Standing
from evenroll.quantities.identifiers import CaseNumber

JUDGES = Path(__file__).parents[2] / ".judges"
READING = """
import { BpmnModdle } from "bpmn-moddle";
import { readFileSync } from "node:fs";
for (const file of process.argv.slice(1)) {
  try {
    const { warnings } = await new BpmnModdle().fromXML(readFileSync(file, "utf8"));
    for (const warning of warnings) console.log(`${file}: ${warning.message}`);
  } catch (error) {
    console.log(`${file}: ${error.message}`);
  }
}
console.log(`read ${process.argv.length - 1}`);
"""


def read_by_moddle(*files: Path) -> list[str]:
    """What bpmn-moddle says; the last line counts the files. Skips where it is not there."""
    node = shutil.which("node")
    if node is None or not (JUDGES / "node_modules" / "bpmn-moddle").is_dir():
        pytest.skip("Node or bpmn-moddle is not here; docs/process.md says how to put it there.")
    command = [node, "--input-type=module", "--eval", READING, "--", *map(str, files)]
    done = subprocess.run(command, cwd=JUDGES, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


def test_bpmn_moddle_reads_every_drawing_without_a_warning(tmp_path: Path) -> None:
    number = CaseNumber("EV-7K3M9-QXT2H-WPCF")
    case = Standing(number=number, state=State.ENROLLED, nodes=frozenset({"5b", "7"}))
    files: list[Path] = []
    for path in ServicePath:
        for use_case in (None, *SourceUseCase):
            for language in Language:
                for standing in (None, case):
                    drawn = process(path, use_case=use_case, standing=standing)
                    files.append(tmp_path / f"{len(files)}.bpmn")
                    files[-1].write_text(process_bpmn(drawn, language=language), encoding="utf-8")
    assert read_by_moddle(*files) == [f"read {len(files)}"]


def test_a_line_that_leads_nowhere_is_heard_of(tmp_path: Path) -> None:
    file = tmp_path / "planted.bpmn"
    text = process_bpmn(process(ServicePath.ESCO), language=Language.EN)
    file.write_text(text.replace('targetRef="node_5"', 'targetRef="node_nowhere"'), encoding="utf-8")
    said = read_by_moddle(file)
    assert any("node_nowhere" in line for line in said)
