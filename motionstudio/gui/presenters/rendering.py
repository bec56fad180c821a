"""How generated pictures come into the full picture: controls <-> ``SetRendering``."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from motionstudio.core.rendering import Rendering
from motionstudio.document.change import Change
from motionstudio.document.rendering_commands import SetRendering
from motionstudio.document.subject_transform import subject_transform
from motionstudio.document.view import ViewState
from motionstudio.gui.presenters.session import Session
from motionstudio.models.base import Capability, ModelCard

_WHOLE = "The crop reaches the picture's edges everywhere: there is no border to soften."
_BENDS = "{0} always moves the source itself, at full resolution."


class RenderingPresenter(QObject):
    """What people choose about the rendering of the active subject.

    Signals:
        changed: another rendering, or other choices.

    Args:
        session: shared parts.
        parent: Qt parent.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.project.changed.connect(self._on_change)
        session.view.changed.connect(self._on_view)

    @property
    def rendering(self) -> Rendering:
        """That of the active subject."""
        subject = self._session.active
        return Rendering() if subject is None else subject.rendering

    @property
    def shown(self) -> Rendering:
        """What to show: models that bend the source use their field whatever was chosen."""
        card, _ = self._card()
        bends = card is not None and not card.draws
        return replace(self.rendering, by="field") if bends else self.rendering

    @property
    def moves_source(self) -> bool:
        """Whether the model's motion field moves the source instead of the generator drawing."""
        return self.rendering.by == "field" and not self.why_not()

    def why_not(self) -> str:
        """Why there is no choice between generator and field; empty where there is."""
        card, reason = self._card()
        if card is None:
            return reason
        if Capability.DISPLACEMENT not in card.capabilities:
            return f"{card.title} gives no motion field."
        return "" if card.draws else _BENDS.format(card.title)

    def why_no_fill(self) -> str:
        """Why hidden parts cannot be filled; empty where they can."""
        if reason := self.why_not():
            return reason
        card, _ = self._card()
        if card is not None and "occlusion" not in card.overlays:
            return f"{card.title} does not say what is hidden."
        generated = self.rendering.by == "model"
        return "The generator draws the whole picture already." if generated else ""

    def why_no_border(self) -> str:
        """Why the border cannot be softened; empty where it can."""
        subject, (card, reason) = self._session.active, self._card()
        if card is None or subject is None:
            return reason
        if not card.draws and Capability.DISPLACEMENT in card.capabilities:
            return _BENDS.format(card.title)
        y, x, height, width = subject_transform(subject, card.size, (0.0, 1.0)).crop
        rows, columns = subject.clip.size
        whole = min(y, x) <= 0 and y + height >= rows and x + width >= columns
        return _WHOLE if whole and not subject.framing.angle else ""

    def set_rendering(self, rendering: Rendering) -> None:
        """Choose."""
        subject = self._session.active
        if subject is not None and not self._session.project.in_transaction:
            self._session.push(SetRendering(subject.id, rendering))

    def toggle_field(self) -> None:
        """Render by the motion field instead of the generator, or back."""
        now = self.rendering
        other = Rendering("model" if now.by == "field" else "field", now.fill, now.feather)
        self.set_rendering(other)

    def _card(self) -> tuple[ModelCard | None, str]:
        subject = self._session.active
        if subject is None:
            return None, "Open a clip first."
        card = self._session.card(subject)
        return card, "" if card is not None else "Choose a model first."

    def _on_change(self, change: Change) -> None:
        if change.kinds & {"rendering", "framing", "model", "subjects"}:
            self.changed.emit()

    def _on_view(self, new: ViewState, old: ViewState) -> None:
        if new.active != old.active:
            self.changed.emit()
