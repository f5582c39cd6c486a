"""Quantities: identifiers, money, energy, periods, calendars and the form in which values are written down. Pure."""
