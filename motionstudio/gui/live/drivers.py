"""What can drive: cameras, the clips of the project, a video file; and how each is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from motionstudio.core.clip import Clip
from motionstudio.document.subject import Subject
from motionstudio.gui.background import Background
from motionstudio.gui.live.window import FILE_KEY
from motionstudio.io.cameras import Camera, CameraInfo, list_cameras
from motionstudio.io.capture import Capture, ClipCapture, Open

_CAMERA, _CLIP = "camera ", "clip "
ListCameras = Callable[[], Sequence[CameraInfo]]
OpenCamera = Callable[[int, str], Capture]
ChooseFile = Callable[[QWidget], Path | None]


class Drivers(QObject):
    """The list of drivers; cameras are looked for in a thread of their own.

    Signals:
        found: the cameras are known now.

    Args:
        find: lists cameras; may take a while.
        camera: opens one by number and name.
        parent: Qt parent.
    """

    found = Signal()

    def __init__(
        self,
        find: ListCameras = list_cameras,
        camera: OpenCamera = Camera,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._find, self._camera = find, camera
        self._background = Background("cameras", self)
        self._cameras: dict[str, CameraInfo] = {}
        self._file: Path | None = None
        self.searching = False

    @property
    def cameras(self) -> tuple[CameraInfo, ...]:
        """As found last."""
        return tuple(self._cameras.values())

    @property
    def file(self) -> Path | None:
        """The video file that was chosen."""
        return self._file

    def is_camera(self, key: str) -> bool:
        """Whether a driver is a camera."""
        return key.startswith(_CAMERA)

    def refresh(self) -> None:
        """Look for cameras; ``found`` follows."""
        if not self.searching:
            self.searching = True
            self._background.submit(self._find, self._take)

    def add_file(self, path: Path) -> str:
        """Let a video file drive; returns its key."""
        self._file = path
        return f"{FILE_KEY} {path}"

    def entries(self, subjects: Sequence[Subject]) -> tuple[tuple[str, str], ...]:
        """(key, words) of all drivers, cameras first."""
        cameras = tuple((key, f"Camera: {c.name}") for key, c in self._cameras.items())
        clips = tuple((f"{_CLIP}{s.id}", f"Clip: {s.name}") for s in clips_of(subjects))
        chosen = () if self._file is None else (
            (f"{FILE_KEY} {self._file}", f"File: {self._file.name}"),
        )  # fmt: skip
        return (*cameras, *clips, *chosen, (FILE_KEY, "Video file…"))

    def preferred(self, entries: Sequence[tuple[str, str]], last: str, source: str) -> str:
        """The driver to begin with: the last one, else a camera, else a clip but the source."""
        keys = [key for key, _ in entries if key != FILE_KEY]
        if last in keys:
            return last
        others = [key for key in keys if key != f"{_CLIP}{source}"]
        return next(iter([*others, *keys]), "")

    def opener(self, key: str, subjects: Sequence[Subject]) -> Open | None:
        """How a driver is opened, in the thread that will read it; None: it is gone."""
        if key in self._cameras:
            info = self._cameras[key]
            return partial(self._camera, info.index, info.name)
        if key.startswith(_CLIP):
            subject = next((s for s in clips_of(subjects) if f"{_CLIP}{s.id}" == key), None)
            return None if subject is None else partial(ClipCapture, subject.clip)
        if key.startswith(f"{FILE_KEY} "):
            return partial(_open_file, Path(key.removeprefix(f"{FILE_KEY} ")))
        return None

    def why_none(self) -> str:
        """Why there is no camera, one sentence; empty where there is one."""
        if self._cameras:
            return ""
        if self.searching:
            return "Looking for cameras…"
        return "No camera was found: connect one and press F5, or choose a clip."

    def shutdown(self) -> None:
        """Look no more."""
        self._background.shutdown(give_up=True)

    def _take(self, found: Any) -> None:
        self.searching = False
        cameras = found if isinstance(found, tuple | list) else ()
        self._cameras = {f"{_CAMERA}{c.index} {c.name}": c for c in cameras}
        self.found.emit()


def clips_of(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Those whose frames move and can be read."""
    return tuple(s for s in subjects if len(s.clip) > 1 and not s.held and not s.media_problem)


def choose_file(parent: QWidget) -> Path | None:
    """Ask for a video file."""
    from motionstudio.io import file_dialog_filter

    found, _ = QFileDialog.getOpenFileName(parent, "Drive with", "", file_dialog_filter())
    return Path(found) if found else None


def _open_file(path: Path) -> Capture:
    from motionstudio.io import read_clip

    clip: Clip = read_clip(path)
    return ClipCapture(clip)
