"""ANTs SyN by the Python of another environment, for packages that do not go with ours.

``MOTIONSTUDIO_ANTS`` names that Python. It is started with ``syn_alone.py`` when the first pair is
registered, tried on a known shift, and ends with this process.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
from pathlib import Path
from typing import IO

import cv2
import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float

VARIABLE = "MOTIONSTUDIO_ANTS"
HOW = (
    f"Install antspyx in another environment (python -m venv ants; ants/bin/pip install antspyx) "
    f"and let {VARIABLE} name its Python."
)
_ALONE = Path(__file__).with_name("syn_alone.py")
_SHIFT = (3.0, -2.0)
_TOLERANCE = 0.5
_borrowed = 0.0


def configured() -> bool:
    """Whether another Python is named."""
    return bool(os.environ.get(VARIABLE))


def borrowed_seconds() -> float:
    """Processor seconds that registrations elsewhere have taken so far."""
    return _borrowed


@functools.cache
def worker() -> SynWorker:
    """The one that ``MOTIONSTUDIO_ANTS`` names; ends with this process.

    Raises:
        MotionStudioError: it does not start, or gives fields of another convention.
    """
    found = SynWorker(Path(os.environ[VARIABLE]))
    atexit.register(found.close)
    found.try_known_shift()
    return found


class SynWorker:
    """Another Python that registers pairs of pictures.

    Args:
        python: of an environment with antspyx.

    Raises:
        MotionStudioError: it cannot be started or has no antspyx.
    """

    def __init__(self, python: Path) -> None:
        self._python = python
        try:
            self._process = subprocess.Popen(
                [str(python), str(_ALONE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise self._refusal() from error
        line = self._answers.readline()
        if not line:
            self.close()
            raise self._refusal()
        self.versions: dict[str, str] = json.loads(line)

    @property
    def name(self) -> str:
        """Versions, in words."""
        return ", ".join(f"{package} {number}" for package, number in self.versions.items())

    def register(self, reference: Float, moved: Float) -> Float:
        """Backward displacement (2, H, W) of two pictures (H, W), pixels, (dx, dy).

        Raises:
            MotionStudioError: the other Python has ended.
        """
        global _borrowed
        try:
            pair = np.stack([reference, moved]).astype(np.float32)
            header = json.dumps({"shape": reference.shape}).encode()
            self._questions.write(header + b"\n" + pair.tobytes())
            self._questions.flush()
            _borrowed += json.loads(self._answers.readline())["ms"] / 1000
            field = np.frombuffer(self._answers.read(pair.nbytes), np.float32)
            return field.reshape(pair.shape).copy()
        except (OSError, ValueError) as error:
            raise MotionStudioError(f"{self._python} stopped registering with SyN.", HOW) from error

    def try_known_shift(self) -> None:
        """Refuse fields of another convention than ours: axes, signs and direction are tried.

        Raises:
            MotionStudioError: a known shift comes back as another one.
        """
        rng = np.random.default_rng(5)
        picture = cv2.GaussianBlur(rng.random((64, 80)).astype(np.float32), (0, 0), 3)
        picture = (picture - picture.min()) / np.ptp(picture)
        shift = np.array([[1, 0, _SHIFT[0]], [0, 1, _SHIFT[1]]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(picture, shift, (80, 64), flags=flags, borderMode=cv2.BORDER_REFLECT)
        pair = (np.asarray(one, np.float32) for one in (picture, moved))
        found = np.median(self.register(*pair)[:, 16:-16, 16:-16], (1, 2))
        if not np.allclose(found, _SHIFT, atol=_TOLERANCE):
            told = f"({found[0]:.1f}, {found[1]:.1f})"
            raise MotionStudioError(
                f"SyN of {self._python} finds {told} where a picture was moved by {_SHIFT}.",
                "Its version of antspyx counts axes otherwise; its figures would be wrong.",
            )

    def close(self) -> None:
        """End the other Python."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    @property
    def _questions(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _answers(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _refusal(self) -> MotionStudioError:
        return MotionStudioError(f"{self._python} cannot register with ANTs SyN.", HOW)
