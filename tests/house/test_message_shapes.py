"""The shape of messages is that of their schema version: a release before it must know what it cannot read."""

from __future__ import annotations

from hashlib import sha256

from evenroll.enrollment.messages import BODIES
from evenroll.records.envelope import SCHEMA_VERSION
from evenroll.records.state_form import schema_of

SHAPE = (1, "2434fbd2")
"""The schema version of envelopes, and a digest of all bodies. When this test fails, a message has another shape: raise
SCHEMA_VERSION (unless no release has gone out with it), and note the new pair."""


def test_the_version_of_messages_is_raised_with_their_shape() -> None:
    shapes = "\n".join(f"{kind.value} {schema_of(BODIES[kind])}" for kind in sorted(BODIES))
    assert (SCHEMA_VERSION, sha256(shapes.encode()).hexdigest()[:8]) == SHAPE
