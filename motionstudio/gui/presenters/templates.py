"""Motion templates: written, read, dropped, and remembered in the library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from motionstudio.core import display
from motionstudio.core.counting import counted
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Float
from motionstudio.document.transfer_commands import is_still
from motionstudio.document.transfer_plan import TEMPLATE, Arriving, Offer
from motionstudio.gui.background import Background
from motionstudio.gui.notifications import Notice, Tone
from motionstudio.gui.panes.library import Library, SampleCard
from motionstudio.gui.presenters.library import thumbnail
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.transfer import TransferPresenter
from motionstudio.io.template_file import Template, load_template, save_template

MOST = 12
"""Templates that are remembered."""
_WRITTEN = "Motion template (*.safetensors);;Motion template as text (*.json)"
_READ = "Motions (*.safetensors *.json *.npz)"
_SIDE = 96
_GROUND = (36, 37, 40)


class TemplatesPresenter(QObject):
    """Files <-> motions; recent ones as cards.

    Args:
        session: shared parts.
        library: shows the cards.
        transfer: carries motions over.
        background: reads and writes.
        window: parent of dialogs.
    """

    def __init__(
        self,
        session: Session,
        library: Library,
        transfer: TransferPresenter,
        background: Background,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._library, self._transfer = session, library, transfer
        self._background, self._window = background, window
        transfer.moved.connect(self._on_moved)
        library.motions.removeRequested.connect(self.forget)

    def load(self) -> None:
        """Show the cards of templates that are still there."""
        known = self._session.settings.value.templates
        self._background.submit(partial(_cards, known), self._show)

    def why_not_save(self) -> str:
        """Why there is no motion to write, one sentence; empty where there is."""
        subject = self._session.active
        if subject is None:
            return "Open a clip first."
        if subject.track is None or not subject.has_motion:
            return "The motion of this clip is not known yet."
        return ""

    def why_not_use(self) -> str:
        """Why a template would have nothing to move, one sentence; empty where it has."""
        subject = self._session.active
        if subject is None:
            return "Open a clip or a picture first."
        known = subject.has_motion or is_still(subject)
        return "" if known else "The motion of this clip is not known yet."

    def ask_save(self) -> None:
        """Ask where to, then write the motion of the active subject."""
        subject = self._session.active
        if subject is None:
            return
        start = Path(self._session.settings.value.export_folder) / f"{subject.name}.safetensors"
        name, kind = QFileDialog.getSaveFileName(
            self._window, "Save the motion as a template", str(start), _WRITTEN
        )
        if name:
            path = Path(name)
            text = ".json" if "json" in kind else ".safetensors"
            self.save(path if path.suffix else path.with_suffix(text))

    def save(self, path: Path) -> None:
        """Write the motion of the active subject, edits and all."""
        subject = self._session.active
        if subject is None or self.why_not_save():
            return
        arriving = Arriving.of(subject)
        names = tuple(subject.dim_name(dim) for dim in range(arriving.motion.dims))
        made = Template(subject.name, arriving.motion, arriving.reference, arriving.period, names)
        self._background.submit(partial(save_template, made, path), self._on_saved)

    def ask_use(self) -> None:
        """Ask for a template, then move the active subject by it."""
        start = self._session.settings.value.open_folder
        name, _ = QFileDialog.getOpenFileName(self._window, "Use a motion template", start, _READ)
        if name:
            self.take([Path(name)])

    def take(self, paths: Sequence[Path]) -> None:
        """Move the active subject by the last of some templates; remember the others."""
        active = self._session.view.state.active
        if active is None:
            for path in paths:
                self.remember(path)
            one = "A motion template moves" if len(paths) == 1 else "Motion templates move"
            words = f"{one} a clip or a picture."
            hint = "Open one, then drag the motion onto it from the library."
            self._session.notices.post(Notice(words, hint, Tone.INFO))
            return
        for path in paths[:-1]:
            self.remember(path)
        self._transfer.drop(Offer(f"{TEMPLATE}{paths[-1]}", active))

    def remember(self, path: Path) -> None:
        """Put a template first among the recent ones."""
        text = str(path.resolve())
        others = tuple(t for t in self._session.settings.value.templates if t != text)
        self._session.settings.update(templates=(text, *others)[:MOST])
        self.load()

    def forget(self, path: str) -> None:
        """Take a template off the list; the file stays."""
        others = tuple(t for t in self._session.settings.value.templates if t != path)
        self._session.settings.update(templates=others)
        self.load()

    def _on_saved(self, result: Any) -> None:
        if isinstance(result, Path):
            self.remember(result)
            self._session.notices.say(f"The motion was saved as {result.name}.")
        elif isinstance(result, MotionStudioError):
            self._session.notices.report(result)
        else:
            self._session.notices.say(str(result))

    def _on_moved(self, offer: Offer) -> None:
        if offer.source.startswith(TEMPLATE):
            self.remember(Path(offer.source.removeprefix(TEMPLATE)))

    def _show(self, cards: Any) -> None:
        if isinstance(cards, list):
            self._library.set_motions(cards)


def _cards(paths: Sequence[str]) -> list[SampleCard]:
    """Called in the background thread."""
    cards = []
    for path in paths:
        try:
            found = load_template(Path(path))
        except MotionStudioError:
            continue  # Gone or damaged: a drop would say so, a card would only be in the way.
        motion = found.motion
        detail = f"{counted(len(motion.mean), 'frame')} · {motion.model or 'any model'}"
        cards.append(SampleCard(path, found.name, detail, thumbnail(_picture(motion.mean))))
    return cards


def _picture(rows: Float) -> NDArray[np.uint8]:
    """Square (H, W, 3) uint8: the matrix as it looks in the editor, frames to the right."""
    limit = float(np.abs(rows).max()) or 1.0
    across, down = (np.linspace(0, n - 1, _SIDE).round().astype(int) for n in rows.shape)
    return display.colourise(rows[across][:, down].T, display.diverging(_GROUND), -limit, limit)
