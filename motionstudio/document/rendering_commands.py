"""Commands about how generated pictures come into the full picture."""

from __future__ import annotations

from dataclasses import dataclass

from motionstudio.core.rendering import Rendering
from motionstudio.document.change import MergeKey, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand, put_fields


@dataclass(frozen=True, slots=True, eq=False)
class SetRendering(SmallCommand):
    """Choose how pictures are made at full resolution where the model draws them itself.

    Attributes:
        subject_id: whose.
        rendering: by the model or by its motion, with how soft a border.
    """

    subject_id: str
    rendering: Rendering

    @property
    def label(self) -> str:
        """``Render with the generator, border 8 %``."""
        if self.rendering.by == "field":
            who = "the motion field" + (", hidden parts filled" if self.rendering.fill else "")
        else:
            who = "the generator"
        return f"Render with {who}, border {100 * self.rendering.feather:.0f} %"

    @property
    def merge_key(self) -> MergeKey | None:
        """Turning one knob is one step."""
        return ("rendering", self.subject_id)

    def apply(self, state: ProjectState) -> Outcome:
        """Set."""
        values: dict[str, object] = {"rendering": self.rendering}
        return put_fields(state, self.subject_id, values, "rendering", self.label)
