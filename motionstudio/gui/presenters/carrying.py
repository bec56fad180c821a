"""Plans a transfer with the remembered options; says when something must be found first."""

from __future__ import annotations

from dataclasses import replace

from motionstudio.core.carrying import match_scores
from motionstudio.core.keypoints import KeypointTrack, rest_of
from motionstudio.document.subject import Subject
from motionstudio.document.transfer_plan import Arriving, Offer, Planned, fitting, plan
from motionstudio.gui.presenters.carry_defaults import CarryDefaults
from motionstudio.gui.presenters.resting import RestingPoints


class Carrier:
    """Makes plans.

    Args:
        defaults: the options for the next drag.
        resting: where keypoints of subjects are at rest.
    """

    def __init__(self, defaults: CarryDefaults, resting: RestingPoints) -> None:
        self._defaults = defaults
        self._resting = resting

    def plan(self, target: Subject, arriving: Arriving, offer: Offer) -> Planned | None:
        """What carrying a motion over would do; None where keypoints must be found first.

        Raises:
            MotionStudioError: see ``transfer_plan.plan``.
        """
        wanted = self._defaults.value
        count = self._resting.count(target)
        how, driving = fitting(wanted.how, count), rest_of(arriving.motion)
        points = self._resting.get(target)
        wants = how.needs_points or wanted.best
        if count and driving is not None and wants and points is None:
            self._resting.find(target)
            return None
        if wanted.best and driving is not None and points is not None:
            arriving = replace(arriving, reference=best_of(arriving, driving, points))
        return plan(target, arriving, offer.mode, offer.strength, how=how, resting=points)


def best_of(arriving: Arriving, driving: KeypointTrack, source: KeypointTrack) -> int:
    """The row of a motion whose pose is nearest to that of the picture."""
    return int(match_scores(arriving.motion.mean, driving, source).argmin())
