"""What training costs, for every system, against a plain loop of the same steps.

``python -m benchmarks.training [--steps 8] [--only genlmm] [--processes 2] [--json FILE]``

A plain loop draws, computes the loss, goes back, and lets Adam step. Ours also checks, averages
weights, counts and tells; both make the same steps in turns in one process, so that their ratio
holds on a busy machine. Every system has a process of its own, whose peak of memory is its own.
Then: the share of time spent waiting for data, with batches drawn in between and by one worker
ahead; and, with ``--processes``, steps per second of that many processes that divide each batch.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import checkpoints_dir
from motionstudio.evaluation.table import Column, Figure, Row, Table
from motionstudio.training.events import Stepped, from_line
from motionstudio.training.group import Group
from motionstudio.training.loader import BatchedTask
from motionstudio.training.recipe import GeneratorSource, Recipe, read_recipe
from motionstudio.training.state import fresh_state
from motionstudio.training.stepping import Runner
from motionstudio.training.task import AdversarialTask, Task, open_task

RECIPES = {
    "genlmm": "heart",
    "fomm": "figures_fomm",
    "vae": "digits_vae_20d",
    "inbetween": "teapot_2dof_a100",
    "draw": "digits_draw",
    "visual_dynamics": "shapes_vd",
    "stae": "digits_stae",
    "vpn": "digits_vpn",
    "recomposing": "digits_recomposing",
}
COLUMNS = (
    Column("steps", "steps/s", 2),
    Column("images", "pictures/s", 1),
    Column("ratio", "time, plain loop = 1", 2),
    Column("waiting", "waiting for data %", 1),
    Column("ahead", "with a worker %", 1),
    Column("memory", "peak MiB", 0),
    Column("weights", "weights k", 0),
)
NOTE = (
    "Steps and pictures per second of processor time of one thread, batches as in the recipe; a "
    "plain loop makes the same steps in turns with ours. Waiting is a share of the wall time: "
    "batches drawn between steps, and ahead by one worker. A dash: batches are not drawn ahead."
)
_BLOCK = 2
_FEW = 8


def small(recipe: Recipe, steps: int) -> Recipe:
    """The recipe with few generated sequences, which take long to make, and few steps."""
    generated = [s for s in recipe.data if isinstance(s, GeneratorSource)]
    data = tuple(
        s.model_copy(update={"count": min(s.count, _FEW), "first_index": 0}) for s in generated
    )
    first = next((s for s in recipe.stages if not s.detector_alone), recipe.stages[0])
    stage = first.model_copy(update={"steps": steps})
    # Clips take long to read, and a step costs the same.
    return recipe.model_copy(
        update={"data": data or recipe.data, "stages": (stage,), "watch_every": 0}
    )


def measured(recipe: Recipe, data: Path | None, work: Path, steps: int) -> dict[str, Any]:
    """One row of the table."""
    task = open_task(recipe, data, work, "cpu", lambda _text: None)
    plain, ours = PlainLoop(recipe, task), OurLoop(recipe, task)
    spent: dict[str, list[float]] = {"plain": [], "ours": []}
    plain.step(0)
    ours.step()
    for number in range(1, steps // _BLOCK):
        for name, step in (("plain", lambda n=number: plain.step(n)), ("ours", ours.step)):
            start = time.process_time()
            for _ in range(_BLOCK):
                step()
            spent[name].append((time.process_time() - start) / _BLOCK)
    middle = {name: sorted(values)[len(values) // 2] for name, values in spent.items()}
    return {
        "weights": sum(p.numel() for p in ours.state.model.parameters()),
        "step_ms": 1e3 * middle["ours"],
        "plain_ms": 1e3 * middle["plain"],
        "ratio": middle["ours"] / middle["plain"],
        "images": _images(task, recipe),
        **_waiting(recipe, task, ours, steps),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


class PlainLoop:
    """What everybody would write."""

    def __init__(self, recipe: Recipe, task: Task) -> None:
        self._task, self._network = task, task.network()
        self._optimiser = torch.optim.Adam(self._network.parameters(), recipe.stages[0].rate)

    def step(self, number: int) -> None:
        """One step."""
        loss, _ = self._task.loss(self._network, number)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()


class OurLoop:
    """The loop of every system, without what it tells and saves."""

    def __init__(self, recipe: Recipe, task: Task) -> None:
        opponent = task.opponent() if isinstance(task, AdversarialTask) else None
        self.state = fresh_state(task.network(), task.betas, opponent)
        self._runner = Runner(recipe, self.state, task, Group(), lambda _event: None)

    def step(self) -> None:
        """One step."""
        self._runner.step()


def _images(task: Task, recipe: Recipe) -> int:
    """Pictures that a step looks at; sequences where its batches are not known."""
    if not isinstance(task, BatchedTask):
        return recipe.stages[0].batch
    tensors = [t for t in _tensors(task.batches(0)) if t.dim() > 2 and t.shape[-1] == t.shape[-2]]
    largest = max(tensors, key=lambda t: t.numel())
    shape = largest.shape[:-3] if largest.dim() > 3 else largest.shape[:-2]
    count = 1
    for length in shape:
        count *= length
    return count


def _tensors(batch: object) -> Iterator[Tensor]:
    if isinstance(batch, Tensor):
        yield batch
    elif isinstance(batch, tuple | list):
        for one in batch:
            yield from _tensors(one)
    elif is_dataclass(batch):
        for item in fields(batch):
            yield from _tensors(getattr(batch, item.name))


def _waiting(recipe: Recipe, task: Task, loop: OurLoop, steps: int) -> dict[str, float | None]:
    if not isinstance(task, BatchedTask):
        return {"waiting": None, "waiting_worker": None}
    found: dict[str, float | None] = {}
    for name, workers in (("waiting", 0), ("waiting_worker", 1)):
        loop.state.step = 0
        if workers:
            task.batches.hire(workers, recipe.steps)
            loop.step()  # The first batch waits for the worker's process to come up.
        before, start = task.batches.waited, time.perf_counter()
        for _ in range(steps // 2):
            loop.step()
        found[name] = (task.batches.waited - before) / (time.perf_counter() - start)
    task.batches.dismiss()
    return found


def together(recipe: Path, data: Path | None, processes: int, steps: int) -> float | None:
    """Steps per second of several processes; None where the system is trained by one."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["--standalone", "--nproc-per-node", str(processes)] if processes > 1 else []
        starter = ["-m", "torch.distributed.run", *words] if processes > 1 else []
        command = [sys.executable, *starter, "-m", "motionstudio", "train", str(recipe), "--json"]
        command += ["--work", folder, "--set", f"stages.0.steps={steps}"]
        command += ["--set", f"data.0.count={_FEW}"]
        command += ["--data", str(data)] if data is not None else []
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    told = [from_line(line) for line in lines]
    speeds = [event.speed for event in told if isinstance(event, Stepped)]
    return speeds[-1] if speeds and not done.returncode else None


def one(system: str, data: Path | None, steps: int) -> dict[str, Any]:
    """Measure one system in this process."""
    torch.set_num_threads(1)
    recipe = small(read_recipe(checkpoints_dir() / RECIPES[system] / "recipe.toml"), 4 * steps)
    with tempfile.TemporaryDirectory() as folder:
        return measured(recipe, data, Path(folder), steps)


def row(system: str, data: Path | None, steps: int) -> dict[str, Any]:
    """Measure one system in a process of its own; ``problem`` says why that was not possible."""
    command = [sys.executable, "-m", "benchmarks.training", "--one", system]
    command += ["--steps", str(steps)]
    command += ["--data", str(data)] if data else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"problem": (done.stderr.strip().splitlines() or ["it failed"])[-1]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def table(rows: Mapping[str, Mapping[str, Any]]) -> Table:
    """One line for each system."""
    return Table(
        "training", "Training of every system", COLUMNS, tuple(map(_row, rows.items())), NOTE
    )


def measure_all(data: Path | None, steps: int, tell: Callable[[str], None]) -> Table:
    """The table of all systems, one after another."""
    found = {}
    for system in RECIPES:
        found[system] = row(system, data, steps)
        tell(f"training: {system}")
    return table(found)


def _row(told: tuple[str, Mapping[str, Any]]) -> Row:
    system, found = told
    if "problem" in found:
        return Row(system, {}, str(found["problem"]))
    per_second = 1e3 / found["step_ms"]
    values = {
        "steps": per_second,
        "images": per_second * found["images"],
        "ratio": found["ratio"],
        "waiting": None if found["waiting"] is None else 100 * found["waiting"],
        "ahead": None if found["waiting_worker"] is None else 100 * found["waiting_worker"],
        "memory": found["peak_mib"],
        "weights": found["weights"] / 1e3,
    }
    return Row(system, {k: Figure(v, 0.0, 1) for k, v in values.items() if v is not None})


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--only", nargs="*", default=list(RECIPES), choices=list(RECIPES))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--one", choices=list(RECIPES), help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.one:
        try:
            _say(json.dumps(one(words.one, words.data, words.steps)))
        except MotionStudioError as error:
            sys.stderr.write(f"{error.message}\n")
            return 1
        return 0
    rows: dict[str, dict[str, Any]] = {}
    for system in words.only:
        rows[system] = row(system, words.data, words.steps)
        sys.stderr.write(f"{system}: {rows[system]}\n")
    _say(table(rows).text())
    if words.processes:
        recipe = Path(__file__).parent / "recipes" / "dropout.toml"
        speeds = [together(recipe, words.data, count, 100) for count in (1, words.processes)]
        rows["processes"] = {"1": speeds[0], str(words.processes): speeds[1]}
        _say(f"GenLMM, the same batches: steps/s of 1 and of {words.processes} processes: {speeds}")
    if words.json:
        words.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
