"""What an edit costs until its picture: ``python -m benchmarks.latency [CLIP] [--model heart]``.

Everything is measured in one run, interleaved in random order with the bare model call (inference
mode, channels-last, one thread), so that noise of the machine falls on all alike. The figure to
trust is processor time and its ratio to the bare call; wall time holds for an idle machine only.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from motionstudio.core.clip import Clip
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import resources_dir
from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform, intensity_range
from motionstudio.engine import requests, responses
from motionstudio.engine.keys import content_key
from motionstudio.engine.runner import Runner
from motionstudio.engine.sync import SyncEngine
from motionstudio.io import read_clip
from motionstudio.models.base import MotionModel
from motionstudio.models.device import DeviceChoice
from motionstudio.models.registry import load_model

SAMPLE = resources_dir() / "samples" / "heart_a.npz"
_KEY = (
    "ratio: processor time over that of the bare model call. Limits are those of the budget for a "
    "laptop\nwith a GPU, held against the 95th percentile on this machine: 'target' meets the "
    "target, 'within' the\nhard limit, 'OVER' neither."
)


@dataclass
class Series:
    """Milliseconds of one kind of step."""

    name: str
    target: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, step: Callable[[], object]) -> None:
        """Run ``step`` and note what it took."""
        cpu, wall = time.thread_time(), time.perf_counter()
        step()
        self.wall.append((time.perf_counter() - wall) * 1e3)
        self.cpu.append((time.thread_time() - cpu) * 1e3)

    def line(self, bare: Series, share: int = 1) -> str:
        """A row of the table; ``share`` frames were made at once."""
        ratio = float(np.median(self.cpu) / np.median(bare.cpu)) / share
        figures = [*np.percentile(self.cpu, [50, 95]), *np.percentile(self.wall, [50, 95])]
        cells = " ".join(f"{value:9.2f}" for value in figures)
        return f"{self.name:38s} {cells} {ratio:8.2f}x  {self.target}"


class Bench:
    """A clip, its motion and requests that the caches have not seen."""

    def __init__(self, model: MotionModel, clip: Clip, seed: int = 0) -> None:
        self.model, self.clip = model, clip
        self.random = random.Random(seed)
        self.noise = np.random.default_rng(seed)
        self.transform = Transform.fit(
            clip.size, model.card.size, mode="letterbox", range=intensity_range(clip)
        )
        frame = np.asarray(clip.frames[0])
        self.picture = requests.Picture(content_key(frame), frame)
        self.clip_key = content_key(*(np.asarray(clip.frames[t]) for t in range(len(clip))))
        self.runner = Runner(
            load=lambda _name, _device: model, device=DeviceChoice("cpu", "benchmark")
        )
        self.engine = SyncEngine(self.runner)
        self.motion = self.encode(np.ones(len(clip), np.bool_))

    def encode(self, kept: np.ndarray) -> Motion:
        """The clip's motion with the frames outside ``kept`` (T,) withheld."""
        request = requests.EncodeRequest(
            subject="s",
            revision=0,
            model=self.model.card.name,
            clip_key=self.clip_key,
            clip=self.clip,
            transform=self.transform,
            kept=kept,
            cyclic=bool(self.clip.cyclic),
        )
        return self.engine.ask(request, responses.Encoded).motion

    def decode(self, motion: Motion, *frames: int) -> requests.DecodeRequest:
        """The request for pictures of ``frames``."""
        return requests.DecodeRequest(
            lane=requests.Lane.SCRUB,
            subject="s",
            revision=0,
            model=self.model.card.name,
            motion=motion,
            source=self.picture,
            transform=self.transform,
            frames=frames,
        )

    def some_frame(self) -> int:
        """Any frame but the reference."""
        return self.random.randrange(1, len(self.clip))

    def edited(self, frame: int | None = None) -> Motion:
        """One cell changed, or (None) every row."""
        mean = self.motion.mean.copy()
        if frame is None:
            mean[1:] += self.noise.normal(0, 0.1, mean[1:].shape).astype(np.float32)
        else:
            mean[frame, self.random.randrange(mean.shape[1])] += self.noise.normal()
        return replace(self.motion, mean=mean)

    def dropped(self) -> np.ndarray:
        """A mask (T,) that keeps about seven frames of ten."""
        kept = self.noise.random(len(self.clip)) < 0.7
        kept[0] = True
        return kept


def bare_call(bench: Bench) -> Callable[[], object]:
    """The model's arithmetic for one row: decoder, integration, up to the picture's size."""
    from motionstudio.models.genlmm_model import GenLMMModel

    source = bench.transform.apply(bench.picture.frame[np.newaxis], bench.model.card.channels)[0]
    model = bench.model
    if not isinstance(model, GenLMMModel):
        return lambda: model.decode(bench.motion, source, [bench.some_frame()])
    network = model.network
    with torch.inference_mode():
        picture = torch.from_numpy(source[np.newaxis]).contiguous(memory_format=torch.channels_last)
        anatomy = network.anatomy(picture)
        rest = network.rest(anatomy)
        rows = torch.from_numpy(bench.motion.mean)

    def call() -> object:
        with torch.inference_mode():
            row = rows[bench.some_frame()][None]
            return network.displacement(network.decoder(row, anatomy, 1) - rest)

    return call


def scrub(bench: Bench) -> Callable[[], object]:
    everything = bench.decode(bench.motion, *range(len(bench.clip)))
    bench.engine.run(everything)

    def step() -> object:
        found = bench.runner.gallery.lookup(everything, bench.some_frame())
        assert found is not None
        return found

    return step


def steps(bench: Bench) -> list[tuple[Series, Callable[[], object]]]:
    def cell() -> object:
        frame = bench.some_frame()
        return bench.engine.run(bench.decode(bench.edited(frame), frame))

    def drop() -> object:
        motion = bench.encode(bench.dropped())
        return bench.engine.run(bench.decode(motion, bench.some_frame()))

    def whole() -> object:
        return bench.engine.run(bench.decode(bench.edited(), *range(len(bench.clip))))

    return [
        (Series("bare model call", ""), bare_call(bench)),
        (Series("scrub to a cached frame", "<= 0.2x, p95 <= 16 ms"), scrub(bench)),
        (Series("one latent cell -> picture", "<= 1.3x, p95 <= 33 ms"), cell),
        (Series("drop toggled -> picture", "p95 <= 100 ms"), drop),
        (Series("whole sequence (ratio per frame)", "<= 1 s"), whole),
    ]


def measure(bench: Bench, rounds: int) -> float:
    """The engine alone; returns the median of the bare model call in milliseconds."""
    series = steps(bench)
    for _, step in series:
        for _ in range(3):
            step()
    for _ in range(rounds):
        for one, step in bench.random.sample(series, len(series)):
            if one.name.startswith("scrub"):
                scrub(bench)  # what the other steps made may have pushed the pictures out
            one.time(step)
    print("The engine alone, in the caller's thread")
    print(f"{'':38s} {'cpu p50':>9s} {'cpu p95':>9s} {'wall p50':>9s} {'wall p95':>9s}    ratio")
    bare = series[0][0]
    for one, _ in series:
        print(one.line(bare, len(bench.clip) if one.name.startswith("whole") else 1))
    return float(np.median(bare.cpu))


def measure_window(clip: Path, rounds: int, bare: float) -> None:
    """The same budget in the real window, offscreen."""
    from benchmarks import studio
    from benchmarks.budget import HEAD

    application = studio.TimedApplication([])
    window = studio.Studio(clip, application)
    application.watching = True
    print("\nThe whole window (milliseconds of the window's thread and of the wall)")
    print(HEAD)
    for row in studio.rows(window, rounds):
        print(row.line(bare))


def measure_start(rounds: int) -> None:
    """Launches in processes of their own."""
    from benchmarks import start
    from benchmarks.budget import HEAD

    print("\nFrom launch (milliseconds of the wall)")
    print(HEAD)
    for row in start.rows(rounds):
        print(row.line(0.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path, help="default: the generated heart")
    parser.add_argument("--model", default="heart", help="checkpoint, by name or path")
    parser.add_argument("--random", metavar="PRESET", help="GenLMM of random weights instead")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--starts", type=int, default=3, help="launches of the whole program")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    try:
        if chosen.random:
            from tests.engine.real_model import random_genlmm

            model: MotionModel = random_genlmm(chosen.random)
        else:
            model = load_model(chosen.model)
        clip = read_clip(chosen.clip or SAMPLE)
    except MotionStudioError as error:
        sys.exit(str(error))
    bench = Bench(model, clip)
    height, width = clip.size
    print(
        f"{clip.name}: {len(clip)} frames of {width} x {height}; {model.card.name}, "
        f"{model.card.size} px, D = {model.card.dims}; milliseconds, {chosen.rounds} rounds, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    bare = measure(bench, chosen.rounds)
    print(_KEY)
    if not chosen.random:
        sys.stdout.flush()
        measure_window(chosen.clip or SAMPLE, chosen.rounds, bare)
        measure_start(chosen.starts)
        sys.stdout.flush()
        # Threads of the window would be waited for.
        os._exit(0)


if __name__ == "__main__":
    main()
