"""What a customer is asked to change what is enrolled: program, supplier, home, vehicles, equipment."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.moving_commands import EquipmentPart
from evenroll.enrollment.roles import OrganizationKind
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import key_of
from evenroll.portal.case_questions import (
    QUESTIONS,
    Moving,
    Questions,
    Vehicle,
    asked_one,
    asked_text,
    codes,
)
from evenroll.programs.program import ConsentKind, ProgramVersion, Track, is_open
from evenroll.programs.text import Language as ProgramLanguage
from evenroll.records.organizations import organization_keys, organization_names
from evenroll.records.program_shelf import published_programs

_DEFAULT: Final = "default"
_CONSENT: Final = "consent_"
_USES: Final = (("evse", "case_ask.device_evse"), ("vehicle", "case_ask.device_vehicle"))


def _choices(form: Questions, name: str, choices: list[tuple[str, str]]) -> None:
    asked: Any = form.fields[name]
    asked.choices = choices


def _named(program: ProgramVersion, form: Questions) -> tuple[str, str]:
    return str(program.key), program.name.in_language(ProgramLanguage(form.language.value))


class _Consenting(Questions):
    """Asks for each consent by itself; none is ticked before."""

    def ask_consents(self, kinds: frozenset[ConsentKind]) -> None:
        """One box each."""
        for each in sorted(kinds):
            self.fields[f"{_CONSENT}{each.value}"] = forms.BooleanField(label=key_of(each), required=False)

    def need_consents(self, program: ProgramVersion | None) -> None:
        """Those without which this program is not signed."""
        for each in program.consents_required if program is not None else ():
            if not self.cleaned_data.get(f"{_CONSENT}{each.value}"):
                self.add_error(f"{_CONSENT}{each.value}", ValidationError(f"missing.consent_{each.value}"))

    def values(self) -> dict[str, str]:
        """Signed today."""
        said = {name: value for name, value in super().values().items() if not name.startswith(_CONSENT)}
        given = [each.value for each in ConsentKind if self.cleaned_data.get(f"{_CONSENT}{each.value}")]
        return {**said, "consents": ";".join(given), "signed_on": self.today.isoformat()}


class OtherProgram(_Consenting):
    """CHANGE_PROGRAM: what this provider offers beside; a program with choices of its own is signed at the desk."""

    program = asked_one("case_change.program", ())

    def fit(self) -> None:
        """The open ones of the same organization."""
        self.open = {
            str(each.key): each
            for each in published_programs((self.case.organization,), on=self.today)
            if is_open(each, on=self.today) and not each.selections and each.key != _own(self.case)
        }
        _choices(self, "program", [_named(each, self) for each in self.open.values()])
        self.ask_consents(frozenset(kind for each in self.open.values() for kind in each.consents_required))

    def clean(self) -> dict[str, Any]:
        """With the consents of the program that was chosen."""
        self.need_consents(self.open.get(self.cleaned_data.get("program", "")))
        return self.cleaned_data


def _own(case: Case) -> str:
    return str(case.chosen.program) if case.chosen else ""


class OtherSupplier(Questions):
    """CHANGE_SUPPLIER."""

    to = asked_one("case_change.supplier", ())

    def fit(self) -> None:
        """Every other supplier known here, and the utility's own supply."""
        names, own = organization_names(), self.case.organization
        others = [each for each in organization_keys(kind=OrganizationKind.SUPPLIER) if each != own]
        _choices(self, "to", [(_DEFAULT, "case_change.default_supply"), *((each, names[each]) for each in others)])

    def values(self) -> dict[str, str]:
        """Default service is told by naming nobody."""
        to = self.cleaned_data["to"]
        return {} if to == _DEFAULT else {"to": to}


class MovingAlong(_Consenting, Moving):
    """MOVE_WITH_CAR."""

    service_address = asked_text("case_change.address", long=True)
    postal_code = asked_text("case_change.zip", inputmode="numeric")
    name = asked_text("enroll.name", hint="case_change.name_hint", required=False, long=True)
    account_number = asked_text("case_change.account", hint="case_change.account_hint", required=False)
    meter_serial = asked_text("enroll.meter", required=False)
    last_bill_amount = asked_text("enroll.bill", required=False, inputmode="decimal")

    def fit(self) -> None:
        """The consents of the program, anew."""
        self.ask_consents(frozenset(self.program.consents_required if self.program else ()))

    def clean(self) -> dict[str, Any]:
        """Signed anew, for another home."""
        self.need_consents(self.program)
        return self.cleaned_data


class GoingVehicle(Questions):
    """REMOVE_VEHICLE."""

    pevid = asked_one("case_change.vehicle", ())

    def fit(self) -> None:
        """Those of the enrollment, by our own number."""
        _choices(self, "pevid", [(str(each.pevid), str(each.pevid)) for each in self.case.vehicles])


class OtherVehicle(Vehicle):
    """SWAP_VEHICLE: which one goes is asked only where there are several."""

    pevid = asked_one("case_change.vehicle", ())

    def fit(self) -> None:
        """Those of the enrollment."""
        if len(self.case.vehicles) < 2:
            del self.fields["pevid"]
            return
        _choices(self, "pevid", [(str(each.pevid), str(each.pevid)) for each in self.case.vehicles])
        self.order_fields(["pevid"])


class GoingEquipment(Questions):
    """REMOVE_EQUIPMENT."""

    what = asked_one("case_change.going", ())

    def fit(self) -> None:
        """The charger, and each device."""
        charger = [(EquipmentPart.CHARGER.value, key_of(EquipmentPart.CHARGER))] if _has_charger(self.case) else []
        _choices(self, "what", [*charger, *((each.device, each.device) for each in self.case.devices)])

    def values(self) -> dict[str, str]:
        """Which part it is tells itself."""
        what = self.cleaned_data["what"]
        if what == EquipmentPart.CHARGER.value:
            return {"part": what}
        return {"part": EquipmentPart.DEVICE.value, "device": what}


class OtherEquipment(GoingEquipment):
    """SWAP_EQUIPMENT: what goes, and the questions about what comes; those of the other part stay empty."""

    kind = asked_one("case_ask.equipment", codes(list(EquipmentKind)), required=False)
    model = asked_text("case_ask.model", hint="case_ask.model_hint", required=False)
    outlet = asked_text("case_ask.outlet", hint="case_ask.outlet_hint", required=False)
    device = asked_text("case_ask.device", hint="case_ask.device_hint", required=False)
    use = asked_one("case_ask.device_kind", _USES, required=False)

    def fit(self) -> None:
        """Only the questions of parts that are there."""
        super().fit()
        gone = [] if self.case.devices else ["device", "use"]
        for each in gone if _has_charger(self.case) else ["kind", "model", "outlet", *gone]:
            del self.fields[each]

    def clean(self) -> dict[str, Any]:
        """What comes has to be said."""
        is_charger = self.cleaned_data.get("what") == EquipmentPart.CHARGER.value
        for each in ("kind", "outlet") if is_charger else ("device", "use"):
            if each in self.fields and not self.cleaned_data.get(each):
                self.add_error(each, ValidationError("web.error_required", code="required"))
        return self.cleaned_data

    def values(self) -> dict[str, str]:
        """Only the answers of the part that goes."""
        said = {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
        if said["what"] == EquipmentPart.CHARGER.value:
            new = {name: said[name] for name in ("kind", "model", "outlet") if said.get(name)}
            return {"part": said["what"], **new}
        return {"part": EquipmentPart.DEVICE.value, "old": said["what"], "device": said["device"], "use": said["use"]}


class OfferedProgram(Questions):
    """CHOOSE_PROGRAM: among those that were shown."""

    program = asked_one("case_change.program", ())

    def fit(self) -> None:
        """By their names where they are published here."""
        keys = {each.program for each in self.case.shown}
        found = published_programs({each.organization for each in self.case.shown}, on=self.today)
        _choices(self, "program", [_named(each, self) for each in found if each.key in keys])


class MeantPoint(Questions):
    """CHOOSE_USAGE_POINT."""

    pod = asked_one("case_change.pod", ())

    def fit(self) -> None:
        """Those that the registrar found at the address."""
        points = self.case.provider.points if self.case.provider else ()
        _choices(self, "pod", [(str(each), str(each)) for each in points])


def _has_charger(case: Case) -> bool:
    return case.state_of(Track.EQUIPMENT) in (State.READY, State.INSTALLING, State.INSPECTING, State.UNFIT)


CHANGES: Final[Mapping[C, type[Questions]]] = MappingProxyType(
    {
        C.CHANGE_PROGRAM: OtherProgram,
        C.CHANGE_SUPPLIER: OtherSupplier,
        C.DISPUTE_SUPPLY: Questions,
        C.MOVE_WITH_CAR: MovingAlong,
        C.REMOVE_VEHICLE: GoingVehicle,
        C.SWAP_VEHICLE: OtherVehicle,
        C.REMOVE_EQUIPMENT: GoingEquipment,
        C.SWAP_EQUIPMENT: OtherEquipment,
        C.CHOOSE_PROGRAM: OfferedProgram,
        C.AGREE_HAND_OVER: Questions,
        C.CHOOSE_USAGE_POINT: MeantPoint,
    }
)

EVERY_QUESTION: Final[Mapping[C, type[Questions]]] = MappingProxyType({**QUESTIONS, **CHANGES})
"""Every command that the portal has a page for."""
