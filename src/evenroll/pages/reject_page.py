"""The page of reject codes in `docs`: code, text, cure, who acts and what the case does, made from the table itself."""

from __future__ import annotations

from typing import Final

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.programs.reject_codes import RejectRule, reject_rules

_HEAD: Final = """# What a clearinghouse may answer to a supply switch

Each code of the trade with the sentence that the customer hears, what mends it, who does that and within what time, and
what the case does meanwhile. The table stands in `src/evenroll/programs/trade/reject_codes.yaml`, the sentences in
`src/evenroll/pages/catalog/supply.yaml`; this page is made from both and checked by
`tests/enrollment/test_reject_codes.py`. A status comes beside an acceptance and stops nothing. Days are calendar days
for the customer and business days for staff.

| Code | Kind | English | Spanish | Cure | Who acts | Days | What happens |
|---|---|---|---|---|---|---|---|
"""


def reject_page() -> str:
    """The whole page, Markdown. Raises TextMissing."""
    return _HEAD + "".join(_line(rule) for rule in reject_rules().values())


def _line(rule: RejectRule) -> str:
    english, spanish = (render(rule.code, language=language) for language in (Language.EN, Language.ES))
    en = Language.EN
    cells = (
        f"`{rule.code.value}`",
        rule.kind.value,
        english,
        spanish,
        render(rule.cure, language=en),
        render(rule.owner, language=en),
        str(rule.days) if rule.days else "",
        render(rule.does, language=en),
    )
    return f"| {' | '.join(cells)} |\n"
