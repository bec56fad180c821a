"""Muting, hearing alone and naming dimensions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from motionstudio.document.commands import RenameDimension
from motionstudio.document.latent_commands import SetMuted
from motionstudio.gui.panes.latent_matrix import LatentMatrix
from motionstudio.gui.presenters.session import Session


class MutePresenter(QObject):
    """A muted dimension keeps its values but counts as zero in pictures and exports."""

    def __init__(
        self, session: Session, matrix: LatentMatrix, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._matrix = session, matrix
        matrix.muteToggled.connect(self._toggle)
        matrix.soloToggled.connect(self._solo)
        matrix.dimsMuted.connect(self._toggle_all)
        matrix.dimsSoloed.connect(self._solo_all)
        matrix.nameTyped.connect(self.name)

    @property
    def muted(self) -> tuple[int, ...]:
        """Muted dimensions of the active subject."""
        subject = self._session.active
        return () if subject is None or subject.track is None else subject.track.muted

    def toggle(self) -> None:
        """Mute the selected dimensions, or unmute them where all of them are muted."""
        self._toggle_all(self._session.selection.dims)

    def solo(self) -> None:
        """Mute every dimension but the selected ones; once more brings all of them back."""
        self._hear(set(self._session.selection.dims))

    def unmute(self) -> None:
        """Mute nothing."""
        self._set(set())

    def ask_name(self) -> None:
        """Let the first selected dimension be named."""
        dims = self._session.selection.dims
        if dims:
            self._matrix.name_dim(dims[0])

    def name(self, dim: int, name: str) -> None:
        """Name a dimension; an empty name gives the plain one back."""
        subject = self._session.active
        if subject is not None:
            self._session.push(RenameDimension(subject.id, dim, name))

    def _toggle_all(self, dims: Iterable[int]) -> None:
        chosen, muted = set(dims), set(self.muted)
        self._set(muted - chosen if chosen <= muted else muted | chosen)

    def _solo_all(self, dims: Iterable[int], add: bool) -> None:
        heard = set(range(self._count())) - set(self.muted)
        chosen = set(dims)
        if add and self.muted:
            chosen = heard - chosen if chosen <= heard else heard | chosen
        self._hear(chosen)

    def _toggle(self, dim: int) -> None:
        self._set(set(self.muted) ^ {dim})

    def _solo(self, dim: int, add: bool) -> None:
        heard = set(range(self._count())) - set(self.muted)
        some_muted = bool(self.muted)
        self._hear(heard ^ {dim} if add and some_muted else {dim})

    def _hear(self, dims: set[int]) -> None:
        everything = set(range(self._count()))
        others = everything - dims
        self._set(set() if set(self.muted) == others else others)

    def _set(self, muted: set[int]) -> None:
        subject = self._session.active
        if subject is None or subject.track is None:
            return
        fresh, before = tuple(sorted(muted)), set(subject.track.muted)
        heard = self._count() - len(fresh)
        changed = sorted(before ^ muted)
        if not fresh:
            label = "Unmute all dimensions" if len(changed) != 1 else "Unmute"
        elif heard <= len(changed) and heard < 4 and len(fresh) > 1:
            names = [subject.dim_name(d) for d in range(self._count()) if d not in muted]
            label = f"Solo {', '.join(names)}" if names else "Mute all dimensions"
        else:
            label = "Mute" if set(changed) <= muted else "Unmute"
        if label in ("Mute", "Unmute"):
            names = [subject.dim_name(dim) for dim in changed[:4]]
            label += " " + ", ".join(names) + (", …" if len(changed) > 4 else "")
        self._session.push(SetMuted(subject.id, fresh, label), label)

    def _count(self) -> int:
        subject = self._session.active
        return 0 if subject is None or subject.track is None else subject.track.base.dims
