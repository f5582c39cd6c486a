"""The Merkle tree against the known vectors of certificate transparency, a plain definition, and forged proofs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.records.merkle import (
    EMPTY_ROOT,
    Growing,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
    root_of_leaves,
)

# The eight leaves on which the implementations of RFC 6962 are tested, and the roots over the first n of them.
LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def plain_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962, word by word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


def node_of(hashes: list[bytes]):
    return lambda height, index: plain_root(hashes[index << height : (index + 1) << height])


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("count", range(9))
def test_the_known_vectors(count: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:count]]
    growing = Growing()
    for each in hashes:
        growing.append(each)
    assert growing.root().hex() == ROOTS[count]
    assert root_of_leaves(b"".join(hashes)).hex() == ROOTS[count]
    assert root_of(0, count, node=node_of(hashes)).hex() == ROOTS[count]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_at_its_place_and_at_no_other(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    root, position = plain_root(hashes), data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(position, size=size, node=node_of(hashes))
    assert is_included(hashes[position], position=position, size=size, proof=proof, root=root)
    other = data.draw(st.integers(0, size + 2).filter(lambda at: at != position))
    assert not is_included(hashes[position], position=other, size=size, proof=proof, root=root)
    assert not is_included(leaf_hash(b"another"), position=position, size=size, proof=proof, root=root)
    assert not is_included(hashes[position], position=position, size=size, proof=[*proof, root], root=root)


@given(st.integers(0, 70), st.integers(0, 70), st.data())
def test_a_longer_tree_is_proved_to_begin_with_the_shorter(one: int, two: int, data: st.DataObject) -> None:
    older, size = sorted((one, two))
    hashes = leaves(size)
    older_root, root = plain_root(hashes[:older]), plain_root(hashes)
    proof = consistency_proof(older, size=size, node=node_of(hashes))
    assert is_consistent(older, older_root, size=size, root=root, proof=proof)
    if older:
        forged = data.draw(st.integers(0, older - 1))
        rewritten = [leaf_hash(b"forged") if at == forged else each for at, each in enumerate(hashes)]
        assert not is_consistent(
            older,
            older_root,
            size=size,
            root=plain_root(rewritten),
            proof=consistency_proof(older, size=size, node=node_of(rewritten)),
        )


@given(st.integers(0, 300), st.integers(0, 4))
def test_subtrees_append_like_their_leaves(size: int, height: int) -> None:
    hashes = leaves(size)
    growing, width = Growing(), 1 << height
    whole = size - size % width
    for start in range(0, whole, width):
        growing.append(plain_root(hashes[start : start + width]), height=height)
    for each in hashes[whole:]:
        growing.append(each)
    assert (growing.size, growing.root()) == (size, plain_root(hashes))


def test_a_subtree_that_does_not_fit_is_refused() -> None:
    growing = Growing()
    growing.append(leaf_hash(b"one"))
    with pytest.raises(ValueError, match="height 1"):
        growing.append(leaf_hash(b"two"), height=1)


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(3, size=3, node=node_of(leaves(3)))
    with pytest.raises(ValueError, match="not the beginning"):
        consistency_proof(4, size=3, node=node_of(leaves(3)))
    with pytest.raises(ValueError, match="whole number"):
        root_of_leaves(b"123")
