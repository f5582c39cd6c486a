"""`evenroll vehicles`: the vehicles that can be compared by name, with their figures, sources and day of review."""

from __future__ import annotations

from evenroll.programs.vehicle_models import VehicleModel, vehicle_list
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output

_COLUMNS = ("name for --vehicle", "vehicle", "model year", "kWh for 100 miles", "battery kWh", "at home kW")


def vehicles() -> None:
    """List the vehicles that `evenroll compare --vehicle` knows by name.

    Example: evenroll vehicles
    """
    output, known = Output(json=asked.json), vehicle_list()
    output.data(
        {
            "consumption_source": known.consumption_source,
            "review_by": known.review_by,
            "vehicles": [_told(each) for each in known.models],
        }
    )
    output.table(_COLUMNS, [_row(each) for each in known.models])
    sources = sorted({each.source for each in known.models})
    output.say("", f"kWh for 100 miles, from the wall: {known.consumption_source}.")
    output.say(f"Battery (what can be used) and charger on board: {'; '.join(sources)}.")
    output.say(f"To be reviewed by {known.review_by}.")


def _row(each: VehicleModel) -> tuple[str, ...]:
    rating = f"{each.wh_per_100_miles / 1000:.1f}"
    return (each.key, each.name, str(each.model_year), rating, f"{each.battery_kwh}", f"{each.ac_kw}")


def _told(each: VehicleModel) -> dict[str, object]:
    return {
        "key": each.key,
        "name": each.name,
        "model_year": each.model_year,
        "wh_per_100_miles": each.wh_per_100_miles,
        "battery_kwh": each.battery_kwh,
        "ac_kw": each.ac_kw,
        "source": each.source,
    }
