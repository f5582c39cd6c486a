"""What every row of a case renders its words by: it loads nothing that computes."""

import subprocess
import sys


def test_the_words_of_a_case_load_no_arrays() -> None:
    code = "import sys, evenroll.pages.texts; raise SystemExit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
