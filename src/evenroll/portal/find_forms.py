"""The four questions as forms: where, which vehicle, how far and when it charges, who bills."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from evenroll.accounts.wired import utility_at
from evenroll.comparison.vehicle_need import BatteryTooSmall, need_of_vehicle
from evenroll.comparison.words import named
from evenroll.costs.charging import PevNeed
from evenroll.costs.compare import Assumption
from evenroll.enrollment.form import Language
from evenroll.pages.offer_words import hour_name
from evenroll.portal.find_answers import OTHER_BILLS, OTHER_VEHICLE, UNKNOWN_BILLS, UTILITY_BILLS, Answers
from evenroll.programs.catalog import CatalogOrganization, OrganizationRole, load_catalog
from evenroll.programs.program import SupplyStatus
from evenroll.programs.vehicle_models import vehicle_list

_ZIP: Final = re.compile(r"(\d{5})(-?\d{4})?", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,3}(,\d{3})+|\d{1,9}", re.ASCII)
_OUTLETS: Final = (("1400", "find.outlet_wall"), ("7200", "find.outlet_charger"), ("11500", "find.outlet_fast"))
_MILES: Final = (100, 100_000)
_KWH: Final = (10, 20_000)
_LABEL: Final = (10, 100)
_WH: Final = 1000
DAYS: Final = 365


class WholeNumber(forms.CharField):
    """A whole number as people write it: with or without commas between thousands. least, most: both fit."""

    def __init__(self, *, least: int, most: int, inputmode: str = "numeric", **given: Any) -> None:
        self._range = (least, most)
        given.setdefault("widget", forms.TextInput(attrs={"inputmode": inputmode, "autocomplete": "off"}))
        super().__init__(max_length=20, **given)

    def clean(self, value: Any) -> int | None:
        """The number; None where nothing was said and nothing has to be."""
        text = super().clean(value).strip()
        if not text:
            return None
        least, most = self._range
        number = int(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
        if number is None or not least <= number <= most:
            raise ValidationError("find.number_wrong", params={"least": least, "most": most})
        return number


class QuestionForm(forms.Form):
    """One question, with the answers that came before it."""

    def __init__(self, *given: Any, answers: Answers, language: Language, **named_ones: Any) -> None:
        super().__init__(*given, **named_ones)
        self.answers = answers
        for name, choices in self.choices(language).items():
            field: Any = self.fields[name]
            field.choices = choices

    def choices(self, language: Language) -> dict[str, Sequence[tuple[str, str]]]:
        """What can be chosen, by field, where that depends on the reader or on earlier answers."""
        return {}

    def answered(self, answers: Answers) -> Answers:
        """The answers with this one."""
        raise NotImplementedError


class PlaceForm(QuestionForm):
    """A ZIP, or a utility."""

    postal_code = forms.CharField(
        label="find.zip",
        help_text="find.zip_hint",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    utility = forms.ChoiceField(label="find.utility", help_text="find.utility_hint", required=False)

    def choices(self, language: Language) -> dict[str, Sequence[tuple[str, str]]]:
        """Every utility by name."""
        names = sorted((named(each.name, language=language), str(each.key)) for each in utilities())
        return {"utility": [("", "find.utility_none"), *((key, name) for name, key in names)]}

    def clean(self) -> dict[str, Any]:
        """The utility that was chosen, else the one of the ZIP."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("utility") or self.errors:
            return said
        text = said.get("postal_code", "").strip()
        found = _ZIP.fullmatch(text)
        if found is None:
            self.add_error("postal_code", ValidationError("find.zip_wrong" if text else "find.zip_required"))
            return said
        utility = utility_at(found[1])
        if utility is None:
            self.add_error("postal_code", ValidationError("find.zip_unknown", params={"zip": found[1]}))
        return {**said, "utility": utility or "", "postal_code": found[1]}

    def answered(self, answers: Answers) -> Answers:
        """The answers with this one; another utility has other suppliers."""
        utility = str(self.cleaned_data["utility"])
        bills = answers.billed_by if utility == answers.utility else ""
        return answers.but(utility=utility, postal_code=self.cleaned_data["postal_code"], billed_by=bills)


class VehicleForm(QuestionForm):
    """A vehicle of the list, or another."""

    vehicle = forms.ChoiceField(
        label="find.vehicle", help_text="find.vehicle_hint", error_messages={"required": "find.vehicle_required"}
    )
    kwh_per_100_miles = WholeNumber(
        label="find.label", help_text="find.label_hint", required=False, least=_LABEL[0], most=_LABEL[1]
    )

    def choices(self, language: Language) -> dict[str, Sequence[tuple[str, str]]]:
        """Every model by name."""
        models = sorted(vehicle_list().models, key=lambda each: each.name)
        others = [("", "find.vehicle_none"), (OTHER_VEHICLE, "find.vehicle_other")]
        return {"vehicle": [*others, *((each.key, f"{each.name} ({each.model_year})") for each in models)]}

    def answered(self, answers: Answers) -> Answers:
        """The answers with this one."""
        said, vehicle = self.cleaned_data["kwh_per_100_miles"], self.cleaned_data["vehicle"]
        label = said * _WH if said and vehicle == OTHER_VEHICLE else None
        return answers.but(vehicle=vehicle, wh_per_100_miles=label)


class ChargingForm(QuestionForm):
    """Miles of a year, and when and at what the vehicle charges at home."""

    miles = WholeNumber(
        label="find.miles",
        help_text="find.miles_hint",
        least=_MILES[0],
        most=_MILES[1],
        error_messages={"required": "find.miles_required"},
    )
    plug_in_hour = forms.ChoiceField(label="find.plug_in", help_text="find.plug_in_hint")
    unplug_hour = forms.ChoiceField(label="find.unplug")
    outlet_w = forms.ChoiceField(
        label="find.outlet",
        choices=_OUTLETS,
        widget=forms.RadioSelect(
            attrs={"hints": {"1400": "find.outlet_wall_hint", "7200": "find.outlet_charger_hint"}}
        ),
    )

    def choices(self, language: Language) -> dict[str, Sequence[tuple[str, str]]]:
        """The hours of a day."""
        hours = [(str(hour), hour_name(hour, language=language)) for hour in range(24)]
        return {"plug_in_hour": hours, "unplug_hour": hours}

    def clean(self) -> dict[str, Any]:
        """Refuses what the vehicle cannot take: miles beyond its battery, too little time at the plug."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._check_need(self.answered(self.answers))
        return said

    def _check_need(self, answers: Answers) -> None:
        try:
            need, _ = need_of(answers)
        except BatteryTooSmall as small:
            given = {"daily": f"{small.daily_kwh:.0f} kWh", "most": f"{small.most_kwh:.0f} kWh"}
            self.add_error("miles", ValidationError("find.miles_battery", params=given))
            return
        hours = (need.unplug_hour - need.plug_in_hour - 1) % 24 + 1
        if hours * need.power_w * DAYS < need.annual_wh:
            self.add_error("unplug_hour", ValidationError("find.hours_short", params={"hours": str(hours)}))

    def answered(self, answers: Answers) -> Answers:
        """The answers with this one."""
        said = self.cleaned_data
        return answers.but(
            miles=said["miles"],
            plug_in_hour=int(said["plug_in_hour"]),
            unplug_hour=int(said["unplug_hour"]),
            outlet_w=int(said["outlet_w"]),
        )


class BillingForm(QuestionForm):
    """Who sells the electricity, and how much of it the household uses."""

    billed_by = forms.ChoiceField(
        label="find.billed_by",
        help_text="find.billed_by_hint",
        widget=forms.RadioSelect,
        error_messages={"required": "find.billed_by_required"},
    )
    monthly_kwh = WholeNumber(
        label="find.monthly", help_text="find.monthly_hint", required=False, least=_KWH[0], most=_KWH[1]
    )

    def choices(self, language: Language) -> dict[str, Sequence[tuple[str, str]]]:
        """The utility, the suppliers over its wires, another, not known."""
        own = organization(self.answers.utility)
        sellers = [(str(each.key), named(each.name, language=language)) for each in suppliers(own)]
        rest = [(OTHER_BILLS, "find.billed_by_other"), (UNKNOWN_BILLS, "find.billed_by_unknown")]
        return {"billed_by": [(UTILITY_BILLS, named(own.name, language=language)), *sellers, *rest]}

    def answered(self, answers: Answers) -> Answers:
        """The answers with this one."""
        return answers.but(billed_by=self.cleaned_data["billed_by"], monthly_kwh=self.cleaned_data["monthly_kwh"] or 0)


def need_of(answers: Answers) -> tuple[PevNeed, tuple[Assumption, ...]]:
    """What the vehicle draws at home. Raises NeedWrong, BatteryTooSmall."""
    return need_of_vehicle(
        answers.miles or 0,
        vehicle=vehicle_list().model(answers.vehicle),
        wh_per_100_miles=answers.wh_per_100_miles,
        power_w=answers.outlet_w,
        plugged_in=(answers.plug_in_hour, answers.unplug_hour),
    )


def utilities() -> tuple[CatalogOrganization, ...]:
    """Every utility that has programs in the catalog."""
    return tuple(each for each in load_catalog().organizations if each.role is OrganizationRole.UTILITY)


def organization(key: str) -> CatalogOrganization:
    """An organization of the catalog. Raises LookupError."""
    found = next((each for each in load_catalog().organizations if each.key == key), None)
    if found is None:
        raise LookupError(f"The catalog has no organization {key}. Ask anew.")
    return found


def suppliers(utility: CatalogOrganization) -> tuple[CatalogOrganization, ...]:
    """Who sells electricity over these wires, where customers have a choice."""
    programs = [each for each in load_catalog().programs if each.organization == utility.key]
    if not any(SupplyStatus.ESCO in each.supply_admitted for each in programs):
        return ()
    return tuple(
        each
        for each in load_catalog().organizations
        if each.role is OrganizationRole.SUPPLIER and each.calendar == utility.calendar
    )
