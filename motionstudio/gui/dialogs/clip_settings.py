"""Changes which frames of an open clip are used, its framing, cycle and model."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.moving_part import moving_part
from motionstudio.document.opening import OpenSettings
from motionstudio.document.subject import Subject
from motionstudio.gui.dialogs.clip_form import ClipFacts, ClipForm
from motionstudio.gui.dialogs.open_options import first_picture
from motionstudio.gui.presenters.reopening import ClipChanges
from motionstudio.gui.theme.scale import open_at
from motionstudio.gui.theme.tokens import SPACE_L
from motionstudio.models.base import ModelCard


class ClipSettings(QDialog):
    """The form of the open dialog for a clip that is open already."""

    def __init__(
        self,
        subject: Subject,
        facts: ClipFacts,
        cards: tuple[ModelCard, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Clip settings of {subject.name}")
        self.form = ClipForm(facts, settings_of(subject), cards, subject.model)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.addWidget(self.form)
        column.addWidget(buttons)
        open_at(self, 760, 420)

    def changes(self) -> ClipChanges:
        """What was chosen."""
        return ClipChanges(self.form.settings(), self.form.model_name())


def ask_clip_settings(
    subject: Subject, cards: tuple[ModelCard, ...], parent: QWidget
) -> ClipChanges | None:
    """Ask; None: leave everything as it is.

    Raises:
        MotionStudioError: the file behind the clip cannot be read any more.
    """
    dialog = ClipSettings(subject, facts_of(subject), cards, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    changes = dialog.changes() if accepted else None
    dialog.deleteLater()
    return changes


def settings_of(subject: Subject) -> OpenSettings:
    """The settings that the subject was opened with."""
    media = subject.media
    return OpenSettings(
        start=media.start,
        stop=media.stop,
        stride=media.stride,
        mode=subject.framing.mode,
        crop=subject.framing.crop,
        angle=subject.framing.angle,
        slice_index=media.slice_index,
        cyclic=subject.cyclic,
        fps=media.fps,
    )


def facts_of(subject: Subject) -> ClipFacts:
    """What the form must know: the whole file's frames, the open clip's first picture.

    Raises:
        MotionStudioError: the file cannot be read any more.
    """
    from motionstudio.io import probe

    picture, size = first_picture(subject.clip), subject.clip.size
    if not subject.media.path:
        raise MotionStudioError(f"{subject.name} was made in the program and has no file.")
    info = probe(subject.media.path)
    count = info.frames or (subject.media.stop or len(subject.clip) * subject.media.stride)
    return ClipFacts(
        count,
        size,
        picture,
        info.slices,
        info.slice_label,
        default_slice=info.default_slice,
        part=moving_part(subject.clip),
    )
