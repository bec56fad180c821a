"""Order of need and choice of size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from motionstudio.engine.planner import BUDGET_MS, Pace, plan
from motionstudio.engine.requests import Scale


def test_current_first_then_outward_forward_first() -> None:
    assert plan(6, 2) == (2, 3, 1, 4, 0, 5)


def test_at_hand_frames_are_left_out_unless_changed() -> None:
    assert plan(5, 0, changed={3}, cached={0, 1, 3}) == (2, 3, 4)
    assert plan(5, 0, changed=None, cached={0, 1}) == (0, 1, 2, 3, 4)


@given(st.integers(0, 60), st.integers(-5, 70), st.sets(st.integers(0, 59)), st.data())
def test_every_outdated_frame_once_nearest_first(
    count: int, playhead: int, cached: set[int], data: st.DataObject
) -> None:
    changed = data.draw(st.none() | st.sets(st.integers(0, 59)))
    order = plan(count, playhead, changed=changed, cached=cached)
    fresh = set() if changed is None else cached - changed
    assert sorted(order) == [frame for frame in range(count) if frame not in fresh]
    start = min(max(playhead, 0), max(count - 1, 0))
    distances = [abs(frame - start) for frame in order]
    assert distances == sorted(distances)


def test_half_size_only_when_the_full_one_would_be_late() -> None:
    pace = Pace()
    assert pace.scale_for(10**9, decoded=False) is Scale.FULL
    pace.saw_decode(10.0)
    pace.saw_paint(10.0, 10**6)
    assert pace.scale_for(10**6, decoded=False) is Scale.FULL
    assert pace.scale_for(4 * 10**6, decoded=False) is Scale.HALF
    assert pace.scale_for(10**6, decoded=True) is Scale.FULL
    assert not pace.decode_is_slow


def test_estimate_follows_what_it_sees() -> None:
    pace = Pace()
    for _ in range(20):
        pace.saw_decode(1.0)
    for _ in range(20):
        pace.saw_decode(2 * BUDGET_MS)
    assert pace.decode_is_slow
    for _ in range(20):
        pace.saw_decode(1.0)
    assert not pace.decode_is_slow
