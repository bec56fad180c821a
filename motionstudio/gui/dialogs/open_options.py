"""Asks which part of a file to open; shown only where there is something to choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from motionstudio.core.clip import Clip
from motionstudio.core.picture import as_shown, intensity_range
from motionstudio.document.opening import OpenSettings, suggested
from motionstudio.gui.dialogs.clip_form import ClipFacts, ClipForm
from motionstudio.gui.presenters.opening import Choice, Probed
from motionstudio.gui.theme.apply import font
from motionstudio.gui.theme.scale import open_at
from motionstudio.gui.theme.tokens import SPACE_L, SPACE_M
from motionstudio.models.base import ModelCard

LoadSlice = Callable[[Path, int, Callable[[NDArray[np.uint8]], None]], None]
"""Reads the first picture of a slice of a file and hands it on."""


class OpenOptions(QDialog):
    """One file, its first picture, and a form."""

    def __init__(
        self,
        probed: Probed,
        cards: tuple[ModelCard, ...],
        model: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Open {probed.path.name}")
        self.form = ClipForm(facts_of(probed), start_of(probed), cards, model)
        title = QLabel(probed.path.name)
        title.setFont(font("title"))
        height, width = probed.info.size
        kind = QLabel(" · ".join([probed.info.kind, f"{width} × {height}", *probed.info.warnings]))
        kind.setProperty("muted", True)
        kind.setWordWrap(True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Open).setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for part in (title, kind, self.form, buttons):
            column.addWidget(part)
        column.setStretchFactor(self.form, 1)
        open_at(self, 760, 440)

    def choice(self) -> Choice:
        """What was chosen."""
        strip = self.form.wants_strip()
        settings = OpenSettings() if strip else self.form.settings()
        return Choice(settings, self.form.model_name(), strip)


def ask_open_options(
    probed: Probed,
    cards: tuple[ModelCard, ...],
    model: str,
    load: LoadSlice,
    parent: QWidget,
) -> Choice | None:
    """Ask about one file; None: do not open it.

    Args:
        probed: the file.
        cards: checkpoints to choose from.
        model: the one chosen first.
        load: reads the first picture of another slice in the background.
        parent: the window.
    """
    dialog = OpenOptions(probed, cards, model, parent)
    dialog.form.slice.currentIndexChanged.connect(
        lambda index: load(probed.path, index, dialog.form.crop.set_picture)
    )
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = dialog.choice() if accepted else None
    dialog.deleteLater()
    return choice


def facts_of(probed: Probed) -> ClipFacts:
    """What the form must know of a probed file."""
    clip, info = probed.clip, probed.info
    if clip is None:
        blank = np.zeros((*info.size, info.channels), np.uint8)
        return ClipFacts(info.frames or 1, info.size, blank)
    return ClipFacts(
        len(clip),
        clip.size,
        first_picture(clip),
        info.slices,
        info.slice_label,
        info.strip_frames,
        float(clip.times[-1]),
        info.default_slice,
        probed.part,
    )


def start_of(probed: Probed) -> OpenSettings:
    """What the form shows first."""
    cyclic = None if probed.clip is None else probed.clip.cyclic
    return suggested(OpenSettings(cyclic=bool(cyclic)), probed.part)


def first_picture(clip: Clip) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """The first frame as people see it."""
    frame = np.asarray(clip.frames[0])
    return as_shown(frame, intensity_range(clip))
