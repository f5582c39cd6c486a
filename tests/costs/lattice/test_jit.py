"""Kernels are compiled also where nothing can be kept on disk."""

from typing import Any

import pytest

from evenroll.costs.lattice.jit import HAS_KERNELS, kernel


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: nothing is compiled")
def test_a_function_for_which_no_folder_is_found_is_compiled_all_the_same() -> None:
    # For a function without a file numba finds no folder, as for files that an account without a home may not change.
    place: dict[str, Any] = {}
    exec("def twice(number):\n    return 2 * number", place)
    twice = kernel(place["twice"])
    assert twice(21) == 42
    assert hasattr(twice, "py_func"), "it is compiled"
