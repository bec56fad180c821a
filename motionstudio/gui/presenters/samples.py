"""The samples that come with the program, as cards with a thumbnail."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import resources_dir
from motionstudio.core.picture import as_shown
from motionstudio.gui.panes.library import Library, SampleCard
from motionstudio.gui.presenters.library import thumbnail
from motionstudio.gui.presenters.session import Session


class SamplesPresenter(QObject):
    """Sample files -> cards, read in the background."""

    def __init__(self, session: Session, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._library = session, library

    def load(self) -> None:
        """Show the cards once their first pictures are read."""
        self._session.media.submit(read_samples, self._show)

    def _show(self, found: list[SampleCard] | Exception) -> None:
        if isinstance(found, list):
            self._library.set_samples(found)


def read_samples() -> list[SampleCard]:
    """One card for each readable sample.

    Raises:
        MotionStudioError: the program's folder of resources is missing.
    """
    cards = []
    for path in sorted((resources_dir() / "samples").glob("*.npz")):
        try:
            cards.append(_card(path))
        except MotionStudioError:
            continue  # A damaged sample is not offered; opening it by hand says why.
    return cards


def _card(path: Path) -> SampleCard:
    from motionstudio.io import read_clip

    clip = read_clip(path)
    name = path.stem.replace("_", " ").capitalize()
    picture = as_shown(clip.frames[0], (0.0, 1.0))
    detail = f"{len(clip)} frames, {'grey' if clip.channels == 1 else 'colour'}"
    return SampleCard(path.name, name, detail, thumbnail(picture))
