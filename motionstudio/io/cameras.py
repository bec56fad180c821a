"""Cameras: which there are, with their names where the system tells them, and their pictures."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionstudio.core.errors import MotionStudioError

Image = NDArray[np.uint8]
_LINUX = Path("/sys/class/video4linux")
_TRIED = 4


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that may be opened.

    Attributes:
        index: number for ``Camera``.
        name: what the system calls it, else ``Camera 0``.
    """

    index: int
    name: str


def list_cameras() -> tuple[CameraInfo, ...]:
    """The cameras of this machine; may take a second, so never in a window's own thread.

    On Linux nothing is opened: the system names its devices. Elsewhere the first few numbers
    are opened for a moment.
    """
    if platform.system() == "Linux":
        return linux_cameras(_LINUX)
    return tuple(CameraInfo(i, f"Camera {i}") for i in range(_TRIED) if _answers(i))


def linux_cameras(folder: Path) -> tuple[CameraInfo, ...]:
    """The first node of every device in a folder like ``/sys/class/video4linux``.

    A camera has further nodes for what is no picture; their ``index`` is not 0.
    """
    found = []
    for node in sorted(folder.glob("video*"), key=lambda path: _number(path.name)):
        number = _number(node.name)
        if number >= 0 and _text(node / "index", "0") == "0":
            found.append(CameraInfo(number, _text(node / "name", f"Camera {number}")))
    return tuple(found)


class Camera:
    """A camera by its number.

    Args:
        index: as ``list_cameras`` gives it.
        name: for people.

    Raises:
        MotionStudioError: there is none, or another program holds it.
    """

    def __init__(self, index: int, name: str = "") -> None:
        self._name = name or f"Camera {index}"
        self._spent = 0.0
        self._device = _opened(index)
        if not self._device.isOpened():
            self._device.release()
            raise MotionStudioError(
                f"{self._name} cannot be opened.",
                "Connect it, close other programs that use it, or allow access to it.",
            )

    @property
    def position(self) -> int | None:
        """Cameras have no place to be at."""
        return None

    @property
    def spent(self) -> float:
        """Milliseconds that unpacking the last picture took."""
        return self._spent

    def read(self) -> Image | None:
        """The next picture of the camera.

        Raises:
            MotionStudioError: it gives no more.
        """
        import cv2

        worked = self._device.grab()
        start = time.perf_counter()
        worked, picture = self._device.retrieve() if worked else (False, None)
        if not worked or picture is None:
            raise MotionStudioError(
                f"{self._name} gives no more pictures.",
                "Was it unplugged? Connect it and press Start.",
            )
        colour = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
        self._spent = 1000 * (time.perf_counter() - start)
        return colour

    def stop(self) -> None:
        """Nothing waits but for the next picture."""

    def close(self) -> None:
        """Release the camera."""
        self._device.release()


def _opened(index: int) -> Any:
    import cv2

    # Tries that fail are said by us, in one sentence; OpenCV writes lines of its own.
    log = cv2.utils.logging
    before = log.setLogLevel(log.LOG_LEVEL_SILENT)
    try:
        device = cv2.VideoCapture(index)
    finally:
        log.setLogLevel(before)
    # Old pictures in a buffer would lag behind; not every driver can be told.
    device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return device


def _answers(index: int) -> bool:
    try:
        Camera(index).close()
    except MotionStudioError:
        return False
    return True


def _number(name: str) -> int:
    digits = name.removeprefix("video")
    return int(digits) if digits.isdigit() else -1


def _text(path: Path, otherwise: str) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or otherwise
    except OSError:
        return otherwise
