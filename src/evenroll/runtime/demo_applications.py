"""The example file of the demo: each application of the script as a row, from its usage point and what it says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from evenroll.enrollment.form import FormField
from evenroll.quantities.identifiers import Vin, VinWrong, check_vin
from evenroll.runtime.demo_script import Scenario, point_of
from evenroll.runtime.territory_draws import Draws
from evenroll.runtime.territory_plan import BEGINS_ON, SEED, PlannedPoint

COLUMNS: Final = (
    *(
        "application",
        "organization",
        "channel",
        "received_on",
        "language",
        "prompted_by",
        "program",
        "offer",
        "usage_point",
    ),
    *("name", "service_address", "postal_code", "account_number", "meter_serial", "last_bill_amount"),
    *("email", "phone", "mailing_address", "vin", "vehicle_on_order", "drivetrain", "model", "holder", "dwelling"),
    *("consents", "documents", "selections", "statements", "signed_on", "consents_hand_over", "home"),
    *("receipt", "keyed_by", "second_keyed_by", "second_account_number"),
)
_PROGRAMS: Final = {
    "lakeland-electric": "LE-EV-NIGHT",
    "brightwater-energy": "BW-NIGHT-DRIVE",
    "northfork-power": "NF-OVERNIGHT",
    "riverbend-power": "RB-STEADY-NIGHT",
    "coned": "CONED-SC1-III",
    "comed": "COMED-HOURLY",
}
_SIGNED_BEFORE: Final = timedelta(days=5)
_MODELS: Final = ("Aurora 4", "Borealis", "Cirrus LX", "Drift", "Ember")
_VIN_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def applications_csv(scenarios: Iterable[Scenario]) -> str:
    """The example file, as it ships."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in scenarios:
        writer.writerow(application_row(each))
    return text.getvalue()


def application_row(scenario: Scenario) -> dict[str, str]:
    """One row: the truth of the usage point, with what this application says instead."""
    row = {**_truthful(scenario, point_of(scenario)), **scenario.says}
    if row["channel"] == "bulk":
        row["documents"] = ";".join(filter(None, (row["documents"], "letter_of_authorization")))
    if row["channel"] == "mail":
        row = {"keyed_by": "clerk-1", "second_keyed_by": "clerk-2", **row}
    if row["account_number"] == "utility":
        # A supplier's customer at the utility's door, with the number that the utility gave.
        point = point_of(scenario)
        row |= {"account_number": point.account_number, "meter_serial": point.serial, "last_bill_amount": ""}
    if row["vin"] == "wrong":
        row["vin"] = _wrong_vin(vin_of(scenario))
    if row["vin"].startswith("of "):
        # The car of another application.
        row["vin"] = drawn_vin(row["vin"].removeprefix("of "))
    if row["name"] == "someone_else":
        row["name"] = "Nobody Athome"
    return {column: row.get(column, "") for column in COLUMNS}


def program_of(scenario: Scenario) -> str:
    """The program that an application is for: as it says, else the everyday one of whoever supplies."""
    return scenario.says.get("program") or _PROGRAMS[point_of(scenario).supplier]


def truth(scenario: Scenario, field: FormField) -> str:
    """What the customer would rightly answer."""
    return _truthful(scenario, point_of(scenario))[field.value]


def vin_of(scenario: Scenario) -> Vin:
    """The VIN of an application's vehicle: invented, with a check digit that fits."""
    return drawn_vin(scenario.key)


def drawn_vin(subject: str) -> Vin:
    """An invented VIN with a check digit that fits; the same for the same subject."""
    draws = Draws(seed=SEED, subject=f"vin/{subject}")
    letters = [draws.one_of(f"letter {place}", _VIN_LETTERS) for place in range(17)]
    for digit in "0123456789X":
        letters[8] = digit
        try:
            return check_vin("".join(letters))
        except VinWrong:
            continue
    raise AssertionError("one of the eleven check digits fits")


def _wrong_vin(vin: str) -> str:
    # Two characters swapped, as they are when somebody reads one aloud.
    for place in range(9, 16):
        swapped = vin[:place] + vin[place + 1] + vin[place] + vin[place + 2 :]
        try:
            check_vin(swapped)
        except VinWrong:
            return swapped
    return vin[:-1] + ("0" if vin[-1] != "0" else "1")


def _truthful(scenario: Scenario, point: PlannedPoint) -> dict[str, str]:
    utility = point.supplier == point.territory.utility
    return {
        "application": scenario.key,
        "organization": point.supplier,
        "channel": "web",
        "received_on": "",
        "language": point.language,
        "prompted_by": "nobody",
        "program": program_of(scenario),
        # Put in while the demo runs: the number is given when the costs are shown.
        "offer": "",
        "usage_point": point.pod,
        "name": point.name,
        "service_address": point.address,
        "postal_code": point.postal_code,
        "account_number": point.account_number if utility else point.supplier_account,
        "meter_serial": point.serial if utility else "",
        "last_bill_amount": "" if utility else point.last_bill,
        "email": point.email,
        "phone": point.phone,
        "mailing_address": "",
        "vin": vin_of(scenario),
        "vehicle_on_order": "",
        "drivetrain": "bev",
        "model": Draws(seed=SEED, subject=f"model/{scenario.key}").one_of("model", _MODELS),
        "holder": "account_holder",
        "dwelling": "own",
        "consents": "terms" if utility else "terms;data_sharing",
        "documents": "vehicle_registration" if utility else "",
        "signed_on": str((scenario.comes_on or BEGINS_ON) - _SIGNED_BEFORE),
        "consents_hand_over": "yes",
    }
