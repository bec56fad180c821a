"""How damaged files are met: `python -m benchmarks.robustness --rounds 200`.

Each kind of file is damaged many times and read in a process of its own, with limited memory and
time. Counted are files tried, refused with a sentence, opened after all, and failures: anything
else, a crash and a hang included. What failed is kept. With ``--seconds`` each kind, and each real
file of ``--data``, gets so much time at the most, so that the last is reached as the first is.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from types import FrameType

from tests.robustness.damage import blind
from tests.robustness.targets import TARGETS, Target, damaged, outcome, read_frames

_MEMORY, _SECONDS = 12 << 30, 30
_LARGEST_REAL = 4 << 20
KEEP = Path("runs/robustness")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="damaged forms of each file")
    parser.add_argument("--seed", type=int, default=0, help="of the first damaged form")
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--data", type=Path, help="also damage real files below this folder")
    parser.add_argument("--seconds", type=float, default=math.inf, help="at most for each file")
    parser.add_argument("--keep", type=Path, default=KEEP, help="of failures")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        _child(chosen.child, chosen.rounds, chosen.seed, chosen.keep, chosen.seconds)
        return
    names = [*TARGETS, *(str(path) for path in real_files(chosen.data))]
    how = chosen.rounds, chosen.seed, chosen.keep, chosen.seconds
    rows = {name: attack(name, *how) for name in names if chosen.only in name}
    print("| kind of file | tried | refused with a sentence | opened | failures |")
    print("|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for name, row in rows.items():
        total.update(row)
        _print_row(Path(name).name if chosen.data else name, row)
    _print_row("all", total)
    sys.exit(int(total["failed"] > 0))


def _print_row(name: str, row: Counter[str]) -> None:
    cells = " | ".join(str(row[key]) for key in ("tried", "refused", "opened", "failed"))
    print(f"| {name} | {cells} |")


def real_files(data: Path | None) -> list[Path]:
    """One small file of each suffix in each data set."""
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(data.rglob("*")) if data else ():
        folder = path.relative_to(data).parts[0] if data else ""
        if path.is_file() and 0 < path.stat().st_size < _LARGEST_REAL:
            found.setdefault((folder, path.suffix), path)
    return [path for path in found.values() if path.suffix not in (".md", ".txt", ".json", ".csv")]


def attack(
    name: str, rounds: int, seed: int = 0, keep: Path = KEEP, seconds: float = math.inf
) -> Counter[str]:
    """Attack one kind of file in a process that may die; what is left is tried again.

    Args:
        name: of a target, or the path of a clip.
        rounds: how many damaged forms.
        seed: of the first one.
        keep: folder for what fails.
        seconds: begin no form after so many; one is tried whatever it takes.

    Returns:
        How many were ``tried``, ``refused``, ``opened`` and ``failed``.
    """
    counts: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while counts["tried"] < rounds and (not counts or time.monotonic() < end):
        left, time_left = rounds - counts["tried"], max(end - time.monotonic(), 0.0)
        command = [
            sys.executable, "-m", "benchmarks.robustness", "--child", name, "--rounds", str(left),
            "--seed", str(seed + counts["tried"]), "--keep", str(keep),
            "--seconds", str(time_left),
        ]  # fmt: skip
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if line.startswith('"')]
        told = [str(json.loads(line)) for line in lines]
        counts.update(told)
        counts["tried"] += len(told)
        if done.returncode:
            # The form that was being read ended the process.
            counts.update(("tried", "failed"))
            print(f"{name}: the process ended with {done.returncode}", file=sys.stderr)
        elif len(told) < left:
            break
    return counts


def _child(name: str, rounds: int, seed: int, keep: Path, seconds: float) -> None:
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / "inside"
        inner.mkdir()
        target, path = _opened(name, inner)
        good, end = path.read_bytes(), time.monotonic() + seconds
        for number in range(seed, seed + rounds):
            if number > seed and time.monotonic() > end:
                return
            bad = damaged(target, good, number)
            path.write_bytes(bad)
            print(
                json.dumps(_judged(target, path, bad, keep / f"{number}-{path.name}")), flush=True
            )


def _opened(name: str, folder: Path) -> tuple[Target, Path]:
    if name in TARGETS:
        return TARGETS[name], TARGETS[name].make(folder)
    path = folder / Path(name).name
    path.write_bytes(Path(name).read_bytes())
    return Target(lambda _: path, read_frames, blind), path


def _judged(target: Target, path: Path, bad: bytes, kept: Path) -> str:
    signal.alarm(_SECONDS)
    try:
        return outcome(target, path)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(bad)
        print(f"{kept}: {traceback.format_exception_only(error)[-1].strip()}", file=sys.stderr)
        return "failed"
    finally:
        signal.alarm(0)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"longer than {_SECONDS} s")


if __name__ == "__main__":
    main()
