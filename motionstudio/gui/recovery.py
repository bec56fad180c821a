"""Offers what crashed windows left, one document at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from motionstudio.document.autosave import Abandoned, Version
from motionstudio.gui.dialogs.versions import moment, show_folder
from motionstudio.gui.presenters.loading import LoadingPresenter
from motionstudio.gui.presenters.saving import SavingPresenter
from motionstudio.gui.recovery_bar import RecoveryBar

Ready = Callable[[Callable[[], None]], None]
"""Does something once the present document may be left."""


class Recovery(QObject):
    """What was left -> bar -> document.

    Args:
        saving: knows this window's versions and those of others.
        loading: opens them.
        bar: asks.
        ready: does something once the present document may be left.
        parent: Qt parent.
    """

    def __init__(
        self,
        saving: SavingPresenter,
        loading: LoadingPresenter,
        bar: RecoveryBar,
        ready: Ready,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._saving, self._loading, self._bar, self._ready = saving, loading, bar, ready
        self._left: list[Abandoned] = []
        self._taken: list[Abandoned] = []
        bar.recoverRequested.connect(self.recover)
        bar.discardRequested.connect(self.discard)
        bar.folderRequested.connect(self.show_folder)
        saving.autosaved.connect(self._on_kept)
        saving.changed.connect(self._on_kept)

    @property
    def offered(self) -> Version | None:
        """The version that is offered now, or None."""
        versions = self._left[0].versions if self._left else ()
        return versions[0] if versions else None

    def look(self) -> None:
        """Look for what was left, and offer it."""
        self._left = list(self._saving.autosave.abandoned())
        self._show()

    def recover(self) -> None:
        """Open what is offered; it stays on the disk until it is kept anew."""
        if self.offered is not None:
            self._ready(self._open)

    def discard(self) -> None:
        """Delete what is offered."""
        if self._left:
            self._left.pop(0).discard()
        self._show()

    def show_folder(self) -> None:
        """Show where it lies."""
        if self._left:
            show_folder(self._left[0].folder)

    def shutdown(self) -> None:
        """Let another window offer the rest."""
        for left in (*self._left, *self._taken):
            left.leave()
        self._left, self._taken = [], []

    def _open(self) -> None:
        version = self.offered
        if version is not None:
            self._loading.open(
                version.path, document=version.document, changed=True, then=self._on_opened
            )

    def _on_opened(self) -> None:
        if self._left:
            self._taken.append(self._left.pop(0))
        self._show()

    def _on_kept(self) -> None:
        """The recovered document is in this window's own versions, or in its file."""
        kept = self._saving.autosave.versions() or not self._saving.unsaved
        if kept:
            while self._taken:
                self._taken.pop().discard()

    def _show(self) -> None:
        version = self.offered
        if version is None:
            self._bar.hide()
            return
        more = len(self._left) - 1
        also = f" {more} more will be offered after it." if more else ""
        self._bar.offer(
            f"MotionStudio ended unexpectedly. {version.name} was kept as it was at "
            f"{moment(version.saved)}.{also}"
        )
