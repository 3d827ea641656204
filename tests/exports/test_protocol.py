"""The decisions of a start, one by one: when an id is sent again, dropped, looked for, given up, or reported."""

from __future__ import annotations

import math
import re

import pytest
from attrs import evolve
from groundwire import ExportImageRequest, encode
from groundwire_exports.protocol import (
    FOLLOWERS,
    LOOKS,
    TRIES,
    Answer,
    Known,
    Step,
    after_answer,
    after_listing,
    follower,
    out_of_time,
)
from hypothesis import given, settings
from hypothesis import strategies as st

NEW = Known(request_id="n", made_here=True)
OWN = Known(request_id="o")
answers = st.lists(st.sampled_from(Answer), min_size=1, max_size=5)


def had(known: Known, *answers: Answer) -> Known:
    for number, answer in enumerate(answers):
        known = known.after(answer, float(number))
    return known


def decided(known: Known, *answers: Answer, wait: bool = False, tries: int = 1) -> Step:
    return after_answer(had(known, *answers), wait=wait, tries=tries)


@pytest.mark.parametrize(
    ("known", "answers", "raising", "waiting"),
    [
        (NEW, [Answer.FULL], Step.RAISE, Step.RENEW),
        (OWN, [Answer.FULL], Step.LOOK, Step.LOOK),
        (evolve(OWN, looks=1), [Answer.FULL], Step.RAISE, Step.SEND),
        (NEW, [Answer.LOST, Answer.FULL], Step.LOOK, Step.LOOK),
        (evolve(NEW, looks=9), [Answer.LOST, Answer.FULL], Step.LOOK, Step.LOOK),
        (evolve(OWN, looks=9), [Answer.LOST, Answer.FULL], Step.LOOK, Step.LOOK),
        (NEW, [Answer.UNSENT, Answer.FULL], Step.RAISE, Step.RENEW),
    ],
)
def test_a_full_queue(known: Known, answers: list[Answer], raising: Step, waiting: Step) -> None:
    assert decided(known, *answers) is raising
    assert decided(known, *answers, wait=True) is waiting


@pytest.mark.parametrize(
    ("answers", "of_a_new_id", "of_an_own_id"),
    [
        ([Answer.LOST], Step.SEND, Step.SEND),
        ([Answer.REPEAT], Step.LOOK, Step.LOOK),
        ([Answer.BROKEN], Step.LOOK, Step.LOOK),
        ([Answer.REFUSED], Step.RAISE, Step.RAISE),
        ([Answer.LOST, Answer.REFUSED], Step.LOOK, Step.LOOK),
        ([Answer.THROTTLED], Step.RENEW, Step.SEND),
        ([Answer.LOST, Answer.THROTTLED], Step.SEND, Step.SEND),
        ([Answer.UNSENT], Step.SEND, Step.SEND),
        ([Answer.UNSENT, Answer.THROTTLED], Step.RENEW, Step.SEND),
    ],
)
def test_other_answers(answers: list[Answer], of_a_new_id: Step, of_an_own_id: Step) -> None:
    assert decided(NEW, *answers) is of_a_new_id
    assert decided(OWN, *answers) is of_an_own_id


@pytest.mark.parametrize("answer", [Answer.THROTTLED, Answer.UNSENT])
def test_what_does_nothing_is_tried_so_often(answer: Answer) -> None:
    assert decided(OWN, answer, tries=TRIES - 1) is Step.SEND
    assert decided(OWN, answer, tries=TRIES) is Step.RAISE
    assert decided(OWN, Answer.LOST, answer, tries=TRIES) is Step.SEND


def looked(
    known: Known, began: float = 0.0, *, wait: bool = False, room: bool = True, given_up: int = 0
) -> Step:
    return after_listing(known, began=began, settle=120, wait=wait, room=room, given_up=given_up)


@pytest.mark.parametrize("known", [had(OWN, Answer.REPEAT), had(NEW, Answer.LOST, Answer.REPEAT)])
def test_an_id_is_given_up_when_a_late_listing_lacks_it(known: Known) -> None:
    for began in (-math.inf, known.answered, known.answered + 119.9):
        assert looked(known, began) is Step.LOOK
    assert looked(known, known.answered + 120) is Step.FOLLOW


@pytest.mark.parametrize("given_up", [0, 1, 5])
def test_a_follower_waits_for_room_with_growing_patience(given_up: int) -> None:
    known = had(OWN, Answer.REPEAT)
    patience = 240.0 * 2**given_up
    assert looked(known, patience - 1, wait=True, room=False, given_up=given_up) is Step.LOOK
    assert looked(known, patience, wait=True, room=False, given_up=given_up) is Step.FOLLOW
    assert looked(known, 120, wait=True, room=True, given_up=given_up) is Step.FOLLOW
    assert looked(known, 120, wait=False, room=False, given_up=given_up) is Step.FOLLOW


@pytest.mark.parametrize("last", [Answer.BROKEN, Answer.REFUSED])
def test_a_listing_alone_gives_no_id_up(last: Answer) -> None:
    known = had(OWN, Answer.LOST, last)
    assert looked(evolve(known, looks=LOOKS - 1), 10**6) is Step.LOOK
    assert looked(evolve(known, looks=LOOKS), 10**6) is Step.UNKNOWN


def test_a_look_after_a_full_queue() -> None:
    assert looked(had(OWN, Answer.FULL)) is Step.RAISE
    assert looked(had(OWN, Answer.FULL), -math.inf) is Step.RAISE
    assert looked(had(OWN, Answer.FULL), wait=True) is Step.SEND
    assert looked(had(OWN, Answer.LOST, Answer.FULL)) is Step.SEND


@pytest.mark.parametrize("known", [NEW, OWN])
@pytest.mark.parametrize("full", [True, False])
def test_the_end_of_time(known: Known, full: bool) -> None:
    for answer in (Answer.FULL, Answer.THROTTLED, Answer.UNSENT):
        assert out_of_time(had(known, answer), full=full) is Step.RAISE
        assert out_of_time(had(known, Answer.LOST, answer), full=full) is Step.UNKNOWN
    assert out_of_time(had(OWN, Answer.REPEAT), full=full) is (Step.RAISE if full else Step.UNKNOWN)
    assert out_of_time(had(NEW, Answer.REPEAT), full=full) is Step.UNKNOWN


@settings(database=None, deadline=None)
@given(answers, st.booleans(), st.booleans(), st.integers(0, 20))
def test_no_step_forgets_a_doubt(answers: list[Answer], made_here: bool, wait: bool, looks: int) -> None:
    known = had(Known(request_id="x", made_here=made_here, looks=looks), *answers)
    doubtful = not {Answer.LOST, Answer.BROKEN}.isdisjoint(answers)
    assert known.doubtful or not doubtful
    step = after_answer(known, wait=wait, tries=TRIES)
    if doubtful:
        assert step in (Step.SEND, Step.LOOK)
    if step is Step.RENEW:
        assert made_here
        assert [answer for answer in answers if answer is not Answer.UNSENT] == answers[-1:]
        assert answers[-1] in (Answer.FULL, Answer.THROTTLED)
    assert step is not Step.FOLLOW


ids = st.text(alphabet="abcXYZ019-", min_size=1, max_size=60)


@settings(database=None, deadline=None)
@given(ids, st.integers(1, FOLLOWERS))
def test_a_follower_is_an_id_that_may_be_sent(request_id: str, number: int) -> None:
    name = follower(request_id, number)
    assert encode(ExportImageRequest(request_id=name))
    assert name.endswith(f"-q{number}")
    assert name.startswith(request_id[: 60 - len("-q99") - 17])


@settings(database=None, deadline=None)
@given(st.text(alphabet="ab", min_size=50, max_size=60), st.text(alphabet="ab", min_size=50, max_size=60))
def test_followers_of_ids_are_told_apart(one: str, other: str) -> None:
    numbers = range(1, FOLLOWERS + 1)
    names = {follower(each, number) for each in {one, other} for number in numbers}
    assert len(names) == len({one, other}) * FOLLOWERS


def test_followers_are_the_same_in_every_process() -> None:
    assert [follower("day-1", number) for number in (1, 2)] == ["day-1-q1", "day-1-q2"]
    assert follower("d" * 57, 1) == "d" * 57 + "-q1"
    long = [follower("d" * 59 + end, 1) for end in "xy"]
    assert [len(name) for name in long] == [60, 60]
    assert len(set(long)) == 2
    assert re.fullmatch(r"d{40}-[a-z2-7]{16}-q1", long[0])
    assert follower("d" * 58, 1) == "d" * 40 + "-azkpxdglwqyf62hx-q1"
