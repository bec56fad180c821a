"""The map that UMAP makes of the motions that are shown: a process of its own, to be cancelled."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

import motionstudio
from motionstudio import embed
from motionstudio.core.embedding import FEWEST_ROWS, Embedding, EmbeddingOptions
from motionstudio.core.latent_track import LatentTrack
from motionstudio.core.motion import Float
from motionstudio.core.pca import Double
from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.session import Session

_LAST_WORDS_MS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """What a map is made of."""

    options: EmbeddingOptions
    tracks: dict[str, LatentTrack]

    def same_subjects(self, other: _Wanted) -> bool:
        """Whether the same encodings and options are concerned, edits aside."""
        mine, theirs = self.tracks, other.tracks
        return (
            self.options == other.options
            and mine.keys() == theirs.keys()
            and all(mine[key].base is theirs[key].base for key in mine)
        )

    def same_values(self, other: _Wanted) -> bool:
        """Whether nothing was edited either."""
        return all(self.tracks[key] is other.tracks.get(key) for key in self.tracks)


class MapMaker(QObject):
    """Asks a child process for a map; one at a time, the newest wins.

    Signals:
        changed: another map, problem or staleness.
        busyChanged: words for the list of tasks, or empty when it has ended.

    Args:
        session: shared parts.
        parent: Qt parent.
    """

    changed = Signal()
    busyChanged = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.command: tuple[str, ...] = (sys.executable, "-m", "motionstudio.embed")
        self.installed: Callable[[], bool] = embed.installed
        self._made: tuple[_Wanted, Embedding] | None = None
        self._asked: _Wanted | None = None
        self._refused: _Wanted | None = None
        self._wanted: _Wanted | None = None
        self._process: QProcess | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._problem = ""

    @property
    def busy(self) -> bool:
        """Whether a map is being made."""
        return self._asked is not None

    @property
    def problem(self) -> str:
        """Why there is no map, one sentence, or empty."""
        return self._problem

    @property
    def embedding(self) -> Embedding | None:
        """The map of what was last wanted, or None while there is none."""
        if self._made is None or self._wanted is None:
            return None
        made, embedding = self._made
        return embedding if made.same_subjects(self._wanted) else None

    @property
    def stale(self) -> str:
        """What the map does not contain yet, one sentence, or empty."""
        if self.embedding is None or self._made is None or self._wanted is None:
            return ""
        same = self._made[0].same_values(self._wanted)
        return "" if same else "Values were edited since the map was made."

    def points(self, subject_id: str) -> Double | None:
        """(R, 2) where the rows of a subject lie, or None where it is not in the map."""
        embedding = self.embedding
        if embedding is None or self._made is None:
            return None
        start = 0
        for key, track in self._made[0].tracks.items():
            count = len(track.offset)
            if key == subject_id:
                return embedding.points[start : start + count]
            start += count
        return None

    def want(
        self, options: EmbeddingOptions, subjects: tuple[Subject, ...], *, again: bool = False
    ) -> None:
        """Make the map of some subjects unless it is there, is being made or was refused."""
        tracks = {s.id: s.track for s in subjects if s.track is not None}
        self._wanted = wanted = _Wanted(options, tracks)
        if not again and (
            self.embedding is not None
            or _alike(self._asked, wanted)
            or _alike(self._refused, wanted)
        ):
            return
        self._end()
        self._problem = ""
        if not self.installed():
            self._fail(wanted, embed.NEEDED)
        elif sum(len(track.offset) for track in tracks.values()) < FEWEST_ROWS:
            self._fail(wanted, f"UMAP needs at least {FEWEST_ROWS} frames.")
        else:
            self._begin(wanted)

    def forget(self) -> None:
        """Nobody looks at a map any more: stop what is under way."""
        self._wanted = self._refused = None
        self._problem = ""
        self._end()

    def cancel(self) -> bool:
        """Stop at once; components stay. False where nothing is under way."""
        asked = self._asked
        if asked is None:
            return False
        self._end()
        self._fail(asked, "UMAP was cancelled; “Recompute components” begins again.")
        return True

    def stop(self) -> None:
        """Ask for nothing any more and leave nothing behind."""
        self._asked = None
        self._discard()

    def _begin(self, wanted: _Wanted) -> None:
        self._asked = wanted
        folder = TemporaryDirectory(prefix="motionstudio-map-")
        self._folder = folder
        self.busyChanged.emit("Laying out frames by UMAP")
        work = partial(_write, Path(folder.name), wanted)
        self._session.media.submit(work, partial(self._start, wanted))

    def _start(self, wanted: _Wanted, written: object) -> None:
        if wanted is not self._asked or self._folder is None:
            return
        if isinstance(written, BaseException):
            self._end()
            self._fail(wanted, f"UMAP could not begin: {written}")
            return
        process = QProcess(self)
        self._process = process
        process.setProcessEnvironment(_environment())
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broken)
        folder = Path(self._folder.name)
        program, *rest = self.command
        process.start(program, [*rest, str(folder / "rows.npz"), str(folder / "map.npz")])

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._finished(-1)

    def _finished(self, code: int) -> None:
        process, wanted, folder = self._process, self._asked, self._folder
        if process is None or wanted is None or folder is None or self.sender() is not process:
            return
        said = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        made = _read(Path(folder.name) / "map.npz", wanted) if code == 0 else None
        self._end()
        if made is None:
            reason = said.splitlines()[-1] if said else "it left no map"
            self._fail(wanted, f"UMAP stopped: {reason}")
            return
        self._made, self._refused = (wanted, made), None
        self.changed.emit()

    def _fail(self, wanted: _Wanted, problem: str) -> None:
        self._refused, self._problem = wanted, problem
        self.changed.emit()

    def _end(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._discard()
            self.busyChanged.emit("")

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._broken)
            if process.state() != QProcess.ProcessState.NotRunning:
                process.kill()
                process.waitForFinished(_LAST_WORDS_MS)
            process.deleteLater()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


def _alike(known: _Wanted | None, wanted: _Wanted) -> bool:
    return known is not None and known.same_subjects(wanted)


def _environment() -> QProcessEnvironment:
    """Ours, in which the child finds this very program."""
    environment = QProcessEnvironment.systemEnvironment()
    places = [str(Path(motionstudio.__file__).parents[1]), environment.value("PYTHONPATH")]
    environment.insert("PYTHONPATH", os.pathsep.join(place for place in places if place))
    return environment


def _write(folder: Path, wanted: _Wanted) -> None:
    """In the background."""
    rows: Float = np.concatenate([track.values for track in wanted.tracks.values()])
    options = wanted.options
    np.savez(
        folder / "rows.npz",
        rows=rows,
        neighbours=np.array(options.neighbours),
        min_dist=np.array(options.min_dist),
        seed=np.array(options.seed),
    )


def _read(path: Path, wanted: _Wanted) -> Embedding | None:
    if not os.path.exists(path):
        return None
    with np.load(path, allow_pickle=False) as held:
        points, method = held["points"].astype(np.float64), str(held["method"])
    count = sum(len(track.offset) for track in wanted.tracks.values())
    whole = points.shape == (count, 2) and bool(np.isfinite(points).all())
    return Embedding(points, wanted.options, method) if whole else None
