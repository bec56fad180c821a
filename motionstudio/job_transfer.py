"""A motion brought onto a picture without a window, by the options that the window has."""

from __future__ import annotations

from dataclasses import replace

from motionstudio.core.carrying import Transfer, arriving, match_scores
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.keypoints import KeypointTrack, keypoint_count, rest_of
from motionstudio.core.motion import Motion
from motionstudio.core.picture import Transform
from motionstudio.engine.keypoint_requests import KeypointsFound, KeypointsRequest
from motionstudio.engine.requests import Picture
from motionstudio.engine.sync import SyncEngine
from motionstudio.io.template_file import Template
from motionstudio.models.base import ModelCard


class Carry:
    """Carries motions over.

    Args:
        engine: finds keypoints of pictures.
        model: name or folder of the checkpoint. ``card``: what it is.
        how: the options.
        best: start from the driver's frame whose pose is nearest to the picture's.

    Raises:
        MotionStudioError: the options need keypoints, which the model has none of.
    """

    def __init__(
        self, engine: SyncEngine, model: str, card: ModelCard, how: Transfer, *, best: bool
    ) -> None:
        self._engine, self._model = engine, model
        self._how, self._best = how, best
        self._count = keypoint_count(card.dim_names)
        if not self._count and (best or replace(how, strength=1.0) != Transfer()):
            raise MotionStudioError(
                f"{card.title} has no keypoints: of the options only the strength means something.",
                "Leave the other options out, or choose a model with keypoints.",
            )

    def onto(self, picture: Picture, transform: Transform, driver: Template) -> Motion:
        """What the picture does.

        Args:
            picture: that is to move.
            transform: from it to the model's picture.
            driver: whose motion it is; its reference counts as the picture's own pose.

        Raises:
            MotionStudioError: keypoints at rest that the options need are not known.
        """
        rows, driving, at = driver.motion.mean, rest_of(driver.motion), driver.reference
        source = None
        if self._count and (self._best or self._how.needs_points):
            source = self._points(picture, transform)
        if self._best and source is not None:
            if driving is None:
                raise MotionStudioError(
                    f"The motion {driver.name} does not say where its keypoints are.",
                    "Use the clip itself, or name the frame with --reference.",
                )
            at = int(match_scores(rows, driving, source).argmin())
        made = arriving(rows, self._how, self._count, at, driving, source)
        return replace(driver.motion, mean=made)

    def _points(self, picture: Picture, transform: Transform) -> KeypointTrack:
        request = KeypointsRequest(
            subject="", revision=0, model=self._model, source=picture, transform=transform
        )
        return self._engine.ask(request, KeypointsFound).track
