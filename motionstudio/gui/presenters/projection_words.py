"""What the projection pane says about how its points came to lie where they lie."""

from __future__ import annotations

from motionstudio.core.counting import counted
from motionstudio.core.embedding import Embedding
from motionstudio.core.motion import ORIGIN
from motionstudio.core.projection import Projection
from motionstudio.document.subject import Subject
from motionstudio.gui.presenters.component_fit import Members


def of_components(projection: Projection, members: Members) -> str:
    """On what components were fitted, and how."""
    options, subjects = projection.options, len(members.tracks)
    if projection.plain:
        known = all(ORIGIN in track.base.state for track in members.tracks.values())
        zero = "the middle of its prior" if known else "the reference"
        return f"Latent dimensions of {members.model} · 0 is {zero}"
    who = "this subject" if subjects == 1 else counted(subjects, "subject")
    words = f"PCA of {counted(projection.count, 'frame')} of {who}"
    if options.scope == "dataset":
        words = f"PCA of the training data of {members.model}"
    centre = "the mean" if options.centre == "mean" else "rest"
    parts = [words, f"centred on {centre}"]
    if options.whiten:
        parts.append("whitened")
    if options.scope != "dataset":
        parts.append("with reference" if options.reference else "without reference")
    return " · ".join(parts)


def of_map(found: Embedding) -> str:
    """What a map was made of, with every parameter."""
    options = found.options
    return (
        f"{found.method} of {counted(len(found.points), 'frame')}, reference included · "
        f"{options.neighbours} neighbours · min. distance {options.min_dist:g} · "
        f"seed {options.seed}"
    )


def beside_map(mapped: bool, problem: str) -> str:
    """How to read a map, or why there is none yet."""
    if problem:
        return f"{problem} Here are components."
    if mapped:
        return "Near points are alike; distances between groups mean little."
    return "UMAP is at work, at first for half a minute; meanwhile here are components."


def of_nothing(active: Subject | None, problem: str) -> tuple[str, str]:
    """Title and text while there is nothing to show."""
    if active is None:
        return (
            "No motions yet",
            "Open clips: every motion becomes a line here, every frame a point.",
        )
    if problem:
        return "No components", problem
    return "One moment …", f"The motion of {active.name} is being found or projected."


def of_others(model: str, hidden: int) -> str:
    """That subjects of other models are not shown; empty where there are none."""
    if not hidden:
        return ""
    which = "subject uses" if hidden == 1 else "subjects use"
    return f"Only motions of the model {model} are shown; {hidden} {which} another one."
