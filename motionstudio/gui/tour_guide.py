"""Drives the window through the main job and takes a picture of each step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.kept import describe
from motionstudio.document.commands import EditLatent
from motionstudio.document.subject import Subject
from motionstudio.export import ExportKind, ExportOptions, Panel
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.latent_words import busiest

_POLL_MS = 20
_LONGEST_S = 300
_LINGER_MS = 1200
_PANES = (
    ("projection", "The motion as a curve in the plane of its first two principal components."),
    ("statistics", "How much every dimension varies and how active it is."),
    ("measurements", "Areas and strain of what is labelled, carried along by the motion."),
    ("motion", "Strength, variations and handles: shaping a motion as a whole."),
)
Tell = Callable[[str], None]


class TourGuide:
    """One run through the main job.

    Args:
        window: shown and started.
        out: folder for what is written.
        tell: receives one line for each step.
    """

    def __init__(self, window: MainWindow, out: Path, tell: Tell) -> None:
        self._window, self._out, self._tell = window, out, tell
        self._files: list[Path] = []
        self._problem = ""
        window.session.notices.posted.connect(self._on_notice)

    def run(self, clip: Path) -> list[Path]:
        """All steps; returns the files written.

        Raises:
            MotionStudioError: a step failed; what it was is named.
        """
        self._open(clip)
        self._scrub()
        self._edit()
        self._drop("drop.every_2nd", "every-2nd")
        self._drop("drop.every_3rd", "every-3rd")
        self._explore()
        self._arrange()
        self._export()
        return self._files

    @property
    def _subject(self) -> Subject:
        subject = self._window.session.active
        if subject is None:
            raise MotionStudioError("The tour lost its clip.")
        return subject

    def _open(self, clip: Path) -> None:
        self._window.open_paths([clip], ask=False)
        self._until(self._is_encoded, f"{clip.name} to be opened and encoded")
        self._settle()
        subject = self._subject
        height, width = subject.clip.size
        track = subject.track
        shape = "" if track is None else f"{track.base.mean.shape[0]} x {track.base.dims}"
        self._picture(
            "open",
            f"Opened {clip.name}: {len(subject.clip)} frames of {width} x {height}; the model "
            f"{subject.model} made a motion matrix of {shape}.",
        )

    def _scrub(self) -> None:
        self._do("view.layout_4")
        frame = self._busiest_frame()
        for target in range(frame + 1):
            self._go(target)
        self._picture("scrub", f"Scrubbed to frame {frame}, where most moves.")

    def _edit(self) -> None:
        subject = self._subject
        track = subject.track
        if track is None or subject.needs_encoding:
            return
        dim = busiest(track.base.mean, 1)[0]
        rows = tuple(range(len(track.offset)))
        offset = (0.5 * track.base.mean[:, [dim]]).astype(np.float32)
        self._window.bench.time.matrix.set_selection(rows, (dim,))
        self._window.session.push(EditLatent(subject.id, rows, (dim,), offset))
        self._settle()
        self._picture("edit", f"Made dimension {subject.dim_name(dim)} half as strong again.")
        self._do("edit.undo")
        self._window.bench.time.matrix.set_selection((), ())
        self._settle()
        self._picture("undo", "Took it back with one undo.")

    def _drop(self, action: str, name: str) -> None:
        if len(self._subject.clip) < 3:
            return
        self._do(action)
        self._until(self._is_encoded, "the motion with dropped frames")
        dropped = np.flatnonzero(~self._subject.kept)
        middle = int(dropped[np.abs(dropped - self._window.session.playhead).argmin()])
        self._go(middle)
        errors = self._window.presenters.errors
        self._until(lambda: bool(np.isfinite(errors.errors).all()), "the errors of all frames")
        self._settle()
        filled = float(np.nanmean(errors.errors[dropped]))
        self._picture(
            name,
            f"Dropped frames {describe(self._subject.kept)}; the model filled them in with a mean "
            f"error of {filled:.1f} grey levels against the withheld truth.",
        )

    def _explore(self) -> None:
        """Panes that look at the motion from other sides, in the layout for looking closely."""
        if len(self._subject.clip) < 3:
            return
        self._do("drop.restore")
        self._until(self._is_encoded, "the motion with all frames")
        self._do("layout.inspect")
        for pane, line in _PANES:
            if pane in self._window.bench.docks:
                self._window.bench.show_pane(pane)
                self._settle()
                self._linger()
                self._picture(pane, line)

    def _arrange(self) -> None:
        """The same window light, and everything larger."""
        settings = self._window.session.settings
        self._do("layout.animate")
        self._do("view.theme_light")
        settings.update(ui_scale=130)
        self._settle()
        self._linger()
        self._picture("light", "The light theme, with type and controls at 130 per cent.")
        settings.update(ui_scale=100)
        self._do("view.theme_dark")
        self._do("layout.animate")

    def _linger(self) -> None:
        """What is computed beside the pictures has a moment to arrive."""
        loop = QEventLoop()
        QTimer.singleShot(_LINGER_MS, loop.quit)
        loop.exec()

    def _export(self) -> None:
        if len(self._subject.clip) < 2:
            return
        self._do("drop.every_2nd")
        self._until(self._is_encoded, "the motion with dropped frames")
        for kind, name, panels in (
            (ExportKind.MP4, "motion.mp4", (Panel.ORIGINAL, Panel.GENERATED)),
            (ExportKind.CSV, "motion.csv", (Panel.GENERATED,)),
            (ExportKind.NPZ, "motion.npz", (Panel.GENERATED,)),
        ):
            self._write(ExportOptions(kind, self._out / name, panels=panels))
        self._settle()
        self._picture("export", "Exported the film, the motion as a table and everything as NPZ.")

    def _write(self, options: ExportOptions) -> None:
        ended: list[object] = []
        exporting = self._window.presenters.exporting
        exporting.finished.connect(ended.append)
        exporting.start(self._subject, options)
        self._until(lambda: bool(ended), f"{options.path.name} to be written")
        exporting.finished.disconnect(ended.append)
        if ended[0] is None:
            raise MotionStudioError(f"{options.path.name} could not be written. {self._problem}")
        self._files.append(options.path)
        self._tell(f"Wrote {options.path}")

    def _picture(self, name: str, line: str) -> None:
        QApplication.processEvents()
        number = sum(file.suffix == ".png" for file in self._files) + 1
        path = self._out / f"{number:02d}-{name}.png"
        if not self._window.grab().save(str(path)):
            raise MotionStudioError(f"{path} cannot be written.", "Choose another folder.")
        self._files.append(path)
        self._tell(f"{path.name}: {line}")

    def _go(self, frame: int) -> None:
        self._window.presenters.playback.go(frame)
        self._settle()

    def _do(self, action: str) -> None:
        self._window.refresh_actions()
        reason = self._window.actions_.why_not(action)
        if reason:
            raise MotionStudioError(f"The tour cannot go on: {reason}")
        self._window.actions_[action].trigger()

    def _busiest_frame(self) -> int:
        track = self._subject.track
        if track is None or len(track.base.mean) != len(self._subject.clip):
            return len(self._subject.clip) // 2
        return int(np.linalg.norm(track.base.mean, axis=1).argmax())

    def _is_encoded(self) -> bool:
        subject = self._window.session.active
        return subject is not None and subject.track is not None and not subject.needs_encoding

    def _settle(self) -> None:
        pictures = self._window.presenters.pictures

        def done() -> bool:
            shown = pictures.shown
            fine = shown is not None and shown.scale.value == "full" and not shown.preview
            return fine and pictures.up_to_date

        self._until(done, "the picture of the current frame")
        self._rest()

    def _rest(self) -> None:
        loop = QEventLoop()
        QTimer.singleShot(5 * _POLL_MS, loop.quit)
        loop.exec()

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        loop, timer = QEventLoop(), QTimer()
        timer.setInterval(_POLL_MS)
        waited = 0

        def look() -> None:
            nonlocal waited
            waited += 1
            late = waited * _POLL_MS > _LONGEST_S * 1000
            if condition() or self._problem or late:
                loop.quit()

        timer.timeout.connect(look)
        timer.start()
        if not condition():
            loop.exec()
        timer.stop()
        if self._problem:
            raise MotionStudioError(self._problem)
        if not condition():
            raise MotionStudioError(f"The tour waited {_LONGEST_S} s in vain for {what}.")

    def _on_notice(self, notice: object) -> None:
        tone = getattr(getattr(notice, "tone", None), "value", "")
        if tone == "error":
            hint = getattr(notice, "hint", "")
            self._problem = f"{getattr(notice, 'text', '')} {hint}".strip()
