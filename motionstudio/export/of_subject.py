"""From a subject of the document to an export and the pictures that it needs: no window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind
from motionstudio.core.picture import Transform
from motionstudio.core.picture_rows import pictures_of_frames
from motionstudio.core.upsampling import Positions, positions_of, upsample_motion
from motionstudio.document.subject import Subject
from motionstudio.engine.checks import check_draws
from motionstudio.engine.requests import DecodeRequest, Lane, Picture
from motionstudio.export.driver import driver_of, no_driver, sound_of
from motionstudio.export.options import ExportOptions, Panel
from motionstudio.export.write import Export
from motionstudio.io.provenance import Provenance
from motionstudio.models.base import Capability, ModelCard
from motionstudio.own_version import own_version


@dataclass(frozen=True, slots=True, eq=False)
class SubjectExport:
    """An export of a subject.

    Attributes:
        export: what is written.
        request: the pictures that it needs, in the order of ``export.positions``; None: none.
    """

    export: Export
    request: DecodeRequest | None


def export_of(
    subject: Subject,
    card: ModelCard,
    source: Picture,
    transform: Transform,
    options: ExportOptions,
    *,
    revision: int = 0,
    project_hash: str = "",
    command: str = "",
    subjects: Sequence[Subject] = (),
) -> SubjectExport:
    """What has to be rendered and written for ``options``.

    Args:
        subject: with a motion.
        card: of its model.
        source: the picture that is animated; ``transform`` belongs to it.
        transform: from the subject's frames to the model's picture.
        options: what a person chose.
        revision: of the document.
        project_hash: goes into the file, see ``Provenance``.
        command: goes into the file.
        subjects: of the project, among which the driving clip may be.

    Raises:
        MotionStudioError: there is no motion, no frame in the range, or the model cannot do what
            is asked.
    """
    track = subject.track
    if track is None or not subject.has_motion:
        raise MotionStudioError(
            f"{subject.name} has no motion to export yet.", "Wait until it is encoded."
        )
    _check(card, options)
    driver = driver_of(subject, subjects)
    if options.kind.is_picture and Panel.DRIVER in options.panels and driver is None:
        raise MotionStudioError(no_driver(subject), "Leave the driving clip out of the pictures.")
    original = track.motion()
    motion, places = _finer(original, options, subject.clip.period)
    export = Export(
        options,
        motion,
        transform,
        truth=subject.clip.frames,
        source=source.frame,
        names=tuple(subject.dim_name(d) for d in range(motion.dims)),
        edited=np.asarray(track.edited.any(1)),
        spacing=subject.clip.spacing,
        places=places,
        original=original,
        provenance=provenance_of(card, options, project_hash, command),
        driver=None if driver is None else driver.clip,
        followed=None if driver is None else driver.rows,
        sound=sound_of(subject, driver, options, _lasts(motion, places, options)),
    )
    return SubjectExport(export, _request(subject, card, source, export, revision))


def _lasts(motion: Motion, places: Positions, options: ExportOptions) -> float:
    """Seconds that one play of a film takes: its last picture stays as long as the median one."""
    shown = options.positions(places)
    times = motion.times[shown.start : shown.stop]
    steps = np.diff(times)
    return float(times[-1] - times[0] + (np.median(steps) if len(steps) else 0.1))


def provenance_of(
    card: ModelCard, options: ExportOptions, project_hash: str = "", command: str = ""
) -> Provenance:
    """How an export comes about: a picture that is bent stays in part what it was."""
    warps = Capability.DISPLACEMENT in card.capabilities
    return Provenance(
        software=f"MotionStudio {own_version()}".rstrip(),
        model=card.name,
        model_hash=card.hash,
        project_hash=project_hash,
        command=command,
        ai=options.mark_ai,
        composite=warps or len(options.panels) > 1,
    )


def _finer(
    motion: Motion, options: ExportOptions, period: float | None
) -> tuple[Motion, Positions]:
    factor = options.upsampling if options.kind.has_pictures else 1
    if factor == 1:
        return motion, Positions(len(motion.times))
    if motion.rows is not RowKind.FRAME:
        raise MotionStudioError(
            "In-between frames need a motion with one row for each frame.",
            "Export without them.",
        )
    return upsample_motion(motion, factor, period=period), positions_of(motion, factor)


def _check(card: ModelCard, options: ExportOptions) -> None:
    if options.kind.has_pictures:
        check_draws(card)
    fields = options.kind.needs_field or any(
        panel.needs_field for panel in options.panels if options.kind.is_picture
    )
    if fields and Capability.DISPLACEMENT not in card.capabilities:
        raise MotionStudioError(
            f"{card.title} gives no displacement, so there is no field to write.",
            "Choose pictures or the motion matrix.",
        )


def _request(
    subject: Subject, card: ModelCard, source: Picture, export: Export, revision: int
) -> DecodeRequest | None:
    options, positions = export.options, export.positions
    if not options.kind.has_pictures:
        return None
    rows = pictures_of_frames(export.latents)
    frames = (
        tuple(positions) if export.layout.factor > 1 else tuple(int(rows[p]) for p in positions)
    )
    drawn = any(panel.needs_field for panel in options.panels)
    fields = not options.kind.is_picture or drawn
    return DecodeRequest(
        lane=Lane.EXPORT,
        subject=subject.id,
        revision=revision,
        model=subject.model,
        motion=export.motion,
        source=source,
        transform=export.transform,
        frames=frames,
        fields=fields,
        inverse=fields and Capability.INVERSE in card.capabilities,
        rendering=subject.rendering,
    )


def needs_truth(options: ExportOptions) -> bool:
    """Whether the clip's own frames go into the pictures."""
    return options.kind.is_picture and any(panel.needs_truth for panel in options.panels)


__all__ = ["Panel", "SubjectExport", "export_of", "needs_truth", "provenance_of"]
