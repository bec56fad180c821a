"""Batches that come from workers are those that are drawn here; waiting for them is counted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from motionstudio.training.batches import BatchDrawer
from motionstudio.training.configuration import configuration
from motionstudio.training.events import Event, Stepped, from_line, to_line
from motionstudio.training.loader import Batches
from motionstudio.training.loop import Pace, train
from motionstudio.training.pool import cached_pool
from tests.training import small
from tests.training.mortal import Mortal

WORKERS = """
workers = 2
"""


class Squares:
    """Draws the square of a step, as a function that can be pickled."""

    def __call__(self, step: int) -> torch.Tensor:
        return torch.tensor(step * step)


def test_a_batch_is_drawn_once_though_it_is_asked_for_twice() -> None:
    drawn: list[int] = []
    now = iter([0.0, 2.0, 5.0, 6.0])
    batches = Batches(lambda step: drawn.append(step) or step, lambda: next(now))
    assert [batches(4), batches(4), batches(5)] == [4, 4, 5]
    assert drawn == [4, 5]
    assert batches.waited == 3.0


@pytest.mark.slow
def test_workers_draw_the_same_also_after_going_back() -> None:
    batches = Batches(Squares())
    batches.hire(2, 10)
    assert [int(batches(step)) for step in (0, 1, 2, 3, 1, 2)] == [0, 1, 4, 9, 1, 4]
    batches.dismiss()
    assert int(batches(9)) == 81


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_worker_costs_no_batch() -> None:
    batches = Batches(Mortal())
    batches.hire(1, 6)
    assert [batches(step) for step in range(6)] == list(range(6))
    batches.dismiss()


def _losses(folder: Path, text: str) -> dict[int, dict[str, float]]:
    events: list[Event] = []
    chosen = small.recipe(folder, text)
    train(chosen, folder / "work", folder / "out", tell=events.append, pace=Pace(tell_every=0.0))
    told = [event for event in events if isinstance(event, Stepped)]
    assert all(event.waiting is not None and 0 <= event.waiting <= 1 for event in told)
    return {event.step: event.losses for event in told}


@pytest.mark.slow
def test_a_run_with_workers_has_the_losses_of_one_without(tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    (tmp_path / "helped").mkdir()
    alone = _losses(tmp_path / "alone", small.TEXT)
    assert _losses(tmp_path / "helped", WORKERS + small.TEXT) == alone
    assert len(alone) == 5


def test_a_drawer_of_a_mapped_pool_is_handed_over_by_its_path(tmp_path: Path) -> None:
    import pickle

    chosen = small.recipe(tmp_path)
    pool = cached_pool(chosen, configuration(chosen), None, tmp_path, lambda _text: None)
    drawer = BatchDrawer(chosen, pool)
    handed = pickle.dumps(drawer)
    frames = sum(item.frames.nbytes for item in pool)
    assert len(handed) < frames / 2
    ours, theirs = drawer.draw(3), pickle.loads(handed).draw(3)
    torch.testing.assert_close(ours[0].frames, theirs[0].frames, rtol=0, atol=0)
    torch.testing.assert_close(ours[1], theirs[1], rtol=0, atol=0)


def test_events_of_an_older_version_are_understood() -> None:
    line = to_line(Stepped(1, 2, {"fit": 0.5}, 1e-3, 4.0, 9.0, 0.25))
    assert from_line(line) == Stepped(1, 2, {"fit": 0.5}, 1e-3, 4.0, 9.0, 0.25)
    older = line.replace('"waiting": 0.25, ', "")
    assert older != line
    assert from_line(older) == Stepped(1, 2, {"fit": 0.5}, 1e-3, 4.0, 9.0)
    with pytest.raises(ValueError, match="expected an event"):
        from_line(line.replace('"step": 1, ', ""))
