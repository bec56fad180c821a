"""The studio as a person meets it, as ratios: ``python -m benchmarks.session [--rounds N]``.

Refresh, scrubbing, playback, opening a project, memory and start-up, each beside the least that
could do it in the same run: bare model calls, one viewport, frames due, a bare Qt window. Parts run
in processes of their own; processor time of all threads, but for playback and start, which are
waited for.
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
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation.table import Column, Figure, Row, Table

if TYPE_CHECKING:
    from benchmarks.studio import Studio

MIB = 2**20
RATE, SECONDS = 24.0, 3.0
_BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
app.processEvents()
print("window", flush=True)
"""
_TORCH = "import PySide6.QtWidgets, torch; print('window', flush=True)"


def refresh(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of the engine for all pictures of the sample, and of bare calls for as many."""
    from benchmarks.latency import SAMPLE, Bench, bare_call
    from motionstudio.io import read_clip
    from motionstudio.models.registry import load_model

    bench = Bench(load_model("heart"), read_clip(SAMPLE))
    count = len(bench.clip)
    call = bare_call(bench)
    taken: dict[str, list[float]] = {"ours": [], "least": []}

    def whole() -> object:
        return bench.engine.run(bench.decode(bench.edited(), *range(count)))

    def bare() -> object:
        return [call() for _ in range(count)]

    steps = {"ours": whole, "least": bare}
    for number in range(rounds + 1):
        for name, step in steps.items():
            spent = _cpu(step)
            if number:
                taken[name].append(spent)
    return taken


def window(studio: Studio, rounds: int) -> dict[str, dict[str, list[float]]]:
    """What the window takes, all threads, and the least that it is compared with."""
    from benchmarks import overlays

    made = {"refresh in the window": {"ours": _refreshed(studio, rounds), "least": []}}
    rows = overlays.measure(studio, rounds)
    for plain, full in zip(rows[::2], rows[1::2], strict=True):
        size = plain.name.rpartition(" at ")[2]
        made[f"scrub, four viewports, at {size}"] = {"ours": full.cpu, "least": plain.cpu}
    studio.window.resize(1280, 720)
    made["playback"] = _played(studio)
    return made


def _refreshed(studio: Studio, rounds: int) -> list[float]:
    from motionstudio.document.commands import EditLatent

    subject, taken = studio.window.session.active, []
    assert subject is not None
    every = tuple(range(1, len(subject.clip)))
    for _ in range(rounds):
        block = studio.random.normal(size=(len(every), 1)).astype(np.float32)
        start = time.process_time()
        studio.window.session.push(EditLatent(subject.id, every, (1,), block))
        studio.rest()
        taken.append(1e3 * (time.process_time() - start))
    return taken


def _played(studio: Studio) -> dict[str, list[float]]:
    """Pictures shown in some seconds of real time, and pictures due."""
    playback, pictures = studio.window.presenters.playback, studio.window.presenters.pictures
    shown: list[float] = []

    def note() -> None:
        shown.append(time.perf_counter())

    playback.set_real_time(True)
    playback.set_fps(RATE)
    playback.go(0)
    studio.until(studio.is_final)
    studio.rest()
    pictures.pictureChanged.connect(note)
    playback.toggle(True)
    end = time.perf_counter() + SECONDS
    studio.until(lambda: time.perf_counter() > end)
    playback.toggle(False)
    pictures.pictureChanged.disconnect(note)
    return {"ours": [float(len(shown))], "least": [RATE * SECONDS]}


def child(rounds: int) -> None:
    """Everything that needs a window; says it as JSON and ends at once."""
    import torch
    from PySide6.QtWidgets import QApplication

    from benchmarks.latency import SAMPLE
    from benchmarks.studio import Studio
    from motionstudio.gui.theme.apply import apply

    torch.set_num_threads(1)
    application = QApplication([])
    apply(application, "dark")
    studio = Studio(SAMPLE, application)
    opened = _resident()
    found: dict[str, Any] = {"window": window(studio, rounds), "refresh": refresh(rounds)}
    found["memory"] = {"opened": opened, "peak": _resident()}
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # Threads of the window would be waited for.


def starts(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of the wall until a window, torch and a moving sample; cold and warm."""
    from benchmarks import start

    made: dict[str, dict[str, list[float]]] = {}
    cold = start.rows(1, fresh=True)
    warm = start.rows(rounds)
    least = [_wall(_BARE) for _ in range(rounds)]
    torch = [_wall(_TORCH) for _ in range(rounds)]
    for words, found in (("cold", cold), ("warm", warm)):
        for row, beside in zip(found, (least, torch, torch), strict=True):
            made[f"{words}: {row.name}"] = {"ours": row.wall, "least": beside}
    return made


def _wall(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return 1e3 * (time.perf_counter() - begun)


def _cpu(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return 1e3 * (time.process_time() - start)


def _resident() -> float:
    """MiB, the most so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (MIB if sys.platform == "darwin" else 1024)


def least_memory() -> float:
    """MiB of a process that has imported Qt and torch, and does nothing."""
    code = (
        "import resource, torch, PySide6.QtWidgets as q; q.QApplication([]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout) / (MIB if sys.platform == "darwin" else 1024)


def measure(rounds: int, tell: Callable[[str], None]) -> Table:
    """One row for each thing that people wait for.

    Raises:
        MotionStudioError: the window did not get through.
    """
    with tempfile.TemporaryDirectory() as home:
        found = _in_child(rounds, Path(home))
    tell("session: window")
    bare = found["refresh"]["least"]
    found["window"]["refresh in the window"]["least"] = bare
    rows = [_row("refresh of the sequence, engine alone", found["refresh"], "bare model calls")]
    beside = {"refresh": "bare model calls", "scrub": "one viewport", "playback": "pictures due"}
    rows += [
        _row(name, both, beside[name.partition(",")[0].split()[0]])
        for name, both in found["window"].items()
    ]
    begun = starts(max(2, rounds // 5))
    tell("session: start-up")
    rows += [
        _row(name, both, "bare Qt window" if "> window" in name else "Qt and torch imported")
        for name, both in begun.items()
    ]
    least = [least_memory()]
    for name, words in (("opened", "sample opened"), ("peak", "after everything above")):
        both = {"ours": [found["memory"][name]], "least": least}
        rows.append(_row(f"memory, {words} (MiB)", both, "Qt and torch imported"))
    return _table(rows)


def _in_child(rounds: int, home: Path) -> dict[str, Any]:
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    command = [sys.executable, "-m", "benchmarks.session", "--child", "--rounds", str(rounds)]
    env = {**os.environ, **dict.fromkeys(names, str(home))}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise MotionStudioError(f"The window could not be measured: {lines[-1]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _row(name: str, both: Mapping[str, list[float]], beside: str) -> Row:
    ours, least = (float(np.median(both[key])) for key in ("ours", "least"))
    worst = float(np.percentile(both["ours"], 95))
    plain = {"ratio": ours / least, "ours": ours, "worst": worst, "least": least}
    figures = {key: Figure(value, 0.0, len(both["ours"])) for key, value in plain.items()}
    return Row(f"{name}, to {beside}", figures)


def _table(rows: list[Row]) -> Table:
    columns = (
        Column("ratio", "ratio", 2), Column("ours", "ours, median", 1),
        Column("worst", "ours, 95 %", 1), Column("least", "the other", 1),
    )  # fmt: skip
    note = (
        "Milliseconds, but pictures for playback and MiB for memory. Scrubbing is processor time "
        "of the window's thread, refresh that of all threads, start and playback are waited for. "
        "Cold: no byte code yet and files out of the page cache where the system lets them go."
    )
    return Table(
        "session", "The studio beside the least that could do it", columns, tuple(rows), note
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.rounds)
    print(measure(chosen.rounds, lambda text: print(text, file=sys.stderr)).text())


if __name__ == "__main__":
    main()
