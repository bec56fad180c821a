"""What commands share."""

from __future__ import annotations

from dataclasses import dataclass

from motionstudio.document.change import Edit, Kind, MergeKey, Outcome, ProjectState
from motionstudio.document.restore import PutFields

_OUTDATING: frozenset[Kind] = frozenset(
    {"kept", "model", "framing", "reference", "cyclic", "encoding"}
)


@dataclass(frozen=True, slots=True, eq=False)
class SmallCommand:
    """What most commands share: small, never merged, covering nothing."""

    @property
    def nbytes(self) -> int:
        """Commands themselves are not kept by the history, their inverses are."""
        return 64

    @property
    def merge_key(self) -> MergeKey | None:
        """Commands in quick succession with equal keys become one step; None: never."""
        return None

    def covers(self, other: Edit) -> bool:
        """Only inverses cover one another."""
        return False


def put_fields(
    state: ProjectState,
    subject_id: str,
    values: dict[str, object],
    kind: Kind,
    label: str,
    frames: tuple[int, ...] | None = None,
) -> Outcome:
    """Set fields; where they outdate the encoding, undo brings the encoding back as well."""
    subject = state.subject(subject_id)
    known: dict[str, object] = {}
    if kind in _OUTDATING:
        known = {"track": subject.track, "encoded_with": subject.encoded_with}
    kinds: set[Kind] = {kind}
    if "kept" in values and kind != "kept":
        kinds.add("kept")
    put = PutFields(subject_id, {**known, **values}, frozenset(kinds), frames, label)
    return put.apply(state)
