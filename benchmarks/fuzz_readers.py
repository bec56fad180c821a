"""Coverage-guided fuzzing: `python -m benchmarks.fuzz_readers "clip archive.npz" --seconds 120`.

Without names every reader gets its share: ``--seconds`` each, or ``--total`` divided by all.

Needs the package atheris (Apache-2.0, 35 MB; no dependency of MotionStudio), in an environment
of its own: `python3 -m venv --system-site-packages FUZZ && FUZZ/bin/pip install atheris`, or
`pip install atheris` beside an installed MotionStudio. Linux only.

Each kind of file of ``tests/robustness/targets.py`` is one target. libFuzzer begins with a good
file and some damaged ones of its kind, changes them blindly or inside their parts (a member of a
zip, a line of a text, the header of weights: else no change would pass a checksum), and keeps what
reaches new code of MotionStudio and of the pure Python readers below it (pydicom, PIL, zipfile,
tifffile, tomllib); files may be read, or refused in one plain sentence. What ends otherwise, and
what takes longer than 5 s or a GiB, is kept in ``runs/fuzz``. ``--json PATH`` writes the counts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from motionstudio.core.errors import MotionStudioError

READERS = (
    "clip archive.npz", "clip array.npy", "clip volume.nii", "clip volume.nii.gz", "clip cine.dcm",
    "clip moving.gif", "clip moving.apng", "clip stack.tif", "clip still.jpg", "clip clip.avi",
    "clip clip.mp4", "project", "template .json", "template .safetensors", "motion", "directions",
    "card", "weights", "recipe", "study", "settings", "training state", "official weights",
)  # fmt: skip
"""Targets that are worth guiding, one run each."""

_MEMORY_MIB, _LONGEST = 6144, 300
_SLOW, _LARGE_MIB = 5.0, 1024
_SEEDS = 12
KEEP = Path("runs/fuzz")


def run_all(
    names: Sequence[str], seconds: float, keep: Path = KEEP
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fuzz targets one after the other, each in a fork of one instrumented process.

    Args:
        names: of the targets.
        seconds: of the processor, for each.
        keep: folder for what fails.

    Yields:
        A name and what was found: ``counts`` of ``tried``, ``refused``, ``opened`` and
        ``failed``, and the ``sentences`` by how often they were read.

    Raises:
        MotionStudioError: the fuzzer did not start.
    """
    keep.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "benchmarks.fuzz_readers", *names, "--child",
             "--seconds", str(seconds), "--keep", str(keep)]  # fmt: skip
    with (keep / "log.txt").open("w", encoding="utf-8") as log:
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in child.stdout or ():
            if line.startswith('{"name"'):
                found = json.loads(line)
                yield found.pop("name"), found
        if child.wait():
            raise MotionStudioError(f"The fuzzer broke off: see {keep}/log.txt.")


class _Reader:
    """Reads what libFuzzer made and counts what came of it."""

    def __init__(self, name: str, told: Path, keep: Path, seconds: float) -> None:
        from tests.robustness.targets import TARGETS

        self._target, self._told, self._keep = TARGETS[name], told, keep
        inner = Path(tempfile.mkdtemp(dir=told.parent))
        self.path = self._target.make(inner)
        self.good = self.path.read_bytes()
        self.counts: Counter[str] = Counter()
        self.sentences: Counter[str] = Counter()
        self._begun, self._seconds = time.process_time(), seconds

    def __call__(self, data: bytes) -> None:
        self.path.write_bytes(data)
        self.counts["tried"] += 1
        begun, before = time.thread_time(), _peak()
        came, error = self._read()
        seconds, grown = time.thread_time() - begun, _peak() - before
        if error is None and (seconds > _SLOW or grown > _LARGE_MIB):
            came, error = "failed", RuntimeError(f"it took {seconds:.1f} s and {grown:.0f} MiB")
        self.counts[came] += 1
        if error is not None:
            self._keep_it(data, error)
        # libFuzzer ends the process without a word, and where it counts time, that of the wall.
        if self._spent() > self._seconds:
            self.tell()
            os._exit(0)
        if self.counts["tried"] % 8 == 0:
            self.tell()

    def _spent(self) -> float:
        return time.process_time() - self._begun

    def _read(self) -> tuple[str, Exception | None]:
        """What came of reading, and what must not have come of it."""
        from motionstudio.core.errors import MotionStudioError

        try:
            self._target.read(self.path)
        except MotionStudioError as error:
            self.sentences[error.message.replace(self.path.name, "FILE")[:160]] += 1
            plain = error.message.endswith(".") and "\n" not in error.message
            return ("refused", None) if plain else ("failed", error)
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            return "failed", error
        return "opened", None

    def seeds(self) -> list[bytes]:
        """The good file, and damaged ones that checksums do not betray."""
        damage, chance = self._target.damage, random.Random(0)
        return [self.good, *(damage(self.good, chance) for _ in range(_SEEDS))]

    def change(self, data: bytes, most: int, seed: int) -> bytes:
        """Another form of a file: half of the time changed inside its parts."""
        import atheris

        chance = random.Random(seed)
        if chance.random() < 0.5:
            try:
                return self._target.damage(data, chance)[:most]
            except (zipfile.BadZipFile, ValueError, OSError, EOFError, zlib.error,
                    RuntimeError, LookupError, ArithmeticError):  # fmt: skip
                pass  # It is damaged so much that it has no parts.
        return bytes(atheris.Mutate(data, most))

    def _keep_it(self, data: bytes, error: Exception) -> None:
        self._keep.mkdir(parents=True, exist_ok=True)
        kept = self._keep / f"{self.counts['failed']}-{self.path.name}"
        kept.write_bytes(data)
        lines = "".join(traceback.format_exception(error)[-3:])
        print(f"FAILED {kept}: {lines}", file=sys.stderr)

    def tell(self) -> None:
        """Write what was counted, for the parent."""
        plain = {"counts": self.counts, "sentences": dict(self.sentences.most_common(50)),
                 "seconds": self._spent()}  # fmt: skip
        part = self._told.with_suffix(".part")
        part.write_text(json.dumps(plain), encoding="utf-8")
        part.replace(self._told)


def _peak() -> float:
    """Resident MiB at the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _instrumented() -> None:
    """Import all readers so that libFuzzer sees which lines they reach."""
    import atheris

    include = ["motionstudio", "pydicom", "PIL", "zipfile", "tifffile", "tomllib", "gzip", "json"]
    with atheris.instrument_imports(include=include):
        import motionstudio.document.project_file
        import motionstudio.io
        import motionstudio.io.animated
        import motionstudio.io.arrays
        import motionstudio.io.dicom
        import motionstudio.io.nifti
        import motionstudio.io.stills
        import motionstudio.io.template_file
        import motionstudio.io.tiff
        import motionstudio.io.video
        import motionstudio.training.recipe  # noqa: F401
        import tests.robustness.targets  # noqa: F401


def _all_in_forks(names: Sequence[str], seconds: float, keep: Path) -> None:
    """Fuzz each target, and go on where a form ended the process; one line of JSON for each."""
    _instrumented()
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (24 << 30, 24 << 30))
    for name in names:
        counts, sentences, left = Counter[str](), Counter[str](), seconds
        while left > 0:
            with tempfile.TemporaryDirectory() as folder:
                told = Path(folder) / "told.json"
                if (child := os.fork()) == 0:
                    _fuzz(name, left, told, keep)
                _, status = os.waitpid(child, 0)
                got = json.loads(told.read_text(encoding="utf-8"))
            counts.update(got["counts"])
            sentences.update(got["sentences"])
            if status == 0:
                break
            counts.update(("tried", "failed"))  # The form that was being read ended the process.
            print(f"{name}: ended with {os.waitstatus_to_exitcode(status)}", file=sys.stderr)
            left -= max(got["seconds"], 1.0)
        found = {"counts": counts, "sentences": dict(sentences.most_common(12))}
        print("\n" + json.dumps({"name": name, **found}), flush=True)


def _fuzz(name: str, seconds: float, told: Path, keep: Path) -> NoReturn:
    """Fuzz one target until the time is spent; then the process ends."""
    import atheris

    try:
        reader = _Reader(name, told, keep, seconds)
        corpus = told.parent / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(reader.seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
        options = [sys.argv[0], str(corpus), f"-timeout={_LONGEST}",
                   f"-rss_limit_mb={_MEMORY_MIB}", f"-max_len={4 * len(reader.good) + 4096}",
                   f"-artifact_prefix={keep}/{reader.path.name}-"]  # fmt: skip
        reader.tell()
        atheris.Setup(options, reader, custom_mutator=reader.change)
        atheris.Fuzz()
    finally:
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="targets; none: those worth guiding")
    parser.add_argument("--seconds", type=float, default=60, help="of the processor, for each")
    parser.add_argument("--total", type=float, help="seconds for all targets together")
    parser.add_argument("--keep", type=Path, default=KEEP, help="folder for what fails")
    parser.add_argument("--json", type=Path, help="write the counts here")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    names = chosen.names or READERS
    seconds = chosen.total / len(names) if chosen.total else chosen.seconds
    if chosen.child:
        _all_in_forks(names, seconds, chosen.keep)
        return
    found = []
    print("| target | tried | refused | opened | failures |\n|---|---|---|---|---|")
    for name, one in run_all(names, seconds, chosen.keep):
        found.append({"name": name, "seconds": seconds, **one})
        row = [one["counts"].get(key, 0) for key in ("tried", "refused", "opened", "failed")]
        print(f"| {name} | {' | '.join(map(str, row))} |", flush=True)
        if chosen.json:
            chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    sys.exit(int(any(each["counts"].get("failed", 0) for each in found)))


if __name__ == "__main__":
    main()
