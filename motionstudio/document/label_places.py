"""Where the label files of a project lie: beside it, or inside it with the clips they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from motionstudio.core.errors import MotionStudioError
from motionstudio.document.change import ProjectState
from motionstudio.document.media_places import MediaShelf, member_of, place_of, relative_path
from motionstudio.document.project_zip import MEDIA, ProjectArchive
from motionstudio.document.subject import MediaRef
from motionstudio.document.view import ViewState
from motionstudio.io.fingerprint import Fingerprints


def with_label_files(view: ViewState, place: Callable[[str, str], Path | str | None]) -> ViewState:
    """The view whose label files are named otherwise; those without a place are left out.

    Args:
        view: to take over.
        place: subject id and path to the new path, or None.
    """
    named = ((subject, place(subject, path)) for subject, path in view.viewports.label_files)
    files = tuple((subject, str(path)) for subject, path in named if path is not None)
    return replace(view, viewports=replace(view.viewports, label_files=files))


@dataclass(frozen=True, slots=True, eq=False)
class LabelsOut:
    """Names label files for a project that is written.

    Attributes:
        state: the document. ``folder``: of the project file.
        hashes: remembers those of files that did not change.
        carried: what the project carries, file by name; what is found here is added.
    """

    state: ProjectState
    folder: Path
    hashes: Fingerprints
    carried: dict[str, Path]

    def stored(self, subject_id: str, path: str) -> str:
        """How the labels of a subject are named: inside where its frames are, else from here."""
        subject, source = self.state.find(subject_id), Path(path)
        inside = subject is not None and (subject.media.embedded or not subject.media.path)
        if not inside or not source.exists():
            return relative_path(path, self.folder)
        name = member_of(self.hashes.of(source), source.name)
        self.carried[name] = source
        return name


@dataclass(frozen=True, slots=True, eq=False)
class LabelsIn:
    """Finds label files of a project that is read.

    Attributes:
        archive: the project. ``copies``: where copies of what it carries lie.
        folder: of the project file.
    """

    archive: ProjectArchive
    copies: MediaShelf
    folder: Path

    def place(self, _subject_id: str, stored: str) -> Path | None:
        """The file on this machine; None where the project may not name it, or it is damaged."""
        carried = stored.startswith(MEDIA) and (
            stored in self.archive.members or bool(self.archive.below(f"{stored}/"))
        )
        if not carried:
            return place_of(stored, self.folder)
        try:
            return self.copies.place(self.archive, MediaRef(stored, embedded=True))
        except MotionStudioError:
            # Labels are no reason not to open the project; those of the clip are shown instead.
            return None
