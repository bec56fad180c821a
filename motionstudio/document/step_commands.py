"""Commands about motions whose rows are the steps from one frame to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from motionstudio.core.motion import FORCED, TRUTH
from motionstudio.document.change import Kind, Outcome, ProjectState
from motionstudio.document.command_base import SmallCommand
from motionstudio.document.layers import encoded
from motionstudio.document.restore import PutFields
from motionstudio.document.subject import Subject


@dataclass(frozen=True, slots=True, eq=False)
class StepFromTruth(SmallCommand):
    """Start each step from the true frame before it, or from the picture that was made of it.

    From true frames every step shows what it does by itself; from made pictures errors add up,
    and edits go on into all later frames.

    Attributes:
        subject_id: whose.
        on: whether steps start from true frames.
    """

    subject_id: str
    on: bool

    @property
    def label(self) -> str:
        """``Start steps from true frames``."""
        return f"Start steps from {'true frames' if self.on else 'made pictures'}"

    def apply(self, state: ProjectState) -> Outcome:
        """Set; raises ValueError where the motion came without true frames."""
        subject = state.subject(self.subject_id)
        track = encoded(subject)
        if TRUTH not in track.base.state:
            raise ValueError(f"StepFromTruth: the motion of '{subject.id}' keeps no true frames")
        known = {**track.base.state, FORCED: np.array([self.on])}
        after = replace(track, base=replace(track.base, state=known))
        kinds: frozenset[Kind] = frozenset({"latent"})
        return PutFields(subject.id, {"track": after}, kinds, None, self.label).apply(state)


def keeps_truth(subject: Subject) -> bool:
    """Whether a subject's motion keeps the true frames that its steps can start from."""
    return subject.track is not None and TRUTH in subject.track.base.state


def steps_from_truth(subject: Subject) -> bool:
    """Whether a subject's steps start from true frames."""
    if subject.track is None or not keeps_truth(subject):
        return False
    forced = subject.track.base.state.get(FORCED)
    return forced is not None and bool(forced[0])
