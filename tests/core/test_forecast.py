"""The expected duration of a job: without its warm-up, said early and then now and then."""

from __future__ import annotations

from motionstudio.core.forecast import Forecast


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_warm_up_does_not_count_and_little_is_said() -> None:
    clock = Clock()
    forecast, said = Forecast(1000, clock), []
    for done in range(1, 1001):
        clock.now += 20.0 if done == 1 else 0.125
        text = forecast.after(done)
        if text is not None:
            said.append((done, text))
    assert [done for done, _ in said] == [4, 244, 484, 724, 964]
    assert said[0][1] == "about 8.0 frames a second, 2:04 left"
    assert said[-1][1] == "about 8.0 frames a second, 0:04 left"


def test_parts_of_several_frames() -> None:
    clock = Clock()
    forecast = Forecast(72_000, clock)
    texts = []
    for part in range(1, 6):
        clock.now += 4.0
        texts.append(forecast.after(16 * part))
    assert texts[:3] == [None] * 3
    assert texts[3] == "about 4.0 frames a second, 4:59:44 left"
    assert texts[4] is None


def test_a_short_job_says_nothing() -> None:
    clock = Clock()
    forecast = Forecast(3, clock)
    assert [forecast.after(done) for done in (1, 2, 3)] == [None] * 3
