"""The measured rate is that of pictures on screen."""

from __future__ import annotations

import pytest

from motionstudio.core.rate_meter import RateMeter


class HandClock:
    time = 5.0

    def __call__(self) -> float:
        return self.time


def play(meter: RateMeter, clock: HandClock, seconds: float, step: float, every: int = 1) -> None:
    for number in range(1, round(seconds / step) + 1):
        clock.time += step
        meter.moved()
        if number % every == 0:
            meter.drew()
            meter.drew()


def test_it_says_nothing_before_it_can_know() -> None:
    clock = HandClock()
    meter = RateMeter(clock)
    meter.start(drawn=True)
    play(meter, clock, 0.3, 0.05)
    assert meter.rate == 0.0


def test_pictures_on_screen_count_once() -> None:
    clock = HandClock()
    meter = RateMeter(clock)
    meter.start(drawn=True)
    play(meter, clock, 6.0, 0.04)
    assert meter.rate == pytest.approx(25, rel=0.01)
    assert meter.late == 0


def test_pictures_that_were_never_drawn_lower_the_rate_and_count_as_late() -> None:
    clock = HandClock()
    meter = RateMeter(clock)
    meter.start(drawn=True)
    play(meter, clock, 4.0, 0.04, every=2)
    assert meter.rate == pytest.approx(12.5, rel=0.02)
    assert meter.late == 50


def test_an_old_rate_is_forgotten_within_two_seconds() -> None:
    clock = HandClock()
    meter = RateMeter(clock)
    meter.start(drawn=True)
    play(meter, clock, 5.0, 0.02)
    play(meter, clock, 2.5, 0.1)
    assert meter.rate == pytest.approx(10, rel=0.1)
