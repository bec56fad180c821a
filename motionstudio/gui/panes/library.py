"""Library: the subjects of the project with their thumbnails, and samples to start from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from motionstudio.document.transfer_plan import TEMPLATE
from motionstudio.gui.items.motion_drag import SUBJECT_MIME
from motionstudio.gui.items.pane_header import PaneHeader
from motionstudio.gui.items.pane_layout import either, under_header
from motionstudio.gui.items.tool_button import ToolButton
from motionstudio.gui.panes.card_list import CardList, SampleCard, SubjectCard
from motionstudio.gui.panes.empty_state import EmptyState

__all__ = ["SUBJECT_MIME", "Library", "SampleCard", "SubjectCard"]


class Library(QWidget):
    """Subjects above, samples and motion templates below.

    Click or Return activates a subject, F2 renames it, Delete asks for its removal; subjects
    and samples can be dragged (``SUBJECT_MIME``), onto other cards too; files dropped in.

    Signals:
        subjectActivated: id of the subject to show.
        renameRequested: id and new name.
        removeRequested: id.
        sampleActivated: id of the sample to open.
        openRequested: the button for opening was pressed.
        filesDropped: a tuple of paths.
        motionRequested: id of the subject or sample whose motion the active one is to have.
        hovered: read-out for the status bar.
    """

    motionRequested = Signal(str)
    subjectActivated = Signal(str)
    renameRequested = Signal(str, str)
    removeRequested = Signal(str)
    sampleActivated = Signal(str)
    openRequested = Signal()
    filesDropped = Signal(object)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = PaneHeader("Library")
        self.open = ToolButton("add", "Open clips, folders or images (Ctrl+O)")
        self.subjects = CardList("Subjects")
        self.samples = CardList("Samples")
        self.samples_header = PaneHeader("Samples")
        self.motions = CardList("Motion templates", prefix=TEMPLATE, forgets=True)
        self.motions_header = PaneHeader("Motions")
        self.empty = EmptyState(
            "film",
            "No clip yet",
            "Open an image sequence, or drop one anywhere in the window.",
            "Open…",
        )
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self.set_samples(())
        self.set_motions(())

    def set_subjects(self, cards: Sequence[SubjectCard]) -> None:
        """The subjects of the project, in order; the active one stays active."""
        active = self.subjects.current_id()
        self.subjects.fill(cards, editable=True)
        self.subjects.choose(active)
        self._stack.setCurrentIndex(0 if cards else 1)
        self.header.set_detail(f"{len(cards)}" if cards else "")

    def set_active(self, subject: str) -> None:
        """Mark the subject that is shown."""
        self.subjects.choose(subject)

    def update_subject(self, card: SubjectCard) -> None:
        """Show another name, picture or detail of one subject; cheap among many."""
        self.subjects.update_card(card)

    def set_target(self, subject: str, *, allowed: bool = True) -> None:
        """Mark the card that a motion would be dropped on; empty: none."""
        self.subjects.set_target(subject, allowed=allowed)

    def sample_names(self) -> tuple[tuple[str, str], ...]:
        """(id, name) of the samples on offer."""
        return self.samples.names()

    def set_samples(self, cards: Sequence[SampleCard]) -> None:
        """Samples that can be opened; none hides the section."""
        self.samples.fill(cards, editable=False)
        self.samples.setVisible(bool(cards))
        self.samples_header.setVisible(bool(cards))

    def set_motions(self, cards: Sequence[SampleCard]) -> None:
        """Motion templates used lately; none hides the section."""
        self.motions.fill(cards, editable=False)
        self.motions.setVisible(bool(cards))
        self.motions_header.setVisible(bool(cards))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._accept(event)

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._accept(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = tuple(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            self.filesDropped.emit(paths)

    def _accept(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.hovered.emit("Drop to open as new subjects")

    def _lay_out(self) -> None:
        self.header.add_tool(self.open)
        body, self._stack = either(self.subjects, self.empty)
        column = under_header(self, self.header, body, 3)
        column.addWidget(self.samples_header)
        column.addWidget(self.samples, 2)
        column.addWidget(self.motions_header)
        column.addWidget(self.motions, 1)

    def _connect(self) -> None:
        self.open.clicked.connect(self.openRequested)
        self.empty.actionRequested.connect(self.openRequested)
        self.subjects.chosen.connect(self.subjectActivated)
        self.subjects.renamed.connect(self.renameRequested)
        self.subjects.removeRequested.connect(self.removeRequested)
        self.subjects.hovered.connect(self.hovered)
        self.subjects.motionRequested.connect(self.motionRequested)
        self.samples.motionRequested.connect(self.motionRequested)
        self.samples.activatedCard.connect(self.sampleActivated)
        self.samples.itemClicked.connect(self.samples.tell_activated)
        self.samples.hovered.connect(self.hovered)
        self.motions.motionRequested.connect(self.motionRequested)
        self.motions.itemDoubleClicked.connect(self.motions.tell_activated)
        self.motions.activatedCard.connect(self._use_template)
        self.motions.hovered.connect(self.hovered)

    def _use_template(self, path: str) -> None:
        self.motionRequested.emit(f"{TEMPLATE}{path}")
