"""Goes through a stand-alone bundle: `python -m benchmarks.bundle dist/motionstudio`.

Everything runs in processes that know nothing but an empty home, in an empty folder with a blank
and a letter beyond ASCII in its name. Printed: what was tried, whether it went well, how long it
took, and how long the bundle needs to start beside this environment. With --ray ADDRESS a remote
engine is asked too; the cluster must have the same wheel installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from motionstudio.engine.remote_process import ProcessLink
from tests.io import samples

ROOT = Path(__file__).resolve().parents[1]
SYSTEMS = {
    "heart": "heart_a",
    "figures_fomm": "figure_walk",
    "digits_vae_20d": "written_digit",
    "teapot_2dof_a100": "teapot",
    "digits_draw": "written_digit",
    "shapes_vd": "shapes",
    "digits_stae": "moving_digit",
    "digits_vpn": "moving_digit",
    "digits_recomposing": "digit_steps",
}
"""A model of each of the nine systems, and a clip of its kind."""
TINY = (
    "--set", "preset=tiny", "--set", "data.0.count=1",
    "--set", "stages=[{steps = 3, batch = 1, frames = [5, 6], rate = 1e-3}]",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle and where it is tried."""

    program: Path
    desk: Path

    @property
    def carried(self) -> Path:
        """Resources and checkpoints inside."""
        return self.program.parent / "_internal" / "motionstudio" / "_bundled"

    def environ(self, **more: str) -> dict[str, str]:
        """All that its processes know."""
        return {"HOME": str(self.desk / "home"), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", **more}

    def run(self, *words: str, **more: str) -> str:
        """Run it; what it says, or an AssertionError with its last words."""
        done = subprocess.run(
            [self.program, *words], cwd=self.desk, env=self.environ(**more), capture_output=True,
            text=True, timeout=900, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-600:]
        return said

    def sample(self, name: str) -> str:
        """Path of a sample inside."""
        return str(self.carried / "resources" / "samples" / f"{name}.npz")


Step = tuple[str, Callable[[Bundle], object]]


def steps(ray: str | None) -> Iterator[Step]:
    """Everything that is tried, in order."""
    yield "doctor", lambda b: b.run("doctor").index("Everything essential works.")
    yield "licences", lambda b: b.run("doctor", "--licences").index("| torch |")
    yield "models", lambda b: b.run("models")
    for name in samples.MAKERS:
        yield f"open {name}", lambda b, n=name: b.run("inspect", str(samples.make(n, b.desk)))
    for model, clip in SYSTEMS.items():
        yield (
            f"encode with {model}",
            lambda b, m=model, c=clip: b.run("encode", b.sample(c), "-m", m, "-o", f"{m}.npz"),
        )
    for suffix in ("mp4", "webm", "gif", "apng", "nii.gz", "csv"):
        yield f"export .{suffix}", lambda b, s=suffix: export(b, f"out.{s}")
    yield "train as the window does", train
    yield "batch with two processes", batch
    yield "UMAP as the window asks for it", project
    if ray:
        yield f"engine at {ray}", lambda b: remote(b, ray)
    yield "tour", lambda b: b.run("tour", QT_QPA_PLATFORM="offscreen")


def export(bundle: Bundle, name: str) -> None:
    """A picture animated by the motion of another."""
    bundle.run("render", "heart.npz", "--source", bundle.sample("heart_b"), "-o", name)
    assert (bundle.desk / name).stat().st_size > 200


def train(bundle: Bundle) -> None:
    """The words of ``gui/training/launch.py``, with a loader of batches in its own process."""
    recipe = str(bundle.carried / "checkpoints" / "heart" / "recipe.toml")
    words = ["-m", "motionstudio", "train", recipe, "--work", "run", "--out", "mine"]
    bundle.run(*words, "--data", ".", "--controlled", "--set", "workers=1", *TINY)
    assert (bundle.desk / "mine" / "weights.safetensors").is_file()


def batch(bundle: Bundle) -> None:
    """Two clips, a process each."""
    files = f"{bundle.carried.as_posix()}/resources/samples/heart_*.npz"
    study = f'models = ["heart"]\n[[clips]]\nfiles = ["{files}"]\n'
    (bundle.desk / "study.toml").write_text(study, encoding="utf-8")
    bundle.run("batch", "study.toml", "-w", "2")


def project(bundle: Bundle) -> None:
    """The words of ``gui/presenters/mapping.py``."""
    rows = np.random.default_rng(0).normal(size=(60, 8))
    asked = {"neighbours": 8, "min_dist": 0.1, "seed": 1}
    np.savez(bundle.desk / "rows.npz", rows=rows, **{k: np.array(v) for k, v in asked.items()})
    bundle.run("-m", "motionstudio.embed", "rows.npz", "points.npz")
    with np.load(bundle.desk / "points.npz") as made:
        assert np.isfinite(made["points"]).all()


def remote(bundle: Bundle, address: str) -> None:
    """The words of ``engine/remote_process.py``."""
    words = ["-P", "-m", "motionstudio.engine.remote_gateway", address]
    link = ProcessLink(["env", "-i", *_pairs(bundle.environ()), str(bundle.program), *words])
    try:
        assert link.call("hello")
    finally:
        link.close()


def _pairs(environ: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in environ.items()]


def started(command: list[str], environ: dict[str, str], rounds: int = 5) -> float:
    """Median processor time of a process and its children, seconds."""
    spent = []
    for _ in range(rounds):
        before = os.times()
        subprocess.run(command, env=environ, check=True, capture_output=True)
        after = os.times()
        spent.append(sum(after[2:4]) - sum(before[2:4]))
    return statistics.median(spent)


def start_ratio(bundle: Bundle, *words: str) -> float:
    """How much longer the bundle computes for a command than this environment does."""
    own = started(
        [sys.executable, "-P", "-m", "motionstudio", *words],
        bundle.environ(PYTHONPATH=str(ROOT)),
    )
    return started([str(bundle.program), *words], bundle.environ()) / own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--ray", help="a cluster with the same wheel, such as ray://localhost:10001"
    )
    chosen = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="bündle try ") as desk:
        bundle = Bundle(chosen.folder.resolve() / "motionstudio", Path(desk))
        (bundle.desk / "home").mkdir()
        inside = [path for path in chosen.folder.rglob("*") if not path.is_symlink()]
        size = sum(path.stat().st_size for path in inside if path.is_file())
        print(f"size: {size / 2**20:.0f} MiB, {len(inside)} files and folders")
        for title, step in steps(chosen.ray):
            begun = time.perf_counter()
            try:
                step(bundle)
                outcome = "good"
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                outcome, failed = f"FAILED: {error}", failed + 1
            print(f"{title}: {outcome} ({time.perf_counter() - begun:.1f} s)", flush=True)
        for words in (["--version"], ["models"], ["inspect", "heart"]):
            print(f"start of {' '.join(words)}: {start_ratio(bundle, *words):.2f} times")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
