"""How values are written down: frozen dataclasses to canonical JSON and back, exact and the same every time.

Fields that equal their default are left out, so a default belongs to the schema version of what is written: one who
changes a default lifts what was written before.
"""

from evenroll.quantities.json_text import CodecRefused, JsonValue, NotKnown, canonical
from evenroll.quantities.reading import decode
from evenroll.quantities.text_writing import text_of
from evenroll.quantities.writing import encode

__all__ = ["CodecRefused", "JsonValue", "NotKnown", "canonical", "decode", "encode", "text_of"]
