"""A local Ray cluster of two workers, one of which is killed in the middle."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from motionstudio.batch import cluster, events
from motionstudio.batch.cluster import RayCrew
from motionstudio.batch.results import RESULT
from motionstudio.batch.running import run
from motionstudio.batch.task import Task
from motionstudio.core.errors import MotionStudioError
from tests.batch.conftest import Desk

needs_ray = pytest.mark.skipif(not cluster.installed(), reason="ray (extra cluster) is missing")


class Deadly(RayCrew):
    """Kills the actor of its second slot as soon as that has its second task."""

    given = 0

    def give(self, slot: int, task: Task) -> None:
        victim = self.pid(slot) if slot == 1 and slot in self._actors else None
        super().give(slot, task)
        self.given += slot == 1
        if victim is not None and self.given == 2:
            os.kill(victim, signal.SIGKILL)


@needs_ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(300)
def test_a_killed_actor_loses_nothing_and_nothing_is_done_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_worker_niceness", "0")  # Beside other tests it would starve.
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "0123456789abcdef" * 4)
    for seed, name in enumerate("efgh", start=4):
        desk.write_clip(name, seed)
    heard: list[events.Event] = []
    crews: list[Deadly] = []

    def make(left: int) -> Deadly:
        crews.append(Deadly(cluster.HERE, 2, left, desk.output))
        return crews[-1]

    def go() -> list[int]:
        entries = run(
            desk.study(), desk.plan(), desk.output, make,
            where="in a test", tell=heard.append, cancelled=lambda: False,
        )  # fmt: skip
        assert all(entry.outcome is not None for entry in entries)
        return [entry.attempts for entry in entries]

    attempts = go()
    made = [event.task for event in heard if isinstance(event, events.Made)]
    assert sorted(made) == [f"fresh/{name}" for name in "abcdefgh"]
    assert sum(isinstance(event, events.Lost) for event in heard) <= 1
    assert sum(attempts) == 8 + sum(isinstance(event, events.Lost) for event in heard)
    stamps = {path: path.stat().st_mtime_ns for path in desk.output.rglob(RESULT)}
    assert len(stamps) == 8
    assert not list(desk.output.glob(".shared-*"))
    assert go() == [0] * 8
    assert {path: path.stat().st_mtime_ns for path in desk.output.rglob(RESULT)} == stamps
    assert len(crews) == 1, "a cluster was started for nothing"


def test_without_ray_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "installed", lambda: False)
    with pytest.raises(MotionStudioError, match="extra cluster"):
        RayCrew("local", 1, 1, tmp_path)


def test_a_machine_that_does_not_share_the_folder_says_so(tmp_path: Path) -> None:
    actor = cluster.RemoteWorker.__new__(cluster.RemoteWorker)
    said = actor.do("{}", str(tmp_path), str(tmp_path / "absent"))
    assert "does not see the folder" in said


@pytest.mark.parametrize(
    ("address", "said"),
    [("local", "started on this machine: The node timed out."), ("head:1", "answers at head:1")],
)
def test_a_cluster_that_does_not_start_is_no_fault_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    class Busy:
        ended = 0

        def init(self, **_options: object) -> None:
            raise Exception("The node timed out.\nAnd more.")

        def shutdown(self) -> None:
            self.ended += 1

    ray = Busy()
    monkeypatch.setattr(cluster, "installed", lambda: True)
    monkeypatch.setattr("importlib.import_module", lambda _name: ray)
    monkeypatch.setattr(cluster, "use_token", lambda: None)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    with pytest.raises(MotionStudioError, match=said):
        RayCrew(address, 1, 1, tmp_path)
    assert ray.ended == 1
    assert not list(tmp_path.iterdir())
