"""What a customer is asked with each command that the portal offers; fields are named like those of the payload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from django import forms

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Language
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.moving_events import OwnershipDocument, VehicleAnswer
from evenroll.enrollment.papers import documents_of, ownership_of
from evenroll.enrollment.service_order import VisitWindow
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import key_of
from evenroll.programs.program import DocumentKind, ProgramVersion, Track
from evenroll.programs.rules import Drivetrain
from evenroll.records.papers import PaperRow

TEXT_MAX = 60
LONG_MAX = 300
PRICE_DIGITS = 11
_YES_NO = (("yes", "case_ask.yes"), ("no", "case_ask.no"))
_WHY = (
    ("trip", "case_ask.why_trip"),
    ("guests", "case_ask.why_guests"),
    ("need_to_drive", "case_ask.why_need_to_drive"),
    ("weather", "case_ask.why_weather"),
    ("other", "case_ask.why_other"),
)
_LEAVES = (
    (LeaveReason.NOT_SAVING.value, "case_ask.leave_not_saving"),
    (LeaveReason.TOO_MUCH_TROUBLE.value, "case_ask.leave_too_much_trouble"),
    (LeaveReason.NO_VEHICLE.value, "case_ask.leave_no_vehicle"),
    (LeaveReason.MOVED.value, "case_ask.leave_moved"),
    (LeaveReason.HARDSHIP.value, "case_ask.leave_hardship"),
    (LeaveReason.OTHER.value, "case_ask.leave_other"),
)
_USES = (
    (UseKind.OPT_OUT.value, "case_ask.use_opt_out"),
    (UseKind.OPT_IN.value, "case_ask.use_opt_in"),
    (UseKind.OVERRIDE.value, "case_ask.use_override"),
)


class Questions(forms.Form):
    """The questions of one command. A command that says nothing but its name has none."""

    def __init__(
        self,
        *given: Any,
        case: Case,
        program: ProgramVersion | None,
        today: date,
        papers: Sequence[PaperRow] = (),
        language: Language = Language.EN,
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self.case, self.program, self.today = case, program, today
        self.language = language
        self.papers = frozenset(each.kind for each in papers)
        self.fit()

    def fit(self) -> None:
        """Fit choices and first answers to the case."""

    def values(self) -> dict[str, str]:
        """The answers as they are said to the command; only after they were found valid."""
        given = {name: _said(value) for name, value in self.cleaned_data.items()} if self.fields else {}
        return {name: text for name, text in given.items() if text}


def _said(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(str(each) for each in value)
    return "" if value is None else str(value)


def asked_one(label: str, choices: Sequence[tuple[str, str]], *, required: bool = True) -> forms.ChoiceField:
    """One of these."""
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect(), required=required)


def codes(members: Sequence[StrEnum]) -> Sequence[tuple[str, str]]:
    """Choices of a code enum, in its words."""
    return [(each.value, key_of(each)) for each in members]


def asked_day(label: str, *, hint: str = "", required: bool = True) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": ""}),
        error_messages={"invalid": "case_ask.day_wrong", "required": "case_ask.day_missing"},
    )


def asked_text(
    label: str, *, hint: str = "", required: bool = True, long: bool = False, **attrs: str
) -> forms.CharField:
    """A text of one line. long: such as an address."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONG_MAX if long else TEXT_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs}),
    )


def _fit_documents(form: Questions) -> None:
    """Ask for the documents among the papers that were sent, each as if ticked; without any, not at all."""
    there = sorted(documents_of(form.papers))
    if not there:
        del form.fields["documents"]
        return
    asked: Any = form.fields["documents"]
    asked.choices = codes(there)
    form.initial.setdefault("documents", [each.value for each in there])


class Leaving(Questions):
    """UNENROLL."""

    reason = asked_one("case_ask.leave_reason", _LEAVES)
    on = asked_day("case_ask.leave_on", hint="case_ask.leave_on_hint", required=False)


class OtherVisit(Questions):
    """REBOOK_VISIT."""

    visit_on = asked_day("case_ask.visit_on", hint="case_ask.visit_on_hint")
    window = asked_one("case_ask.visit_window", codes(list(VisitWindow)))

    def fit(self) -> None:
        """All day is what most take."""
        self.initial.setdefault("window", VisitWindow.ALL_DAY.value)


class Permit(Questions):
    """SHOW_PERMIT."""

    seen_on = asked_day("case_ask.permit_on")


class Papers(Questions):
    """PROVE_VEHICLE."""

    document = asked_one("case_ask.ownership", codes(list(OwnershipDocument)))

    def fit(self) -> None:
        """Only what was sent shows anything."""
        shown = dict.fromkeys(filter(None, (ownership_of(each) for each in sorted(self.papers))))
        document: Any = self.fields["document"]
        document.choices = codes(list(shown))
        if len(shown) == 1:
            self.initial.setdefault("document", next(iter(shown)).value)


class RightVin(Questions):
    """CORRECT_VIN."""

    vin = asked_text("case_ask.vin", hint="case_ask.vin_hint", autocapitalize="characters")


class StillMine(Questions):
    """ANSWER_VEHICLE."""

    answer = asked_one("case_ask.vehicle_answer", codes(list(VehicleAnswer)))


class OpenCondition(Questions):
    """MEET_CONDITION, of the condition that is open."""

    vin = asked_text("case_ask.vin", hint="case_ask.vin_hint", required=False, autocapitalize="characters")
    documents = forms.MultipleChoiceField(
        label="case_ask.documents",
        choices=codes(list(DocumentKind)),
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )

    def fit(self) -> None:
        """Only papers that are there."""
        _fit_documents(self)

    def values(self) -> dict[str, str]:
        """With the name of the condition, which nobody types."""
        open_ = (each for each in self.case.tracks.values() if (each.track, each.state) == (Track.CONDITION, State.DUE))
        return {"rule": next((each.subject for each in open_), ""), **super().values()}


class Cure(Questions):
    """GIVE_CURE: only what is answered is said."""

    documents = forms.MultipleChoiceField(
        label="case_ask.documents",
        help_text="case_ask.documents_hint",
        choices=codes(list(DocumentKind)),
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )
    drivetrain = asked_one("case_ask.drivetrain", codes(list(Drivetrain)), required=False)
    vin = asked_text("case_ask.vin", hint="case_ask.vin_hint", required=False, autocapitalize="characters")
    equipment_bought_on = asked_day("case_ask.bought_on", required=False)

    def fit(self) -> None:
        """Only papers that are there."""
        _fit_documents(self)

    def clean(self) -> dict[str, Any]:
        """Something has to be said."""
        if not any(self.cleaned_data.values()):
            raise forms.ValidationError("case_ask.nothing_said")
        return self.cleaned_data


class Equipment(Questions):
    """CHOOSE_EQUIPMENT."""

    kind = asked_one("case_ask.equipment", codes(list(EquipmentKind)))
    model = asked_text("case_ask.model", hint="case_ask.model_hint", required=False)
    outlet = asked_text("case_ask.outlet", hint="case_ask.outlet_hint")


class Purchase(Questions):
    """RECORD_PURCHASE."""

    outlet = asked_text("case_ask.outlet", hint="case_ask.outlet_hint")
    bought_on = asked_day("case_ask.bought_on")
    price = forms.DecimalField(
        label="case_ask.price",
        help_text="case_ask.price_hint",
        min_value=0,
        max_digits=PRICE_DIGITS,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "case_ask.price_wrong", "max_decimal_places": "case_ask.price_wrong"},
    )


class Installation(Questions):
    """RECORD_INSTALLATION."""

    installer = asked_one("case_ask.installer", codes(list(Installer)))
    installed_on = asked_day("case_ask.installed_on")
    hard_wired = asked_one("case_ask.hard_wired", _YES_NO)
    permit = asked_text("case_ask.permit", hint="case_ask.permit_hint", required=False)
    serial = asked_text("case_ask.serial", hint="case_ask.serial_hint")
    model = asked_text("case_ask.model", hint="case_ask.model_installed_hint", required=False)


class Inspection(Questions):
    """RECORD_INSPECTION."""

    passed = asked_one("case_ask.passed", _YES_NO)
    inspected_on = asked_day("case_ask.inspected_on")


class Device(Questions):
    """REGISTER_DEVICE."""

    device = asked_text("case_ask.device", hint="case_ask.device_hint")
    kind = asked_one("case_ask.device_kind", (("evse", "case_ask.device_evse"), ("vehicle", "case_ask.device_vehicle")))


class Parameters(Questions):
    """SET_PARAMETERS: the times at which the car charges, in the program of the case."""

    charge_from = forms.TimeField(
        label="case_ask.charge_from",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "case_ask.time_wrong"},
    )
    charge_until = forms.TimeField(
        label="case_ask.charge_until",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "case_ask.time_wrong"},
    )

    def values(self) -> dict[str, str]:
        """The program that governs is that of the case."""
        given = (f"{name}={at:%H:%M}" for name, at in self.cleaned_data.items())
        return {"program": self.case.chosen.program if self.case.chosen else "", "parameters": "; ".join(given)}


class Use(Questions):
    """RECORD_USE."""

    kind = asked_one("case_ask.use", _USES)
    on = asked_day("case_ask.use_on")
    reason = asked_one("case_ask.use_reason", _WHY)

    def fit(self) -> None:
        """The day of the next event that is called, where one is."""
        ahead = sorted(each.starts_at for each in self.case.ledger.events if each.is_open)
        self.initial.setdefault("on", ahead[0].date() if ahead else self.today)


class Moving(Questions):
    """MOVE_OUT."""

    moved_on = asked_day("case_ask.moved_on", hint="case_ask.moved_on_hint")


class Vehicle(Questions):
    """ADD_VEHICLE."""

    drivetrain = asked_one("case_ask.drivetrain", codes(list(Drivetrain)))
    vin = asked_text("case_ask.vin", hint="case_ask.vin_hint", autocapitalize="characters")


QUESTIONS: Final[Mapping[C, type[Questions]]] = MappingProxyType(
    {
        C.WITHDRAW: Questions,
        C.RESCIND: Questions,
        C.UNENROLL: Leaving,
        C.STAY_ENROLLED: Questions,
        C.OPEN_APPEAL: Questions,
        C.ACCEPT_PLACE: Questions,
        C.CONFIRM_INTEREST: Questions,
        C.REBOOK_VISIT: OtherVisit,
        C.SHOW_PERMIT: Permit,
        C.GIVE_CURE: Cure,
        C.MEET_CONDITION: OpenCondition,
        C.PROVE_VEHICLE: Papers,
        C.CORRECT_VIN: RightVin,
        C.ANSWER_VEHICLE: StillMine,
        C.CHOOSE_EQUIPMENT: Equipment,
        C.RECORD_PURCHASE: Purchase,
        C.RECORD_INSTALLATION: Installation,
        C.RECORD_INSPECTION: Inspection,
        C.REGISTER_DEVICE: Device,
        C.SET_PARAMETERS: Parameters,
        C.CONFIRM_PARAMETERS: Questions,
        C.RECORD_USE: Use,
        C.END_CONSENT: Questions,
        C.RENEW_CONSENT: Questions,
        C.MOVE_OUT: Moving,
        C.ADD_VEHICLE: Vehicle,
    }
)
"""Those that change nothing of what is enrolled, and adding a vehicle; see `case_changes` for the others."""
