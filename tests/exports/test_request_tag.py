from __future__ import annotations

import re
from typing import Any

import pytest
from groundwire import ExportImageRequest, encode
from groundwire_exports.protocol import request_tag, tagged, unmarked
from groundwire_runtime.errors import ArgumentError
from hypothesis import given
from hypothesis import strategies as st

texts = st.text(alphabet="abcXYZ019.,:;_-", max_size=100)
ids = st.text(min_size=1, max_size=60)


@given(texts, ids)
def test_a_mark_follows_the_text_and_is_one_that_may_be_sent(text: str, request_id: str) -> None:
    found = tagged(text, request_id)
    assert found.endswith(request_tag(request_id))
    assert encode(ExportImageRequest(description=found))
    assert unmarked(found) == text if len(text) <= 80 else unmarked(found).startswith(f"{text[:70]}..")
    assert tagged(found, request_id) == found


@given(st.text(alphabet="ab.", min_size=81, max_size=100), st.text(alphabet="ab.", max_size=20), ids)
def test_texts_that_are_cut_stay_apart(text: str, end: str, request_id: str) -> None:
    other = text[: 100 - len(end)] + end
    assert (tagged(text, request_id) == tagged(other, request_id)) == (text == other)


def test_a_cut_text_is_the_same_in_every_process() -> None:
    assert unmarked(tagged("n" * 81, "x")) == f"{'n' * 70}..gdwxzsrg"


@given(st.sets(ids, min_size=2, max_size=50))
def test_ids_do_not_share_a_mark(several: set[str]) -> None:
    assert len({request_tag(each) for each in several}) == len(several)


def test_a_mark_is_the_same_in_every_process() -> None:
    assert request_tag("d146de7f-6d47-5915-805a-1cec1a5d662a") == ".gw-bahrtwrqcqm6mi36"
    assert re.fullmatch(r"\.gw-[a-z2-7]{16}", request_tag("x"))


def test_a_text_that_only_looks_like_one_is_left_alone() -> None:
    for text in ("", "nightly", "nightly.gw-short", "nightly.gw-ABCDEFGHIJKLMNOP", "a.gw-abcdefghijklmno1"):
        assert unmarked(text) == text
    assert tagged(None, "x") == request_tag("x")


@pytest.mark.parametrize("wrong", [None, 7, b"nightly"])
def test_what_is_no_description_is_refused(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match="description: expected a str"):
        unmarked(wrong)
