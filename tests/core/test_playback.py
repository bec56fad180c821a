from __future__ import annotations

import itertools

import numpy as np
import pytest

from motionstudio.core.playback import Loop, Pace, PlaybackClock


class HandClock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def player(
    count: int = 10, fps: float = 10.0, *, times: np.ndarray | None = None
) -> tuple[PlaybackClock, HandClock]:
    clock = HandClock()
    at = np.arange(count) / fps if times is None else times
    return PlaybackClock(at, now=clock), clock


def run(
    playback: PlaybackClock,
    clock: HandClock,
    seconds: float,
    tick: float = 1 / 60,
    jitter: float = 0.0,
) -> list[int]:
    """Frames shown, each noted once per appearance, under ticks that come late at random."""
    rng = np.random.default_rng(0)
    end, shown = clock.time + seconds, [playback.frame]
    while clock.time < end:
        clock.time = min(clock.time + tick + rng.uniform(0, jitter), end)
        frame = playback.tick()
        if frame != shown[-1]:
            shown.append(frame)
    return shown


@pytest.mark.parametrize("fps", [5, 12, 24, 30])
@pytest.mark.parametrize("natural", [10.0, 25.0])
@pytest.mark.parametrize("count", [7, 600])
def test_real_time_keeps_its_rate_within_two_percent_over_ten_seconds(
    fps: int, natural: float, count: int
) -> None:
    playback, clock = player(count, natural)
    playback.fps = fps
    playback.play()
    shown = run(playback, clock, 10.0, jitter=0.025)
    advanced = len(shown) - 1 + playback.skipped
    assert abs(advanced - 10 * fps) <= 0.02 * 10 * fps
    cycle = itertools.cycle(range(count))
    assert shown[-1] == next(itertools.islice(cycle, advanced, None))


@pytest.mark.parametrize("fps", [5, 12, 24, 30])
def test_every_frame_shows_each_frame_once_in_order(fps: int) -> None:
    playback, clock = player(600)
    playback.pace = Pace.EVERY_FRAME
    playback.fps = fps
    playback.play()
    shown = run(playback, clock, 10.0, jitter=0.012)
    assert shown == list(range(len(shown)))
    assert abs(len(shown) - 1 - 10 * fps) <= 0.02 * 10 * fps
    assert playback.skipped == 0


def test_every_frame_shows_each_one_even_where_ticks_are_far_too_slow() -> None:
    playback, clock = player(40)
    playback.pace = Pace.EVERY_FRAME
    playback.fps = 30
    playback.loop = Loop.ONCE
    playback.play()
    shown = run(playback, clock, 30.0, tick=0.2)
    assert shown == list(range(40))
    assert not playback.playing


def test_every_frame_does_not_rush_after_a_stall() -> None:
    playback, clock = player(100)
    playback.pace = Pace.EVERY_FRAME
    playback.play()
    clock.time += 5.0
    assert playback.tick() == 1
    assert len(run(playback, clock, 1.0)) - 1 <= 12


def test_real_time_skips_what_it_missed_and_counts_it() -> None:
    playback, clock = player(100)
    playback.play()
    clock.time += 2.05
    assert playback.tick() == 20
    assert playback.skipped == 19
    clock.time += 0.1
    assert playback.tick() == 21
    assert playback.skipped == 19


def test_uneven_frames_last_as_long_as_they_did() -> None:
    playback, clock = player(times=np.array([0.0, 0.1, 0.2, 1.2, 1.3]))
    playback.play()
    seen = []
    for at in (0.05, 0.15, 0.25, 1.15, 1.25, 1.35, 1.45):
        clock.time = 100.0 + at
        seen.append(playback.tick())
    assert seen == [0, 1, 2, 2, 3, 4, 0]


def test_uneven_frames_keep_their_proportions_at_another_rate() -> None:
    playback, clock = player(times=np.array([0.0, 0.1, 0.2, 1.2, 1.3]))
    playback.fps = 20
    playback.play()
    clock.time += 0.55
    assert playback.tick() == 2
    clock.time += 0.08
    assert playback.tick() == 3


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize(
    ("loop", "reverse", "expected"),
    [
        (Loop.LOOP, False, [2, 3, 4, 5, 2, 3, 4, 5, 2]),
        (Loop.LOOP, True, [2, 5, 4, 3, 2, 5, 4, 3, 2]),
        (Loop.PING_PONG, False, [2, 3, 4, 5, 4, 3, 2, 3, 4]),
        (Loop.PING_PONG, True, [2, 3, 4, 5, 4, 3, 2, 3, 4]),
        (Loop.ONCE, False, [2, 3, 4, 5]),
        (Loop.ONCE, True, [5, 4, 3, 2]),
    ],
)
def test_loops_within_a_range(pace: Pace, loop: Loop, reverse: bool, expected: list[int]) -> None:
    playback, clock = player()
    playback.pace = pace
    playback.loop = loop
    playback.reverse = reverse
    playback.play_range = (2, 5)
    playback.seek(2)
    playback.play()
    shown = run(playback, clock, 0.85, tick=0.01)
    assert shown == expected
    assert playback.playing is (loop is not Loop.ONCE)


@pytest.mark.parametrize("pace", list(Pace))
def test_ranges_of_one_and_two_frames(pace: Pace) -> None:
    for loop in (Loop.LOOP, Loop.PING_PONG):
        playback, clock = player()
        playback.pace, playback.loop = pace, loop
        playback.play_range = (4, 4)
        playback.play()
        assert run(playback, clock, 1.0) == [4]
        playback.play_range = (4, 5)
        assert set(run(playback, clock, 1.0)) == {4, 5}


def test_a_still_plays_without_moving() -> None:
    playback, clock = player(1)
    playback.play()
    assert run(playback, clock, 3.0) == [0]
    assert playback.skipped == 0


def test_scrubbing_while_playing_goes_on_from_there() -> None:
    playback, clock = player()
    playback.play()
    clock.time += 0.55
    playback.tick()
    playback.seek(2)
    assert playback.frame == 2
    clock.time += 0.09
    assert playback.tick() == 2
    clock.time += 0.02
    assert playback.tick() == 3


def test_changing_the_rate_keeps_frame_and_phase() -> None:
    playback, clock = player()
    playback.play()
    clock.time += 0.35
    assert playback.tick() == 3
    playback.fps = 1
    clock.time += 0.49
    assert playback.tick() == 3
    clock.time += 0.02
    assert playback.tick() == 4


def test_changing_the_rate_on_the_way_back_of_a_ping_pong_keeps_the_direction() -> None:
    playback, clock = player(5)
    playback.loop = Loop.PING_PONG
    playback.play()
    clock.time += 0.55
    assert playback.tick() == 3
    playback.fps = 20
    clock.time += 0.05
    assert playback.tick() == 2


def test_pausing_holds_the_frame_and_playing_goes_on_from_it() -> None:
    playback, clock = player()
    playback.play()
    clock.time += 0.35
    playback.tick()
    playback.pause()
    clock.time += 7.0
    assert playback.tick() == 3
    playback.play()
    assert playback.tick() == 3
    clock.time += 0.11
    assert playback.tick() == 4


def test_playing_once_again_starts_over() -> None:
    playback, clock = player(3)
    playback.loop = Loop.ONCE
    playback.play()
    clock.time += 9
    assert playback.tick() == 2
    assert not playback.playing
    playback.play()
    assert playback.frame == 0


def test_playing_starts_in_the_range() -> None:
    playback, _ = player()
    playback.seek(9)
    playback.play_range = (2, 5)
    playback.play()
    assert playback.frame == 2


@pytest.mark.parametrize("fps", [0.0, -3.0, float("nan"), float("inf")])
def test_impossible_rates_are_refused(fps: float) -> None:
    playback, _ = player()
    with pytest.raises(ValueError, match="positive frame rate"):
        playback.fps = fps
    assert playback.fps == pytest.approx(10)


def test_impossible_frames_ranges_and_times_are_refused() -> None:
    playback, _ = player()
    for frame in (-1, 10):
        with pytest.raises(ValueError, match="expected a frame"):
            playback.seek(frame)
    for pair in ((3, 2), (0, 10), (-1, 4)):
        with pytest.raises(ValueError, match="first <= last"):
            playback.play_range = pair
    for times in (np.zeros(0), np.zeros(3), np.zeros((2, 2))):
        with pytest.raises(ValueError, match="strictly increasing"):
            PlaybackClock(times)
