"""Two processes train as one does, and go on when one of them is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from motionstudio.core.errors import MotionStudioError
from motionstudio.training.events import Event, Stepped, from_line
from motionstudio.training.genlmm_task import GenLMMTask
from motionstudio.training.group import Group
from motionstudio.training.loop import Pace, train
from tests.training import small

REPOSITORY = Path(__file__).resolve().parents[2]
# The first stage leaves a part of the network out, the second uses all of it.
TEXT = small.TEXT.replace("frames = [3, 5]", "frames = [3, 5]\nbridge = false", 1)
PROGRAM = """
import os, signal, sys
from pathlib import Path
from motionstudio.training.events import to_line
from motionstudio.training.loop import Pace, train
from motionstudio.training.recipe import read_recipe
folder, kill = Path(sys.argv[1]), sys.argv[2:] == ["kill"]
asked, marker = [], folder / "killed"
def stop():
    asked.append(1)
    if kill and len(asked) == 3 and os.environ["RANK"] == "1" and not marker.exists():
        marker.write_text("once")
        os.kill(os.getpid(), signal.SIGKILL)
    return False
def tell(event):
    with (folder / "events.jsonl").open("a") as stream:
        stream.write(to_line(event) + chr(10))
train(read_recipe(folder / "recipe.toml"), folder / "work", folder / "out", tell=tell, stop=stop,
      pace=Pace(save_every=-1.0, tell_every=0.0))
"""


def _together(folder: Path, *words: str) -> list[Event]:
    """Train by two processes under torchrun; their events."""
    program = folder / "program.py"
    program.write_text(PROGRAM)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--max-restarts",
        "2", "--standalone", str(program), str(folder),
        *words,
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _, said = process.communicate()
    except BaseException:
        # When the test's time is over: killed, it would leave its workers behind; asked, it ends
        # them.
        process.terminate()
        process.communicate()
        raise
    assert process.returncode == 0, said[-2000:]
    return [from_line(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def _losses(events: list[Event]) -> dict[int, dict[str, float]]:
    return {event.step: event.losses for event in events if isinstance(event, Stepped)}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, float]]:
    """Losses of every step of one process with the same batches."""
    folder = tmp_path_factory.mktemp("alone")
    events: list[Event] = []
    train(
        small.recipe(folder, TEXT), folder / "work", folder / "out", tell=events.append,
        pace=Pace(tell_every=0.0),
    )  # fmt: skip
    return _losses(events)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("words", [(), ("kill",)], ids=["whole", "one is killed"])
def test_two_processes_have_the_losses_of_one(
    words: tuple[str, ...], alone: dict[int, dict[str, float]], tmp_path: Path
) -> None:
    small.write(tmp_path, TEXT)
    events = _together(tmp_path, *words)
    found = _losses(events)
    assert found.keys() == alone.keys()
    for step, losses in alone.items():
        assert losses.keys() == found[step].keys()
        for name, value in losses.items():
            assert found[step][name] == pytest.approx(value, rel=2e-2, abs=1e-4), (step, name)
    if words:
        assert (tmp_path / "killed").exists()
        assert any("continued from step" in json.dumps(str(event)) for event in events)
    assert (tmp_path / "out" / "card.toml").is_file()


def test_shares_of_a_batch_are_the_batch(tmp_path: Path) -> None:
    batch, noise = small.drawer(tmp_path).draw(0)
    shares = [batch.part(slice(rank, None, 2)) for rank in range(2)]
    for name in ("reference", "frames", "source", "target_frames", "kept", "phase"):
        parts = torch.cat([getattr(share, name) for share in shares])
        torch.testing.assert_close(parts, getattr(batch, name), rtol=0, atol=0)
    assert len(noise) == 2
    np.testing.assert_array_equal(shares[0].decoded, batch.decoded)


def test_a_batch_that_cannot_be_divided_says_so(tmp_path: Path) -> None:
    task = GenLMMTask(small.recipe(tmp_path), None, tmp_path, "cpu", lambda _text: None)
    with pytest.raises(MotionStudioError, match="batch of 2 cannot be divided among 3"):
        task.share(0, 3)


def test_one_process_is_a_group_of_its_own() -> None:
    group = Group.join({})
    assert (group.rank, group.size, group.first) == (0, 1, True)
    assert group.agreed(True)
    assert not group.any(False)
    group.wait()
    group.leave()


@pytest.mark.parametrize(
    "words", [{"WORLD_SIZE": "2"}, {"WORLD_SIZE": "many"}, {"WORLD_SIZE": "2", "RANK": "0"}]
)
def test_an_environment_of_something_else_is_said(words: dict[str, str]) -> None:
    with pytest.raises(MotionStudioError, match="not as torchrun sets it"):
        Group.join(words)


def test_one_process_under_torchrun_is_alone() -> None:
    assert Group.join({"WORLD_SIZE": "1", "RANK": "0"}) == Group()
