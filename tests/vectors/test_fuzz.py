"""A small part of the fuzzing that `nox -s fuzz` does, and what that found."""

from __future__ import annotations

import pytest
from groundwire_codegen.read.safe_regex import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from .fuzz import CLASSES, TARGETS, seeds

FOUND = {"value": [b"^[az]{11,9}$\0../A..", b"^a\\$\0aZ"]}
"""Inputs that once broke a target."""


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_and_what_was_found(target: str) -> None:
    for data in (b"", *seeds(target), *FOUND.get(target, ())):
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_bytes_from_anywhere(target: str, data: st.DataObject) -> None:
    text = st.text(st.characters(codec="utf-8"), max_size=80).map(str.encode)
    TARGETS[target](data.draw(st.binary(max_size=200) | text | _spliced(target)))


def _spliced(target: str) -> st.SearchStrategy[bytes]:
    """A seed of which a piece is something else."""

    def splice(seed: bytes, start: float, length: int, piece: bytes) -> bytes:
        at = int(start * len(seed))
        return seed[:at] + piece + seed[at + length :]

    pieces = st.binary(max_size=8) | st.sampled_from(
        [b"null", b"{}", b"[[", b"1e999", b"\\ud800", b"..", b"%2F", b"\0"]
    )
    return st.builds(splice, st.sampled_from(seeds(target)), st.floats(0, 1), st.integers(0, 20), pieces)


def test_every_message_is_fuzzed() -> None:
    assert len(CLASSES) > 30
    assert not is_linear("^[az]{11,9}$")
