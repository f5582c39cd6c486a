"""Lighthouse on portal pages: scores of accessibility and performance as on a phone; `make lighthouse` prints them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.browser import judges

LIGHTHOUSE = Path(__file__).parents[2] / ".judges" / "node_modules" / "lighthouse" / "cli" / "index.js"
VERSION = "12.8.2"
TO_REACH: Mapping[str, int] = {"accessibility": 100, "performance": 95}
_SECONDS_MAX = 180


def missing() -> str:
    """What is missing on this machine, in a sentence that says how one gets it; empty where nothing is."""
    if judges.chromium() is None:
        return judges.missing()
    if shutil.which("node") is None or not LIGHTHOUSE.is_file():
        return "Lighthouse is not here: `sh bin/judges lighthouse` puts it into .judges, with Node 20 or newer."
    return ""


def scores(address: str, *, cookies: Mapping[str, str], folder: Path) -> Mapping[str, int]:
    """The scores of a page by category, of 100, in Lighthouse's own phone and network."""
    told = folder / "lighthouse.json"
    command = [
        *("node", str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={told}"),
        f"--only-categories={','.join(TO_REACH)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ]
    if cookies:
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        command.append(f"--extra-headers={json.dumps({'Cookie': said})}")
    environment = {**os.environ, "CHROME_PATH": judges.chromium() or ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS_MAX)
    if done.returncode:
        raise RuntimeError(f"Lighthouse could not judge {address}: {done.stderr.strip()[-300:]}")
    found = json.loads(told.read_text(encoding="utf-8"))["categories"]
    return {name: round(found[name]["score"] * 100) for name in TO_REACH}


def main() -> int:
    """Judge the pages; 1 where one misses what is to be reached."""
    if told := missing():
        print(told)
        return 0
    from tests.browser.lighthouse_pages import judged

    found = judged()
    load = os.getloadavg()[0]
    for name, each in found.items():
        print(f"{name:<20}" + "".join(f"{category:>16} {score:>3}" for category, score in each.items()))
    lowest = {name: min(each[name] for each in found.values()) for name in TO_REACH}
    reached = ", ".join(f"{name} {score}" for name, score in lowest.items())
    print(
        f"| Lighthouse {VERSION} on {len(found)} portal pages, as on a phone (`make lighthouse`) | "
        f"{', '.join(f'{name} {score}' for name, score in TO_REACH.items())} | lowest: {reached}; load {load:.1f} |"
    )
    return int(any(lowest[name] < score for name, score in TO_REACH.items()))


if __name__ == "__main__":
    sys.exit(main())
