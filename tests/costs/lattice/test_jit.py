"""Kernels are compiled also where nothing can be kept on disk."""

from typing import Any

import pytest

from evenroll.costs.lattice.jit import HAS_KERNELS, kernel, telling_compiles


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: nothing is compiled")
def test_a_function_for_which_no_folder_is_found_is_compiled_all_the_same() -> None:
    # For a function without a file numba finds no folder, as for files that an account without a home may not change.
    place: dict[str, Any] = {}
    exec("def twice(number):\n    return 2 * number", place)
    twice = kernel(place["twice"])
    assert twice(21) == 42
    assert hasattr(twice, "py_func"), "it is compiled"


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: nothing is compiled")
def test_it_is_told_when_something_is_compiled_and_not_when_it_is_there() -> None:
    place: dict[str, Any] = {}
    exec("def thrice(number):\n    return 3 * number", place)
    thrice = kernel(place["thrice"])
    told: list[str] = []
    with telling_compiles(lambda: told.append("compiled")):
        assert thrice(2) == 6
        assert told == ["compiled"]
        assert thrice(3) == 9
    assert thrice(2.0) == 6.0
    assert told == ["compiled"]
