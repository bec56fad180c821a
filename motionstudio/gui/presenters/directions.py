"""Named directions: saved from components, frames and edits, applied to any fitting subject."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from motionstudio.core.counting import counted
from motionstudio.core.direction import Course, along
from motionstudio.core.pca import Double
from motionstudio.core.picture_rows import row_of_frame, rows_words
from motionstudio.document.change import Change
from motionstudio.document.direction import Direction
from motionstudio.document.direction_commands import (
    RemoveDirection,
    RenameDirection,
    SaveDirection,
)
from motionstudio.document.direction_file import read_directions, write_directions
from motionstudio.document.subject import Subject
from motionstudio.document.view import ViewState
from motionstudio.gui.items.cell_selection import runs
from motionstudio.gui.items.direction_list import DirectionEntry, DirectionList
from motionstudio.gui.presenters.component_fit import ComponentFit
from motionstudio.gui.presenters.components import SHOWN
from motionstudio.gui.presenters.edit_gate import EditGate
from motionstudio.gui.presenters.latent_gesture import LatentGesture
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.view_mode import why_no_edit

PRESETS = "directions.json"
_FILTER = "Directions (*.json)"


class DirectionsPresenter(QObject):
    """Directions of the project and the user's presets -> list; gestures -> commands."""

    def __init__(
        self,
        session: Session,
        pane: DirectionList,
        fit: ComponentFit,
        gate: EditGate,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._pane, self._fit = session, pane, fit
        self._gesture = LatentGesture(session, gate)
        self._presets: tuple[Direction, ...] = ()
        self._listed: tuple[tuple[Direction, bool], ...] = ()
        self._going: tuple[Direction, Course, tuple[int, ...]] | None = None
        self._read_presets()
        self._connect()

    @property
    def presets_path(self) -> Path:
        """The user's own presets."""
        return self._session.settings.path.with_name(PRESETS)

    def refresh(self) -> None:
        """List what there is."""
        state, active = self._session.project.state, self._session.active
        model = "" if active is None else active.model
        mine = [(d, False) for d in state.directions]
        taken = {(d.name, d.model) for d in state.directions}
        more = [d for d in self._presets if d.model == model and (d.name, d.model) not in taken]
        self._listed = (*mine, *((d, True) for d in more))
        self._pane.set_entries(
            [DirectionEntry(d.name, d.origin, self._why_not(d), p) for d, p in self._listed]
        )
        self._show_sources()

    def save(self, what: str) -> None:
        """Save ``component <n>``, ``frames`` or ``edit`` as a direction of the project."""
        active, projection = self._session.active, self._fit.projection
        if active is None or active.track is None:
            return
        if what.startswith("component") and projection is not None:
            place = int(what.split()[1])
            vector = projection.std[place] * projection.axes.components[place]
            self._save(active, vector, projection.short(place), f"{projection.name(place)}, 1 σ")
        elif what == "frames" and not self.why_no_difference():
            vector, words = self._difference(active)
            self._save(active, vector, words, f"{active.name}, {words.lower()}")
        elif what == "edit" and not self.why_no_edit():
            rows = list(self._rows())
            vector = active.track.offset[rows].mean(axis=0).astype(np.float64)
            words = f"Edit at {rows_words(active.track.base, rows)}"
            self._save(active, vector, words, f"{active.name}, {words.lower()}")

    def why_no_difference(self) -> str:
        """Why no difference of frames can be saved; empty where it can."""
        rows = self._session.selection.rows
        blocks = len(list(runs(rows)))
        apart = blocks == 1 and self._row() not in rows
        if blocks == 2 or apart:
            return ""
        return "Select two blocks of frames (Ctrl adds), or one away from the playhead."

    def why_no_edit(self) -> str:
        """Why no edit can be saved; empty where it can."""
        active = self._session.active
        if active is None or active.track is None:
            return "Open a clip first."
        edited = active.track.offset[list(self._rows())].any()
        return "" if edited else "The selected frames, or this one, were not edited."

    def import_file(self, path: Path) -> None:
        """Take the directions of a file into the project, as one step."""
        with self._session.reported():
            found = read_directions(path)
            with self._session.project.transaction(f"Import {counted(len(found), 'direction')}"):
                for direction in found:
                    self._session.project.push(SaveDirection(direction))

    def export_file(self, path: Path) -> None:
        """Write everything that is listed into a file."""
        with self._session.reported():
            write_directions([direction for direction, _ in self._listed], path)
            self._session.notices.say(
                f"Wrote {counted(len(self._listed), 'direction')} to {path.name}."
            )

    def _connect(self) -> None:
        pane = self._pane
        pane.saveRequested.connect(self.save)
        pane.renameRequested.connect(self._rename)
        pane.removeRequested.connect(self._remove)
        pane.keepRequested.connect(self._keep)
        pane.importRequested.connect(self.ask_import)
        pane.exportRequested.connect(self.ask_export)
        pane.amountStarted.connect(self._begin)
        pane.amountDragged.connect(self._go)
        pane.amountFinished.connect(self._finish)
        pane.amountCancelled.connect(self.cancel)
        self._fit.changed.connect(self._show_sources)
        self._session.project.changed.connect(self._on_change)
        self._session.view.changed.connect(self._on_view)

    def _save(self, subject: Subject, vector: Double, name: str, origin: str) -> None:
        assert subject.track is not None  # asked for before
        taken = {d.name for d in self._session.project.state.directions}
        names = (name if i == 1 else f"{name} ({i})" for i in count(1))
        free = next(each for each in names if each not in taken)
        values = tuple(float(v) for v in vector.astype(np.float32))
        made = subject.track.base.model_hash
        self._session.push(SaveDirection(Direction(free, subject.model, made, values, origin)))

    def _difference(self, subject: Subject) -> tuple[Double, str]:
        assert subject.track is not None  # asked for before
        values = subject.track.values.astype(np.float64)
        blocks = [list(range(a, b + 1)) for a, b in runs(self._session.selection.rows)]
        first = [self._row()] if len(blocks) == 1 else blocks[0]
        last, base = blocks[-1], subject.track.base
        words = f"{rows_words(base, first).capitalize()} to {rows_words(base, last)}"
        return values[last].mean(axis=0) - values[first].mean(axis=0), words

    def _rename(self, place: int, name: str) -> None:
        direction, preset = self._listed[place]
        others = [d for d, _ in self._listed if d is not direction and d.model == direction.model]
        taken = {d.name for d in others}
        if not name or name in taken:
            self._session.notices.say(f"The name '{name}' is taken or empty; choose another one.")
            self.refresh()
        elif preset:
            renamed = replace(direction, name=name)
            self._write([renamed if d is direction else d for d in self._presets])
        else:
            self._session.push(RenameDirection(place, name))

    def _remove(self, place: int) -> None:
        direction, preset = self._listed[place]
        if preset:
            self._write([d for d in self._presets if d is not direction])
        else:
            self._session.push(RemoveDirection(place))

    def _keep(self, place: int) -> None:
        direction, _ = self._listed[place]
        same = direction.name, direction.model
        others = [d for d in self._presets if (d.name, d.model) != same]
        if self._write([*others, direction]):
            self._session.notices.say(f"'{direction.name}' is a preset in all your projects now.")

    def _write(self, presets: list[Direction]) -> bool:
        written = False
        with self._session.reported():
            self.presets_path.parent.mkdir(parents=True, exist_ok=True)
            write_directions(presets, self.presets_path)
            self._presets = tuple(presets)
            written = True
        self.refresh()
        return written

    def _read_presets(self) -> None:
        if self.presets_path.is_file():
            with self._session.reported():
                self._presets = read_directions(self.presets_path)

    def ask_import(self) -> None:
        """Ask which file, then take its directions into the project."""
        path, _ = QFileDialog.getOpenFileName(_window(self._pane), "Import directions", "", _FILTER)
        if path:
            self.import_file(Path(path))

    def why_no_export(self) -> str:
        """Why there is nothing to write; empty where there is."""
        return "" if self._listed else "There is no direction yet."

    def ask_export(self) -> None:
        """Ask where to, then write everything that is listed."""
        path, _ = QFileDialog.getSaveFileName(
            _window(self._pane), "Export directions", "directions.json", _FILTER
        )
        if path:
            self.export_file(Path(path))

    def _why_not(self, direction: Direction) -> str:
        active = self._session.active
        if active is None or active.track is None:
            return "Open a clip first."
        if reason := why_no_edit(self._session.card(active)):
            return reason
        base = active.track.base
        if direction.fits(active.model, base.model_hash, base.dims):
            return ""
        return f"It lies in the space of the model {direction.model}, not of {active.model}."

    def _rows(self) -> tuple[int, ...]:
        chosen = self._session.selection
        return chosen.rows if not chosen.is_empty else (self._row(),)

    def _row(self) -> int:
        """The row that the current frame shows."""
        active = self._session.active
        if active is None or active.track is None:
            return 0
        return row_of_frame(active.track.base, self._session.playhead)

    def _begin(self, place: int, course: Course) -> None:
        direction, active = self._listed[place][0], self._session.active
        if active is None or active.track is None or self._why_not(direction):
            return
        chosen = self._session.selection
        rows = chosen.rows if not chosen.is_empty else tuple(range(len(active.track.offset)))
        if self._gesture.begin(active, f"Go along {direction.name}"):
            self._going = direction, course, rows

    def _go(self, amount: float) -> None:
        before = self._gesture.before
        if before is None or self._going is None:
            return
        direction, course, rows = self._going
        self._pane.set_amount(amount)
        offsets = along(before.offset, before.values, rows, direction.values, amount, course)
        self._gesture.put(rows, offsets)

    def _finish(self) -> None:
        self._gesture.finish()
        self._going = None
        self._pane.set_amount(0.0)
        self._fit.refresh()

    def cancel(self) -> bool:
        """Take the drag of the amount back; False where there is none."""
        self._going = None
        self._pane.set_amount(0.0)
        return self._gesture.cancel()

    def _show_sources(self) -> None:
        projection = self._fit.projection
        names = []
        if projection is not None:
            names = [projection.name(i) for i in range(min(SHOWN // 2, projection.components))]
        self._pane.set_sources(names, self.why_no_difference(), self.why_no_edit())
        chosen = self._session.selection
        active, where = self._session.active, "all frames"
        if not chosen.is_empty and active is not None and active.track is not None:
            where = rows_words(active.track.base, chosen.rows)
        self._pane.set_target(f"Goes to {where}; select frames to limit it.")

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"directions", "subjects", "model", "encoding"}:
            self.refresh()
        elif change.kinds & {"latent"} and not self._session.project.in_transaction:
            self._show_sources()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.refresh()
        elif new.selection != old.selection or new.playhead != old.playhead:
            self._show_sources()


def _window(widget: QWidget) -> QWidget:
    return widget.window()
