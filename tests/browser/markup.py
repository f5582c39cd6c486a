"""The markup of pages as the server sends it, and what html-validate says of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urljoin

from tests.browser.served import Visit

VALIDATOR = Path(__file__).parents[2] / ".judges" / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
RULES = Path(__file__).parent / "html_rules.json"
_FORM = re.compile(r'<form method="post"([^>]*) novalidate>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_ACTION = re.compile(r'action="([^"]*)"')


def missing() -> str:
    """What is missing on this machine, in a sentence that says how one gets it; empty where nothing is."""
    if shutil.which("node") is None:
        return "Node is not here: install it (Debian: apt install nodejs npm)."
    if not VALIDATOR.is_file():
        return "html-validate is not here: `sh bin/judges` puts it into .judges."
    return ""


def page_of(visit: Visit, address: str, *, language: str) -> str:
    """The page as it is sent."""
    return _asked(visit, address, visit.path, language=language)


def page_of_error(visit: Visit, address: str, *, language: str) -> str:
    """What its form answers when nothing was filled in; empty where it has none, or where that is no error."""
    form = _FORM.search(page_of(visit, address, language=language))
    if form is None or not re.search(r"<(input(?! type=.hidden)|select|textarea)\b", form[2]):
        return ""
    action = _ACTION.search(form[1])
    said = dict(_HIDDEN.findall(form[2]))
    page = _asked(visit, address, urljoin(visit.path, action[1] if action else ""), language=language, said=said)
    return page if "govuk-error-summary" in page else ""


def faults_of(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What html-validate finds in these pages, by name, rule and place."""
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    command = ["node", str(VALIDATOR), "--config", str(RULES), "--formatter", "json", str(folder / "*.html")]
    # Into a file: of a pipe it writes no more than fits before it ends.
    with (folder / "told.json").open("w+", encoding="utf-8") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False, cwd=RULES.parents[2])
        assert done.returncode in (0, 1), done.stderr
        out.seek(0)
        found = json.loads(out.read() or "[]")
    return [
        f"{Path(page['filePath']).stem}: {each['ruleId']}: {each['message']} ({each.get('selector')})"
        for page in found
        for each in page["messages"]
    ]


def _asked(visit: Visit, address: str, path: str, *, language: str, said: Mapping[str, str] | None = None) -> str:
    cookies = {**visit.cookies, "language": language}
    body = None
    if said is not None:
        cookies["form"] = said["csrfmiddlewaretoken"]
        body = urlencode(said).encode()
    request = urllib.request.Request(address + path, data=body)
    request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read().decode()
