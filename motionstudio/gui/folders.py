"""Folders that a window writes into by itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from motionstudio.core.locations import user_data_dir
from motionstudio.document.project_file import default_shelf


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a window keeps what nobody asked it to keep.

    Attributes:
        autosave: versions against crashes.
        shelf: copies of the media that projects carry.
    """

    autosave: Path
    shelf: Path

    @classmethod
    def of_user(cls) -> Folders:
        """This user's own."""
        return cls(user_data_dir() / "autosave", default_shelf())

    @property
    def runs(self) -> Path:
        """Training runs, one folder each."""
        return self.autosave.parent / "runs"

    @property
    def checkpoints(self) -> Path:
        """What they end with."""
        return self.autosave.parent / "checkpoints"
