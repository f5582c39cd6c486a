"""The words of which the invented territory's people and streets are made; nobody lives there."""

from __future__ import annotations

from typing import Final

FIRST_NAMES: Final = (
    *("Ada", "Amir", "Ana", "Arlo", "Bea", "Bruno", "Carla", "Cyrus", "Dalia", "Dario", "Edith", "Elio"),
    *("Emeka", "Fern", "Gita", "Hugo", "Ida", "Imani", "Inés", "Ivo", "Jonas", "June", "Kai", "Lena"),
    *("Leon", "Lucía", "Mateo", "Maud", "Mila", "Nadia", "Noé", "Odette", "Omar", "Otis", "Pia", "Quinn"),
    *("Rafael", "Rosa", "Ruth", "Samir", "Selma", "Tessa", "Theo", "Uma", "Viktor", "Wanda", "Yara", "Zeno"),
)
LAST_NAMES: Final = (
    *("Abernathy", "Almeida", "Barlow", "Castellan", "Dunmore", "Eastwick", "Fairbanks", "Galloway"),
    *("Hartigan", "Ibarra", "Jessop", "Kowalczyk", "Lindqvist", "Marchetti", "Núñez", "Okonkwo", "Pemberton"),
    *("Quintero", "Rutherford", "Sandoval", "Thackeray", "Underhill", "Villanueva", "Whitlock", "Yarborough"),
)
STREETS: Final = (
    *("Alder", "Birch", "Cattail", "Dogwood", "Elder", "Foxglove", "Gentian", "Heron", "Iris", "Juniper"),
    *("Kingfisher", "Larch", "Marsh", "Nettle", "Osprey", "Pike", "Quarry", "Reed", "Sedge", "Tamarack"),
)
STREET_KINDS: Final = ("St", "Ave", "Ln", "Rd", "Ct")
POSTAL_CODES: Final = ("02981", "02982", "02983", "02984", "02985")
"""Invented: no such codes are in use, and their leading zero shows what spreadsheets do to it."""
