"""Processes that are killed in the middle of their work: what is read, and what is kept."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch

from motionstudio.batch import cluster, events
from motionstudio.document.autosave import Autosave
from motionstudio.engine.remote_link import LinkLost
from motionstudio.engine.remote_process import ProcessLink
from motionstudio.training import loop
from motionstudio.training.loader import Batches
from tests.robustness.clock_faults import desk
from tests.robustness.lines import line_recipe, opening
from tests.training.line_task import LineTask
from tests.training.mortal import Mortal

ROOT = Path(__file__).parents[2]


def batch_worker(folder: Path) -> str:
    """Two workers of a batch are killed, one of them twice: nothing is lost or done twice."""
    with desk(folder) as study:
        study.fate({"fresh/b": ["kill"], "fresh/d": ["kill", "kill"]})
        entries = study.run()
        assert all(each.outcome is not None for each in entries)
        assert [each.attempts for each in entries] == [1, 2, 1, 3]
        assert study.lines("results.txt") == [f"fresh/{name}" for name in "abcd"]
        lost = study.heard(events.Lost)
        assert len(lost) == 3
        assert [each.attempts for each in study.run()] == [0] * 4
        return "(each clip is done once) " + str(getattr(lost[0], "reason", ""))


def batch_worker_always(folder: Path) -> str:
    """The worker of one clip is killed at every try: that one is given up, the others go on."""
    with desk(folder) as study:
        study.fate({"fresh/a": ["kill"] * 9})
        entries = study.run(retries="1")
        assert [each.outcome is not None for each in entries] == [False, True, True, True]
        return f"a: {entries[0].failure}"


def ray_worker(folder: Path) -> str:
    """A Ray actor is killed in its second task: its clip is tried again, nothing done twice."""
    from motionstudio.batch.running import run
    from tests.batch.test_cluster import Deadly

    with desk(folder) as study, pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_worker_niceness", "0")
        environment.setenv("RAY_AUTH_MODE", "token")
        environment.setenv("RAY_AUTH_TOKEN", "0123456789abcdef" * 4)
        for seed, name in enumerate("efgh", start=4):
            study.write_clip(name, seed)
        heard: list[events.Event] = []
        entries = run(
            study.study(), study.plan(), study.output,
            lambda left: Deadly(cluster.HERE, 2, left, study.output),
            where="in a test", tell=heard.append, cancelled=lambda: False,
        )  # fmt: skip
    lost = [event for event in heard if isinstance(event, events.Lost)]
    assert all(each.outcome is not None for each in entries)
    assert sorted(event.task for event in heard if isinstance(event, events.Made)) == [
        f"fresh/{name}" for name in "abcdefgh"
    ]
    assert sum(each.attempts for each in entries) == 8 + len(lost)
    return f"(8 of 8 clips are done, each once; {len(lost)} try lost)"


def training_worker(_folder: Path) -> str:
    """A process that draws batches ahead is killed: the run draws them itself."""
    batches = Batches(Mortal())
    batches.hire(1, 6)
    try:
        assert [batches(step) for step in range(6)] == list(range(6))
    finally:
        batches.dismiss()
    return "(the run draws the same batches itself)"


_TRAIN = """
import os, signal, sys
from pathlib import Path
from motionstudio.training import loop
from tests.robustness.lines import line_recipe, opening
from tests.training.line_task import LineTask
folder, task = Path(sys.argv[1]), LineTask()
loss = task.loss
def dies(network, step):
    if step == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return loss(network, step)
task.loss = dies
with opening(task):
    loop.train(line_recipe(folder), folder / "work", folder / "out", tell=lambda _: None,
               pace=loop.Pace(save_every=-1.0))
"""
_AUTOSAVE = """
import os, signal, sys
from functools import partial
from pathlib import Path
from motionstudio.document.autosave import Autosave
from motionstudio.document.project_file import write_project
from tests.document.test_project_file import two_subjects
folder = Path(sys.argv[1])
autosave = Autosave(folder / "autosave")
autosave.write(partial(write_project, two_subjects(folder).state), None, "heart")
def half(path):
    path.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
autosave.write(half, None, "heart")
"""


def _killed(program: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL, done.returncode


def _trained(folder: Path) -> dict[str, torch.Tensor]:
    task = LineTask()
    with opening(task):
        loop.train(line_recipe(folder), folder / "work", folder / "out", tell=lambda _: None)
    assert task.exported is not None
    return task.exported[0]


def training_run(folder: Path) -> str:
    """A run is killed in its eighth step: begun again, it ends in the weights of a whole run."""
    for name in ("killed", "whole"):
        (folder / name).mkdir()
    _killed(_TRAIN, folder / "killed")
    assert not (folder / "killed" / "out").exists()
    found, whole = _trained(folder / "killed"), _trained(folder / "whole")
    assert all(torch.equal(found[key], value) for key, value in whole.items())
    return "(goes on from its seventh step to the same weights)"


def studio(folder: Path) -> str:
    """The studio is killed while it autosaves: the version before is offered, and is whole."""
    from motionstudio.document.project_file import read_project

    _killed(_AUTOSAVE, folder)
    (left,) = Autosave(folder / "autosave").abandoned()
    (version,) = left.versions
    assert read_project(version.path).state.subjects
    left.discard()
    return "(the next start offers the version before)"


_ECHO = """
import pickle, sys
while True:
    method, values, _ = pickle.load(sys.stdin.buffer)
    pickle.dump((True, values), sys.stdout.buffer); sys.stdout.flush()
"""


def engine(_folder: Path) -> str:
    """The process that an engine elsewhere is reached through is killed between two questions."""
    link = ProcessLink([sys.executable, "-c", _ECHO], short=60)
    try:
        assert tuple(link.call("turn", 1)) == (1,)
        link._process.kill()
        try:
            link.call("turn", 2)
        except LinkLost as lost:
            return f"The engine is lost: {lost}. (Computes on this computer from then on.)"
        raise AssertionError("expected the engine to be lost")
    finally:
        link.close()


WORKERS: Mapping[str, Callable[[Path], str]] = {
    "worker of a batch killed, three times": batch_worker,
    "worker of a batch killed at every try": batch_worker_always,
    **({"Ray worker of a batch killed": ray_worker} if cluster.installed() else {}),
    "worker that draws batches for training killed": training_worker,
    "training killed in a step": training_run,
    "studio killed in an autosave": studio,
    "engine elsewhere killed between two questions": engine,
}
"""By the name under which they are counted."""
