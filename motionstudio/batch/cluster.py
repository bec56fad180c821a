"""Workers on a cluster: one Ray actor each, a GPU each where there are GPUs.

Ray comes with the extra ``cluster`` and is imported nowhere else in this package. Only texts
travel (a task and a word as JSON) and the actor's class is named, not sent: every machine needs
MotionStudio itself. Clips, checkpoints and results are read and written in folders that all
machines share.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import logging
import os
import platform
import time
import uuid
import warnings
from pathlib import Path
from typing import Any

from motionstudio.batch.crew import Died, Refused, Word, of_plain
from motionstudio.batch.task import Task
from motionstudio.core.errors import MotionStudioError
from motionstudio.engine.remote_actor import use_token

NEEDED = (
    "A cluster needs the package ray (extra cluster).",
    "Install it into the program's environment: python -m pip install 'ray>=2.52'.",
)
HERE = "local"
"""The address that starts a cluster on this machine alone."""
_STORE = 100 * 2**20


def installed() -> bool:
    """Whether Ray is at hand; imports nothing."""
    return importlib.util.find_spec("ray") is not None


class RemoteWorker:
    """The actor: a worker that takes and gives texts."""

    def __init__(self) -> None:
        from motionstudio.batch.work import Worker

        self._worker = Worker()

    def do(self, line: str, output: str, proof: str) -> str:
        """A word as JSON, about the task of ``line``.

        Args:
            line: of ``Task.to_line``.
            output: folder of the results.
            proof: a file in it, which tells whether this machine shares the folder.
        """
        from motionstudio.batch.crew import plain
        from motionstudio.batch.doing import do

        if not Path(proof).is_file():
            said: Word = Refused(0, f"{platform.node()} does not see the folder {output}.")
        else:
            said = do(self._worker, Task.from_line(line), Path(output), lambda _fraction: True)
        return json.dumps(plain(said))

    def pid(self) -> int:
        """Of the process, on its machine."""
        return os.getpid()


class RayCrew:
    """Actors on a cluster.

    Args:
        address: of the cluster (``host:6379``, ``auto``, ``ray://host:10001``), or ``local``.
        wanted: how many; 0: one for each GPU, or for each core where there are none.
        most: no more than so many, because there is no more to do.
        output: folder of the results, shared by all machines.

    Raises:
        MotionStudioError: Ray is missing, or no cluster answers.
    """

    def __init__(self, address: str, wanted: int, most: int, output: Path) -> None:
        if not installed():
            raise MotionStudioError(*NEEDED)
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if address != HERE:
            use_token()  # Read when Ray is imported.
        self._ray: Any = importlib.import_module("ray")
        self._output = output
        self._proof = output / f".shared-{uuid.uuid4().hex[:12]}"
        self._proof.touch()
        self._started = False
        try:
            self._join(address, wanted)
            self._count, self._share = self._measure(wanted, most)
        except BaseException:
            self.close()
            raise
        self._actors: dict[int, Any] = {}
        self._under_way: dict[Any, int] = {}

    @property
    def slots(self) -> int:
        """How many actors there are."""
        return self._count

    def pid(self, slot: int) -> int:
        """The process of an actor that has had a task; waits until it is free."""
        return int(self._ray.get(self._actors[slot].pid.remote()))

    def give(self, slot: int, task: Task) -> None:
        """See ``crew.Crew``."""
        if slot not in self._actors:
            kind = self._ray.remote(max_restarts=0, max_task_retries=0, **self._share)(RemoteWorker)
            self._actors[slot] = kind.remote()
        said = self._actors[slot].do.remote(task.to_line(), str(self._output), str(self._proof))
        self._under_way[said] = slot

    def hear(self, timeout: float) -> Word | None:
        """See ``crew.Crew``."""
        if not self._under_way:
            time.sleep(timeout)
            return None
        ready, _ = self._ray.wait([*self._under_way], num_returns=1, timeout=timeout)
        if not ready:
            return None
        slot = self._under_way.pop(ready[0])
        try:
            word = of_plain(slot, json.loads(self._ray.get(ready[0])))
        except self._ray.exceptions.RayError as error:
            word = Died(slot, _why(error))
        if isinstance(word, Died):
            self._let_go(slot)
        return word

    def close(self) -> None:
        """See ``crew.Crew``."""
        self._proof.unlink(missing_ok=True)
        if self._started:
            for slot in tuple(getattr(self, "_actors", ())):
                self._let_go(slot)
            self._ray.shutdown()
            self._started = False

    def _join(self, address: str, wanted: int) -> None:
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if address == HERE:
            cores = {"num_cpus": wanted} if wanted else {}
            quiet |= {"include_dashboard": False, "object_store_memory": _STORE, **cores}
        else:
            quiet |= {"address": address}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # What is wrong is said in a sentence.
                self._ray.init(**quiet)
        except Exception as error:  # Ray raises bare ones where a machine is too busy.
            self._ray.shutdown()
            raise no_cluster(address, error) from error
        self._started = True

    def _measure(self, wanted: int, most: int) -> tuple[int, dict[str, float]]:
        there = self._ray.cluster_resources()
        gpus, cores = int(there.get("GPU", 0)), int(there.get("CPU", 1))
        share = {"num_cpus": 1.0} | ({"num_gpus": 1.0} if gpus else {})
        fit = gpus or cores
        return max(1, min(wanted or fit, fit, most)), share

    def _let_go(self, slot: int) -> None:
        actor = self._actors.pop(slot, None)
        if actor is not None:
            self._ray.kill(actor)


def no_cluster(address: str, error: Exception) -> MotionStudioError:
    """Why there is no cluster, and what to do."""
    why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    if address == HERE:
        return MotionStudioError(
            f"No cluster could be started on this machine: {why}.",
            "Try again when it is less busy, or leave --cluster out.",
        )
    return MotionStudioError(
        f"No cluster answers at {address}: {why}.",
        "Start one with 'ray start --head', or give --cluster local.",
    )


def _why(error: Exception) -> str:
    if "Actor" in type(error).__name__:
        return "its actor died"
    return f"the cluster lost it ({type(error).__name__})"
