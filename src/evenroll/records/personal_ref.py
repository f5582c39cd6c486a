"""What stands outside the vault for what stands inside: numbers that tell nothing."""

from typing import NewType

PersonalRef = NewType("PersonalRef", int)
"""A personal record; random, so that it tells neither order nor count."""

KeyId = NewType("KeyId", int)
"""A customer's data key; random likewise."""
