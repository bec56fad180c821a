"""Coverage-guided fuzzing: `python -m benchmarks.fuzz_readers "clip archive.npz" --seconds 120`.

Needs the package atheris (Apache-2.0, 35 MB; no dependency of MotionStudio), in an environment
of its own: `python3 -m venv --system-site-packages FUZZ && FUZZ/bin/pip install atheris`, or
`pip install atheris` beside an installed MotionStudio. Linux only.

Each kind of file of ``tests/robustness/targets.py`` is one target. libFuzzer changes good files
and keeps what reaches new code of MotionStudio and of the pure Python readers below it (pydicom,
PIL, zipfile, tifffile, tomllib); files may be read, or refused in one plain sentence. What ends
otherwise is kept in ``runs/fuzz``. ``--json PATH`` writes the counts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

READERS = (
    "clip archive.npz", "clip array.npy", "clip volume.nii", "clip volume.nii.gz", "clip cine.dcm",
    "clip moving.gif", "clip moving.apng", "clip stack.tif", "clip still.jpg", "clip clip.avi",
    "clip clip.mp4", "project", "template .json", "template .safetensors", "motion", "directions",
    "card", "weights", "recipe", "study", "settings", "training state", "official weights",
)  # fmt: skip
"""Targets that are worth guiding, one run each."""

_MEMORY_MIB, _LONGEST = 6144, 20
KEEP = Path("runs/fuzz")


def run(name: str, seconds: int, keep: Path = KEEP) -> dict[str, Any]:
    """Fuzz one target for a while in a process of its own.

    Args:
        name: of the target.
        seconds: how long.
        keep: folder for what fails.

    Returns:
        Counts of ``tried``, ``refused``, ``opened`` and ``failed``, and the ``sentences`` by how
        often they were read.
    """
    with tempfile.TemporaryDirectory() as folder:
        told, found = Path(folder) / "told.json", Counter[str]()
        sentences: Counter[str] = Counter()
        left = seconds
        while left > 0:
            begun = time.monotonic()
            words = [sys.executable, "-m", "benchmarks.fuzz_readers", name, "--child", str(told),
                     "--seconds", str(left), "--keep", str(keep)]  # fmt: skip
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if not told.exists():
                raise SystemExit(done.stderr[-2000:])
            got = json.loads(told.read_text(encoding="utf-8"))
            found.update(got["counts"])
            sentences.update(got["sentences"])
            told.unlink()
            if done.returncode == 0:
                break
            found["failed"] += 1  # The form that was being read ended the process.
            found["tried"] += 1
            print(f"{name}: ended with {done.returncode}\n{done.stderr[-800:]}", file=sys.stderr)
            left -= max(round(time.monotonic() - begun), 5)
        return {"name": name, "seconds": seconds, "counts": dict(found),
                "sentences": dict(sentences.most_common(12))}  # fmt: skip


class _Reader:
    """Reads what libFuzzer made and counts what came of it."""

    def __init__(self, name: str, folder: Path, told: Path, keep: Path) -> None:
        from tests.robustness.targets import TARGETS

        self._target, self._told, self._keep = TARGETS[name], told, keep
        inner = Path(tempfile.mkdtemp(dir=folder))
        self.path = self._target.make(inner)
        self.good = self.path.read_bytes()
        self.counts: Counter[str] = Counter()
        self.sentences: Counter[str] = Counter()

    def __call__(self, data: bytes) -> None:
        from motionstudio.core.errors import MotionStudioError

        self.path.write_bytes(data)
        self.counts["tried"] += 1
        try:
            self._target.read(self.path)
            self.counts["opened"] += 1
        except MotionStudioError as error:
            plain = error.message.endswith(".") and "\n" not in error.message
            self.counts["refused" if plain else "failed"] += 1
            self.sentences[error.message.replace(self.path.name, "FILE")[:160]] += 1
            if not plain:
                self._keep_it(data, error)
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            self.counts["failed"] += 1
            self._keep_it(data, error)
        # libFuzzer ends the process without a word.
        if self.counts["tried"] % 8 == 0:
            self.tell()

    def _keep_it(self, data: bytes, error: Exception) -> None:
        self._keep.mkdir(parents=True, exist_ok=True)
        kept = self._keep / f"{self.counts['failed']}-{self.path.name}"
        kept.write_bytes(data)
        lines = "".join(traceback.format_exception(error)[-3:])
        print(f"FAILED {kept}: {lines}", file=sys.stderr)

    def tell(self) -> None:
        """Write what was counted, for the parent."""
        plain = {"counts": self.counts, "sentences": dict(self.sentences.most_common(50))}
        part = self._told.with_suffix(".part")
        part.write_text(json.dumps(plain), encoding="utf-8")
        part.replace(self._told)


def _child(name: str, seconds: int, told: Path, keep: Path) -> None:
    import atheris

    warnings.simplefilter("ignore")
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
    resource.setrlimit(resource.RLIMIT_AS, (24 << 30, 24 << 30))
    keep.mkdir(parents=True, exist_ok=True)
    reader = _Reader(name, told.parent, told, keep)
    corpus = told.parent / "corpus"
    corpus.mkdir(exist_ok=True)
    (corpus / "good").write_bytes(reader.good)
    options = [sys.argv[0], str(corpus), f"-max_total_time={seconds}", f"-timeout={_LONGEST}",
               f"-rss_limit_mb={_MEMORY_MIB}", f"-max_len={4 * len(reader.good) + 4096}",
               f"-artifact_prefix={keep}/{reader.path.name}-"]  # fmt: skip
    reader.tell()
    atheris.Setup(options, reader)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="targets; none: those worth guiding")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--keep", type=Path, default=KEEP, help="folder for what fails")
    parser.add_argument("--json", type=Path, help="write the counts here")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        _child(chosen.names[0], chosen.seconds, chosen.child, chosen.keep)
        return
    found = []
    print("| target | tried | refused | opened | failures |\n|---|---|---|---|---|")
    for name in chosen.names or READERS:
        found.append(run(name, chosen.seconds, chosen.keep))
        cells = [
            str(found[-1]["counts"].get(k, 0)) for k in ("tried", "refused", "opened", "failed")
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
        if chosen.json:
            chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    sys.exit(int(any(each["counts"].get("failed", 0) for each in found)))


if __name__ == "__main__":
    main()
