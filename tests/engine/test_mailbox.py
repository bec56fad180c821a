"""Lanes: the latest wins, the urgent go first, cancelled and replaced requests turn stale."""

from __future__ import annotations

from dataclasses import fields
from typing import ClassVar

import pytest

from motionstudio.engine.mailbox import PATIENCE, Mailbox
from motionstudio.engine.requests import DecodeRequest, Lane, LoadRequest
from motionstudio.engine.responses import Ticket
from tests.engine.fakes import clip_of, decode_request, encode_request, motion_of, refine_request

MOTION, CLIP = motion_of(3), clip_of(3)


def decode(lane: Lane, frame: int = 0) -> DecodeRequest:
    return decode_request(MOTION, CLIP, [frame], lane=lane)


@pytest.mark.parametrize("lane", [Lane.SCRUB, Lane.PREVIEW, Lane.REFINE, Lane.ANALYSIS])
def test_latest_replaces_waiting(lane: Lane) -> None:
    box, first, second = Mailbox(), decode(lane), decode(lane)
    assert box.post(first) is None
    assert box.post(second) is first
    assert box.take(block=False) is second
    assert box.take(block=False) is None


@pytest.mark.parametrize("lane", [Lane.FIT, Lane.EXPORT])
def test_queues_keep_every_request_in_order(lane: Lane) -> None:
    box, wanted = Mailbox(), [decode(lane), decode(lane), decode(lane)]
    assert [box.post(request) for request in wanted] == [None, None, None]
    assert [box.take(block=False) for _ in wanted] == wanted


def test_encoding_replaces_only_its_own_subject() -> None:
    box = Mailbox()
    a, b, a2 = (encode_request(CLIP, subject=name) for name in ("a", "b", "a"))
    box.post(a)
    box.post(b)
    assert box.post(a2) is a
    assert {box.take(block=False), box.take(block=False)} == {b, a2}


def test_clips_that_were_encoded_leave_no_queues_behind() -> None:
    box = Mailbox()
    for number in range(50):
        box.post(encode_request(CLIP, subject=str(number)))
        request = box.take(block=False)
        assert request is not None
        box.finish(request)
    assert box._waiting == {}


def test_loading_does_not_replace_encoding() -> None:
    box = Mailbox()
    load = LoadRequest(model="fake")
    box.post(load)
    assert box.post(encode_request(CLIP, subject="")) is None
    assert box.take(block=False) is load


def test_urgent_lanes_first() -> None:
    box = Mailbox()
    for lane in reversed(Lane):
        box.post(decode(lane))
    taken = [box.take(block=False) for _ in Lane]
    assert [request.lane for request in taken if request] == list(Lane)


def test_pictures_without_end_leave_turns_to_what_waits() -> None:
    box, waiting = Mailbox(), [decode(Lane.ENCODE), decode(Lane.ANALYSIS)]
    for request in waiting:
        box.post(request)
    taken = []
    for _ in range(2 * PATIENCE + 2):
        box.post(decode(Lane.SCRUB))
        taken.append(box.take(block=False))
    assert [request for request in taken if request in waiting] == waiting
    assert [request in waiting for request in taken[:PATIENCE]] == [False] * PATIENCE


def test_take_before_a_lane_leaves_the_rest() -> None:
    box = Mailbox()
    box.post(decode(Lane.REFINE))
    assert box.take(before=Lane.REFINE, block=False) is None
    box.post(decode(Lane.SCRUB))
    urgent = box.take(before=Lane.REFINE, block=False)
    assert urgent is not None
    assert urgent.lane is Lane.SCRUB


def test_running_request_turns_stale_when_replaced() -> None:
    box, first, second = Mailbox(), decode(Lane.SCRUB), decode(Lane.SCRUB)
    box.post(first)
    box.take()
    assert not box.stale(first)
    box.post(second)
    assert box.stale(first)
    assert not box.stale(second)
    assert not box.is_current(Ticket.of(first))
    assert box.is_current(Ticket.of(second))


def test_running_queue_request_is_not_stale_when_another_waits() -> None:
    box, first = Mailbox(), decode(Lane.EXPORT)
    box.post(first)
    box.take()
    box.post(decode(Lane.EXPORT))
    assert not box.stale(first)
    assert box.is_current(Ticket.of(first))


def test_cancel_drops_waiting_and_marks_running() -> None:
    box, running, waiting = Mailbox(), decode(Lane.EXPORT), decode(Lane.EXPORT)
    box.post(running)
    box.take()
    box.post(waiting)
    assert box.cancel(Lane.EXPORT) == (waiting,)
    assert box.stale(running)
    assert not box.idle
    box.finish(running)
    assert box.idle


def test_results_of_a_cancelled_request_are_not_current() -> None:
    box, request = Mailbox(), decode(Lane.SCRUB)
    box.post(request)
    box.take()
    box.cancel(Lane.SCRUB)
    assert not box.is_current(Ticket.of(request))
    later = decode(Lane.SCRUB)
    box.post(later)
    assert box.is_current(Ticket.of(later))
    assert not box.stale(later)


def test_cancel_of_one_subject_spares_the_others() -> None:
    box = Mailbox()
    a, b = (encode_request(CLIP, subject=name) for name in ("a", "b"))
    box.post(a)
    box.post(b)
    assert box.cancel(Lane.ENCODE, "a") == (a,)
    assert not box.is_current(Ticket.of(a))
    assert box.is_current(Ticket.of(b))
    assert box.take(block=False) is b


class GalleryRequest(DecodeRequest):
    """A request of another topic."""

    topic: ClassVar[str] = "other"

    def __init__(self, like: DecodeRequest) -> None:
        super().__init__(**{f.name: getattr(like, f.name) for f in fields(like) if f.name != "id"})


def test_cancel_of_one_topic_spares_the_others() -> None:
    box = Mailbox()
    plain = decode(Lane.ANALYSIS)
    other = GalleryRequest(plain)
    assert plain.topic != other.topic
    box.post(plain)
    box.post(other)
    running = box.take(block=False)
    assert running is not None
    waiting = other if running is plain else plain
    assert box.cancel(Lane.ANALYSIS, topic=waiting.topic) == (waiting,)
    assert not box.stale(running)
    assert box.is_current(Ticket.of(running))
    assert not box.is_current(Ticket.of(waiting))
    assert box.cancel(Lane.ANALYSIS, topic=running.topic) == ()
    assert box.stale(running)


def test_a_lane_is_held_from_post_to_finish() -> None:
    box, request = Mailbox(), decode(Lane.PREVIEW)
    assert not box.holds(Lane.PREVIEW)
    box.post(request)
    assert box.holds(Lane.PREVIEW)
    assert not box.holds(Lane.SCRUB)
    box.take()
    assert box.holds(Lane.PREVIEW)
    box.finish(request)
    assert not box.holds(Lane.PREVIEW)


def test_close_turns_all_stale_and_releases_the_worker() -> None:
    box, request = Mailbox(), refine_request(MOTION, CLIP)
    box.post(request)
    box.take()
    box.close()
    assert box.stale(request)
    assert box.take() is None
    with pytest.raises(RuntimeError, match="closed"):
        box.post(request)
