"""Asks what to export, where to and how, and says beforehand what will be written."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QWidget

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.upsampling import Positions
from motionstudio.core.viewing_rate import viewing_rate
from motionstudio.document.subject import Subject
from motionstudio.export import ExportKind, ExportOptions, Panel, command_line
from motionstudio.export.driver import (
    WITH_SOUND,
    driver_of,
    is_audible,
    no_driver,
    why_silent,
)
from motionstudio.export.estimate import estimate
from motionstudio.gui.dialogs.export_choices import PRESETS, from_preset
from motionstudio.gui.dialogs.export_form import (
    NONE,
    ExportForm,
    choose,
    column_of,
    disable_item,
)
from motionstudio.gui.dialogs.export_names import bare, free, is_too_long, named_for, stem_of
from motionstudio.gui.presenters.view_mode import why_no_pictures
from motionstudio.gui.theme.scale import scaled
from motionstudio.models.base import Capability, ModelCard

Wanted = tuple[tuple[Subject, ExportOptions], ...]
_UNSAVED = "Save the project first: the command reads the project file."


@dataclass(frozen=True, slots=True, eq=False)
class ExportContext:
    """What the dialog knows beside the subject.

    Attributes:
        card: of the subject's model, or None.
        others: further subjects with a motion.
        chosen: what was chosen last time, or None.
        project: the project file, or None before it is saved.
        playhead: the current frame.
        upsampling: of playback.
        pace: seconds for each million pixels, measured; 0: unknown.
        subjects: all of the project, among which the driving clip may be.
    """

    card: ModelCard | None = None
    others: tuple[Subject, ...] = ()
    chosen: ExportOptions | None = None
    project: Path | None = None
    playhead: int = 0
    upsampling: int = 1
    pace: float = 0.0
    subjects: tuple[Subject, ...] = ()


class ExportDialog(QDialog):
    """What, where, which frames, which looks.

    Args:
        subject: what is exported.
        play_range: frames of the play range, or None.
        folder: where to start, or empty for the user's home.
        parent: Qt parent.
        context: what else is known.
    """

    def __init__(
        self,
        subject: Subject,
        play_range: tuple[int, int] | None,
        folder: str,
        parent: QWidget | None = None,
        context: ExportContext | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Export {subject.name}")
        self._subject, self._context = subject, context or ExportContext()
        self._driver = driver_of(subject, self._context.subjects)
        self._audible = is_audible(self._driver)
        self._folder = Path(folder) if folder and os.path.isdir(folder) else Path.home()
        self.form = ExportForm(len(subject.clip) - 1)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("primary", True)
        self.setLayout(column_of(self.form, self.buttons))
        self.setMinimumWidth(scaled(600))
        self._prepare(play_range)
        self._connect()
        self._rename()
        self._refresh()

    def options(self) -> ExportOptions:
        """What was chosen."""
        form, kind = self.form, ExportKind(self.form.kind.currentData())
        still = kind is ExportKind.STILL
        film = kind.is_film or kind is ExportKind.PNG
        factor = int(form.between.currentData()) if kind.has_pictures and not still else 1
        return ExportOptions(
            kind,
            self._path(kind),
            first=self._context.playhead if still else form.first.value(),
            last=self._context.playhead if still else form.last.value(),
            native=form.pixels.currentData() == "native",
            scale=form.scale.value() if kind.is_picture else 100,
            fps=form.fps.value() if film and not form.true_times.isChecked() else None,
            plays=form.plays.value() if film else 0,
            ping_pong=form.ping_pong.isChecked() and film,
            upsampling=factor,
            panels=self._panels() if kind.is_picture else (Panel.GENERATED,),
            number=form.number.isChecked() and kind.is_picture,
            drops=form.drops.isChecked() and kind.is_picture,
            mark_ai=form.mark_ai.isChecked(),
            titles=form.titles.isChecked() and kind.is_picture,
            show_ai=form.show_ai.isChecked() and kind.is_picture,
            crop_only=form.crop_only.isChecked() and kind.is_picture,
            sound=form.sound.isChecked(),
        )

    def wanted(self) -> Wanted:
        """Every subject that is exported, with its options."""
        options = self.options()
        if not self.form.everyone.isChecked():
            return ((self._subject, options),)
        folder, suffix, used = options.path.parent, options.kind.suffix, set[str]()
        found: list[tuple[Subject, ExportOptions]] = []
        for subject in (self._subject, *self._context.others):
            stem = free(f"{stem_of(subject)}_motion", used)
            path = folder / f"{stem}{suffix}"
            whole = replace(options, path=path, first=0, last=None)
            if options.kind is ExportKind.STILL:
                at = min(self._context.playhead, len(subject.clip) - 1)
                whole = replace(whole, first=at, last=at)
            found.append((subject, whole))
        return tuple(found)

    def show_options(self, options: ExportOptions) -> None:
        """Set every field but path and range."""
        form = self.form
        rest = tuple(panel for panel in options.panels if self._can_show(panel))
        options = replace(options, panels=rest or (Panel.GENERATED,))
        choose(form.kind, self._possible(options.kind).value)
        choose(form.pixels, "native" if options.native else "model")
        form.scale.setValue(options.scale)
        own = self._subject.clip.fps
        form.true_times.setChecked(options.fps is None and viewing_rate(own) == own)
        if options.fps is not None:
            form.fps.setValue(options.fps)
        form.plays.setValue(options.plays)
        form.ping_pong.setChecked(options.ping_pong)
        choose(form.between, options.upsampling)
        choose(form.left, options.panels[0].value if len(options.panels) > 1 else NONE)
        choose(form.middle, options.panels[1].value if len(options.panels) > 2 else NONE)
        choose(form.right, options.panels[-1].value)
        form.titles.setChecked(options.titles)
        form.show_ai.setChecked(options.show_ai)
        form.crop_only.setChecked(options.crop_only)
        form.sound.setChecked(options.sound)
        form.number.setChecked(options.number)
        form.drops.setChecked(options.drops)
        form.mark_ai.setChecked(options.mark_ai)

    def _prepare(self, play_range: tuple[int, int] | None) -> None:
        form, (height, width) = self.form, self._subject.clip.size
        form.pixels.addItem(f"{width} × {height}, the source's own", "native")
        form.pixels.addItem("As the model sees it", "model")
        form.fps.setValue(min(max(viewing_rate(self._subject.clip.fps), 0.1), 240))
        if play_range is not None:
            form.first.setValue(play_range[0])
            form.last.setValue(play_range[1])
        if self._context.chosen is not None:
            self.show_options(self._context.chosen)
        else:
            self.show_options(ExportOptions(ExportKind.MP4, Path()))
            choose(form.between, self._context.upsampling)
        others = len(self._context.others)
        form.everyone.setText(f"All {others + 1} open subjects, one file each, all their frames")
        form.everyone.setEnabled(others > 0)
        if not others:
            form.everyone.setText("All open subjects, one file each")
            form.everyone.setToolTip("No other open subject has a motion.")
        self._limit_panels()
        self._limit_kinds()

    def _limit_kinds(self) -> None:
        """A model that draws nothing has no pictures to write."""
        form, reason = self.form, self._why_undrawn()
        if not reason:
            return
        for kind in (one for one in ExportKind if one.has_pictures):
            disable_item(form.kind, form.kind.findData(kind.value), reason)
        for number, preset in enumerate(PRESETS):
            if from_preset(preset).kind.has_pictures:
                disable_item(form.preset, form.preset.findData(number), reason)

    def _limit_panels(self) -> None:
        boxes = (self.form.left, self.form.middle, self.form.right)
        if self._driver is None:
            for box in boxes:
                disable_item(box, box.findData(Panel.DRIVER.value), no_driver(self._subject))
        card = self._context.card
        if card is None or self._has_fields():
            return
        reason = f"{card.title} gives no displacement."
        for box in boxes:
            for panel in (one for one in Panel if one.needs_field):
                disable_item(box, box.findData(panel.value), reason)
        for kind in (one for one in ExportKind if one.needs_field):
            disable_item(self.form.kind, self.form.kind.findData(kind.value), reason)

    def _possible(self, kind: ExportKind) -> ExportKind:
        """What is written instead of a kind that this model cannot give."""
        if kind.has_pictures and self._why_undrawn():
            return ExportKind.LATENTS
        return ExportKind.NPZ if kind.needs_field and not self._has_fields() else kind

    def _can_show(self, panel: Panel) -> bool:
        if panel is Panel.DRIVER and self._driver is None:
            return False
        return self._has_fields() or not panel.needs_field

    def _has_fields(self) -> bool:
        card = self._context.card
        return card is None or Capability.DISPLACEMENT in card.capabilities

    def _why_undrawn(self) -> str:
        return why_no_pictures(self._context.card)

    def _connect(self) -> None:
        form = self.form
        form.preset.activated.connect(self._take_preset)
        form.kind.currentIndexChanged.connect(self._rename)
        form.first.valueChanged.connect(form.last.setMinimum)
        form.last.valueChanged.connect(form.first.setMaximum)
        form.browse.clicked.connect(self._choose)
        form.copy.clicked.connect(self._copy_command)
        for box in (form.kind, form.between, form.pixels, form.left, form.middle, form.right):
            box.currentIndexChanged.connect(self._refresh)
        for number in (form.first, form.last, form.fps, form.plays, form.scale):
            number.valueChanged.connect(self._refresh)
        for check in (form.true_times, form.ping_pong, form.number, form.drops, form.mark_ai,
                      form.everyone, form.titles, form.show_ai, form.crop_only,
                      form.sound):  # fmt: skip
            check.toggled.connect(self._refresh)
        form.path.textChanged.connect(self._refresh)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _take_preset(self, index: int) -> None:
        number = self.form.preset.itemData(index)
        if number is not None:
            self.show_options(from_preset(PRESETS[number]))
        elif self._context.chosen is not None:
            self.show_options(self._context.chosen)

    def _rename(self) -> None:
        """Keep folder and name that were typed; only the suffix follows what is written."""
        kind = ExportKind(self.form.kind.currentData())
        typed = Path(self.form.path.text()) if self.form.path.text() else None
        folder = typed.parent if typed is not None else self._folder
        stem = bare(typed.name) if typed is not None else ""
        stem = stem or f"{stem_of(self._subject)}_motion"
        self.form.path.setText(str(folder / f"{stem}{kind.suffix}"))

    def _path(self, kind: ExportKind) -> Path:
        return named_for(Path(self.form.path.text()).expanduser(), kind)

    def _panels(self) -> tuple[Panel, ...]:
        form = self.form
        beside = (form.left.currentData(), form.middle.currentData())
        others = tuple(Panel(name) for name in beside if name != NONE)
        return (*others, Panel(form.right.currentData()))

    def _refresh(self) -> None:
        form, kind = self.form, ExportKind(self.form.kind.currentData())
        picture, film = kind.is_picture, kind.is_film or kind is ExportKind.PNG
        many = kind.has_pictures and kind is not ExportKind.STILL
        frames = "The current frame is written." if kind is ExportKind.STILL else (
            "The matrix holds all frames.")  # fmt: skip
        everyone = form.everyone.isChecked()
        only = "Only films and picture sequences have a rate."
        for widgets, on, why in (
            ((form.first, form.last), many and not everyone,
             "All frames of every subject." if everyone else frames),
            ((form.true_times, form.plays, form.ping_pong), film, only),
            ((form.fps,), film and not form.true_times.isChecked(),
             only if not film else "True frame times are used."),
            ((form.between,), many, frames),
            ((form.pixels,), kind.has_pictures, "A matrix has no size."),
            ((form.scale, form.left, form.middle, form.right, form.number, form.drops,
              form.titles, form.show_ai), picture,
             "Only pictures have this."),
        ):  # fmt: skip
            for widget in widgets:
                widget.setEnabled(on)
                widget.setToolTip(str(widget.property("tip")) if on else why)
        for check, reason in (
            (form.sound, self._why_silent()), (form.crop_only, self._why_no_crop(kind)),
        ):  # fmt: skip
            check.setEnabled(not reason)
            check.setToolTip(reason or str(check.property("tip")))
        # Nobody looks for the tooltip of what is missing: the reason stands beside the switch.
        form.silence.setText(self._why_silent() if kind in WITH_SOUND else "")
        form.plays.setSpecialValueText("for ever" if kind.says_loops else "once")
        form.plays.setSuffix(" time" if form.plays.value() == 1 else " times")
        form.hint.setText(kind.hint)
        self._show_outlook()
        self._check_path(kind)

    def _why_silent(self) -> str:
        if self.form.everyone.isChecked():
            return ""
        return why_silent(self._subject, self._driver, self.options(), self._audible)

    def _why_no_crop(self, kind: ExportKind) -> str:
        if not kind.is_picture:
            return "Only pictures have this."
        framing = self._subject.framing
        whole = framing.mode == "letterbox" and framing.crop is None
        return "The model sees the whole picture." if whole else ""

    def _show_outlook(self) -> None:
        form, options = self.form, self.options()
        clip, context = self._subject.clip, self._context
        side = context.card.size if context.card is not None else max(clip.size)
        closed = bool(self._subject.cyclic) and options.upsampling > 1
        places = Positions(len(clip), options.upsampling, closed)
        try:
            ahead = estimate(
                options, places, clip.size, side / max(clip.size), clip.fps, context.pace
            )
            beside = "" if options.kind.holds_metadata else "; a .json file beside it says how"
            pictures = f"{ahead.text()}{beside}." if options.kind.has_pictures else (
                f"{len(clip)} frames × dimensions{beside}.")  # fmt: skip
            form.outlook.setText(pictures)
        except MotionStudioError as error:
            form.outlook.setText(error.message)
        saved = context.project is not None
        form.command.setText(
            command_line(options, context.project, self._subject.name, count=len(clip))
            if context.project is not None else _UNSAVED
        )  # fmt: skip
        form.command.setCursorPosition(0)
        form.command.setEnabled(saved)
        form.copy.setEnabled(saved)
        form.copy.setToolTip(str(form.copy.property("tip")) if saved else _UNSAVED)

    def _check_path(self, kind: ExportKind) -> None:
        path = self._path(kind)
        there = os.path.isdir(path.parent) and bool(path.name)
        blocked = there and not kind.suffix and os.path.exists(path) and (
            os.path.isfile(path) or any(path.iterdir()))  # fmt: skip
        one = not self.form.everyone.isChecked()
        replaces = there and one and bool(kind.suffix) and os.path.isfile(path)
        long = there and one and is_too_long(path)
        self.go.setEnabled(there and not (blocked and one) and not long)
        self.go.setText("Replace" if replaces else "Export")
        reason = "" if there else "This folder does not exist."
        if blocked and one:
            reason = f"{path.name} is not an empty folder: choose a new one."
        if long:
            reason = "This name is too long: choose a shorter one."
        self.go.setToolTip(reason)

    def _choose(self) -> None:
        kind = ExportKind(self.form.kind.currentData())
        shown = f"{kind.label} (*{kind.suffix})" if kind.suffix else ""
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.form.path.text(), shown)
        if name:
            self.form.path.setText(name)

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.form.command.text())
        self.form.copy.setText("Copied")


def ask_export(
    subject: Subject,
    play_range: tuple[int, int] | None,
    folder: str,
    parent: QWidget,
    context: ExportContext,
) -> Wanted:
    """Ask; empty: do not export."""
    dialog = ExportDialog(subject, play_range, folder, parent, context)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    wanted = dialog.wanted() if accepted else ()
    dialog.deleteLater()
    return wanted
