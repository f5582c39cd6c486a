"""The questions of an application as forms: each reads and writes answers as a file of applications has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from evenroll.enrollment.form import Dwelling, Holder, Statement
from evenroll.intake.drafted import faults_of
from evenroll.pages.texts import has, key_of
from evenroll.programs.program import ConsentKind, ProgramVersion
from evenroll.programs.rules import Drivetrain, HomeType, RuleKind
from evenroll.quantities.identifiers import VinWrong, check_vin

_LONG, _SHORT = 500, 60
_CHOSEN = "choice_"
_YES, _NO = "yes", "no"
_STATEMENTS = {
    RuleKind.ATTESTATION_GIVEN: Statement.PLUG_IN_ATTESTED,
    RuleKind.REGISTERED_AT_SERVICE_LOCATION: Statement.REGISTERED_HERE,
    RuleKind.TELEMATICS_CONNECTED: Statement.VEHICLE_CONNECTED,
    RuleKind.NO_OPEN_RECALL: Statement.RECALL_OPEN,
}


class QuestionForm(forms.Form):
    """A page of the application. columns: what it answers, by the names of a file's columns."""

    columns: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, given: Any, files: Any = None, *, cells: Mapping[str, str], program: ProgramVersion, today: date
    ) -> None:
        super().__init__(given, files, initial=self.read(cells))
        self._program, self._today, self.cells_before = program, today, cells
        self.add_questions(program)

    def add_questions(self, program: ProgramVersion) -> None:
        """Questions that only some programs ask."""

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """What was answered before, by question."""
        return dict(cells)

    def cells(self) -> dict[str, str]:
        """The answers by column; "" where nothing was said."""
        said: dict[str, Any] = self.cleaned_data
        return {column: " ".join(str(said.get(column) or "").split()) for column in self.columns}

    def clean(self) -> dict[str, Any]:
        """Told what is wrong with an answer as a row of a file would be."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        own = {**self.cells_before, **self.cells()}
        for column, code in faults_of(own, columns=self.columns, today=self._today):
            if column in self.fields and column not in self.errors:
                self.add_error(column, ValidationError(f"enroll.fault_{code.value}"))
        return said

    def one_of(self, names: tuple[str, ...], *, missing: str) -> None:
        """Ask for at least one of several answers."""
        if not any(str(self.cleaned_data.get(name) or "").strip() or name in self.errors for name in names):
            self.add_error(names[0], ValidationError(missing))


class HolderForm(QuestionForm):
    """Who applies, in relation to the account."""

    columns: ClassVar[tuple[str, ...]] = ("holder",)
    holder = forms.ChoiceField(
        label="enroll.holder",
        help_text="enroll.holder_hint",
        choices=[(each.value, f"enroll.holder_{each.value}") for each in Holder if each is not Holder.UNSAID],
        widget=forms.RadioSelect,
        error_messages={"required": "enroll.holder_required"},
    )


class AccountForm(QuestionForm):
    """The number of the account; who does not have it says so by the other button."""

    columns: ClassVar[tuple[str, ...]] = ("account_number",)
    account_number = forms.CharField(
        label="enroll.account",
        help_text="enroll.account_hint",
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "enroll.account_required"},
    )


class PersonForm(QuestionForm):
    """Name and how to reach them; one way is enough."""

    columns: ClassVar[tuple[str, ...]] = ("name", "email", "phone", "mailing_address")
    name = forms.CharField(
        label="enroll.name",
        help_text="enroll.name_hint",
        max_length=_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "missing.name"},
    )
    email = forms.CharField(
        label="enroll.email",
        required=False,
        max_length=_LONG,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label="enroll.phone",
        required=False,
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    mailing_address = forms.CharField(
        label="enroll.mailing",
        help_text="enroll.mailing_hint",
        required=False,
        max_length=_LONG,
        widget=forms.Textarea(attrs={"rows": "3", "autocomplete": "street-address"}),
    )

    def clean(self) -> dict[str, Any]:
        """At least one way to reach them."""
        said = super().clean()
        self.one_of(("email", "phone", "mailing_address"), missing="missing.contact")
        return said


class AddressForm(QuestionForm):
    """The premise."""

    columns: ClassVar[tuple[str, ...]] = ("service_address", "postal_code")
    service_address = forms.CharField(
        label="enroll.address",
        help_text="enroll.address_hint",
        max_length=_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        error_messages={"required": "enroll.address_required"},
    )
    postal_code = forms.CharField(
        label="enroll.zip",
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code", "size": "10"}),
        error_messages={"required": "missing.postal_code"},
    )


class HomeForm(QuestionForm):
    """The dwelling, where the program asks by whose leave one may charge there."""

    columns: ClassVar[tuple[str, ...]] = ("dwelling", "home")
    dwelling = forms.ChoiceField(
        label="enroll.dwelling",
        choices=[(each.value, f"enroll.dwelling_{each.value}") for each in Dwelling if each is not Dwelling.UNSAID],
        widget=forms.RadioSelect(attrs={"hints": {Dwelling.SHARED_GARAGE.value: "enroll.dwelling_shared_garage_hint"}}),
        error_messages={"required": "enroll.dwelling_required"},
    )

    def add_questions(self, program: ProgramVersion) -> None:
        """The kind of building, for programs that admit some only."""
        if asks(program, RuleKind.HOME_TYPE_IN):
            self.fields["home"] = forms.ChoiceField(
                label="enroll.home",
                choices=[(each.value, key_of(each)) for each in HomeType],
                widget=forms.RadioSelect,
            )


class ProofForm(QuestionForm):
    """What only who lives there knows: the number on the meter, or the last bill."""

    columns: ClassVar[tuple[str, ...]] = ("meter_serial", "last_bill_amount")
    meter_serial = forms.CharField(
        label="enroll.meter",
        help_text="enroll.meter_hint",
        required=False,
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    last_bill_amount = forms.CharField(
        label="enroll.bill",
        help_text="enroll.bill_hint",
        required=False,
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": "12"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is enough."""
        said = super().clean()
        self.one_of(("meter_serial", "last_bill_amount"), missing="enroll.proof_required")
        return said


class VehicleForm(QuestionForm):
    """What drives the car, and its model."""

    columns: ClassVar[tuple[str, ...]] = ("drivetrain", "model")
    drivetrain = forms.ChoiceField(
        label="enroll.drivetrain",
        choices=[(each.value, f"enroll.drivetrain_{each.value}") for each in Drivetrain],
        widget=forms.RadioSelect,
        error_messages={"required": "enroll.drivetrain_required"},
    )
    model = forms.CharField(
        label="enroll.model",
        help_text="enroll.model_hint",
        required=False,
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class VinForm(QuestionForm):
    """The car's number; a car on order has none yet, which the other button says."""

    columns: ClassVar[tuple[str, ...]] = ("vin", "vehicle_on_order")
    vin = forms.CharField(
        label="enroll.vin",
        help_text="enroll.vin_hint",
        max_length=_SHORT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "enroll.vin_required"},
    )

    def clean_vin(self) -> str:
        """Whoever types it can mend it at once."""
        try:
            return check_vin(self.cleaned_data["vin"])
        except VinWrong as wrong:
            raise ValidationError(f"enroll.fault_vin_{wrong.fault.value}") from None


class StatementsForm(QuestionForm):
    """What a customer says with yes or no because the program asks for it, and when the charger was bought."""

    columns: ClassVar[tuple[str, ...]] = ("statements", "equipment_bought_on")

    def add_questions(self, program: ProgramVersion) -> None:
        """One question for each condition of the program."""
        for kind, statement in _STATEMENTS.items():
            if asks(program, kind):
                self.fields[statement.value] = forms.ChoiceField(
                    label=f"enroll.statement_{statement.value}",
                    choices=[(_YES, "enroll.yes"), (_NO, "enroll.no")],
                    widget=forms.RadioSelect,
                )
        if asks(program, RuleKind.PURCHASED_WITHIN):
            self.fields["equipment_bought_on"] = forms.CharField(
                label="enroll.bought_on", help_text="enroll.bought_on_hint", required=False, max_length=_SHORT
            )

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """What was said before."""
        return {**stated(cells), "equipment_bought_on": cells.get("equipment_bought_on", "")}

    def cells(self) -> dict[str, str]:
        """All statements in one column."""
        said = self.cleaned_data
        given = [f"{each.value}={said[each.value]}" for each in Statement if said.get(each.value)]
        return {"statements": ";".join(given), "equipment_bought_on": said.get("equipment_bought_on", "")}


class TermsForm(QuestionForm):
    """What there is to choose inside the program; without any, the page is read only."""

    columns: ClassVar[tuple[str, ...]] = ("selections",)

    def add_questions(self, program: ProgramVersion) -> None:
        """One question for each choice."""
        for each in program.selections:
            self.fields[f"{_CHOSEN}{each.key}"] = forms.ChoiceField(
                label=_named("select", each.key),
                choices=[(option, _named("option", option)) for option in each.options],
                widget=forms.RadioSelect,
                error_messages={"required": "missing.selection"},
            )

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The choices made before."""
        return {f"{_CHOSEN}{key}": option for key, option in chosen(cells).items()}

    def cells(self) -> dict[str, str]:
        """All choices in one column."""
        said = {name.removeprefix(_CHOSEN): self.cleaned_data.get(name, "") for name in self.fields}
        return {"selections": ";".join(f"{key}={option}" for key, option in said.items() if option)}


class ConsentsForm(QuestionForm):
    """Each consent by itself; those that the program needs are asked for, and handing over is free."""

    columns: ClassVar[tuple[str, ...]] = ("consents", "consents_hand_over")
    hand_over = forms.BooleanField(label="enroll.hand_over", help_text="enroll.hand_over_hint", required=False)

    def add_questions(self, program: ProgramVersion) -> None:
        """One box for each that the program needs, before the free one."""
        needed: dict[str, forms.Field] = {
            kind.value: forms.BooleanField(
                label=key_of(kind), error_messages={"required": f"missing.consent_{kind.value}"}
            )
            for kind in program.consents_required
        }
        self.fields = {**needed, **self.fields}

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """What was ticked before; nothing on the first visit."""
        ticked = {each: True for each in cells.get("consents", "").split(";") if each}
        return {**ticked, "hand_over": cells.get("consents_hand_over") == _YES}

    def cells(self) -> dict[str, str]:
        """The ticked ones."""
        said = self.cleaned_data
        given = [each.value for each in ConsentKind if said.get(each.value)]
        return {"consents": ";".join(given), "consents_hand_over": _YES if said.get("hand_over") else ""}


def asks(program: ProgramVersion, *kinds: RuleKind) -> bool:
    """Whether the program has a rule of one of these kinds."""
    return any(each.kind in kinds for each in program.rules)


def states(program: ProgramVersion) -> bool:
    """Whether the program asks for anything that a customer says with yes or no, or for the day of a purchase."""
    return asks(program, *_STATEMENTS, RuleKind.PURCHASED_WITHIN)


def chosen(cells: Mapping[str, str]) -> dict[str, str]:
    """The selections of these answers, option by key."""
    return _pairs(cells.get("selections", ""))


def stated(cells: Mapping[str, str]) -> dict[str, str]:
    """The statements of these answers, yes or no by name."""
    return _pairs(cells.get("statements", ""))


def _pairs(text: str) -> dict[str, str]:
    parts = (each.partition("=") for each in text.split(";") if each)
    return {key: option for key, _, option in parts}


def _named(subject: str, code: str) -> str:
    key = f"enroll.{subject}_{code}"
    return key if has(key) else code.replace("_", " ")
