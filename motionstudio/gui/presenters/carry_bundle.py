"""Options of a transfer, the match of poses and motion templates, with the pane they share."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from motionstudio.gui.background import Background
from motionstudio.gui.panes.transfer_options import TransferOptions
from motionstudio.gui.presenters.carry_options import CarryOptionsPresenter
from motionstudio.gui.presenters.matching import MatchPresenter
from motionstudio.gui.presenters.session import Session
from motionstudio.gui.presenters.templates import TemplatesPresenter
from motionstudio.gui.presenters.transfer import TransferPresenter
from motionstudio.gui.workbench import Workbench


class CarryPresenters(QObject):
    """Made once for each window.

    Args:
        session: shared parts.
        bench: the panes; the pane Transfer is added to them.
        transfer: carries motions over.
        background: reads and writes templates.
        window: parent of dialogs.

    Signals:
        changed: what can be done may be different now.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        bench: Workbench,
        transfer: TransferPresenter,
        background: Background,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.pane = TransferOptions()
        bench.add_pane("transfer", "Transfer", self.pane, icon="grip")
        self.options = CarryOptionsPresenter(
            session, self.pane, transfer.defaults, transfer.resting, self
        )
        time, resting = bench.time, transfer.resting
        self.match = MatchPresenter(session, time.matches, time.errors, self.pane, resting, self)
        self.templates = TemplatesPresenter(session, bench.library, transfer, background, window)
        transfer.moved.connect(self.match.consider)
        for part in (self.options, self.match):
            part.changed.connect(self.changed)

    def cancel(self) -> bool:
        """Take a gesture under way back; tells whether there was one."""
        return self.options.cancel()
