"""One difference image after the other, each made on the picture before."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import numpy as np
import torch
from torch import Tensor

from motionstudio.core.motion import FORCED, TRUTH, Float, Motion
from motionstudio.models.visual_dynamics import Glance, VisualDynamics

_KEPT = 2048
_TOGETHER = 16


class RollOut:
    """Pictures of motions, kept by what they were made from.

    Args:
        network: in evaluation mode.
        device: where it is.
    """

    def __init__(self, network: VisualDynamics, device: torch.device) -> None:
        self._network, self._device = network, device
        self._kept: OrderedDict[bytes, Float] = OrderedDict()

    def picture(self, motion: Motion, source: Float, row: int) -> Float:
        """(C, S, S) at the end of ``row``; earlier steps are made where they are not kept."""
        if (start := self._truth(motion, source, row)) is not None:
            return self._next(start, motion.mean[row])
        chain = self._chain(motion, source, row)
        known = next((n for n in reversed(range(len(chain))) if chain[n] in self._kept), -1)
        for place in range(known + 1, len(chain)):
            number = row - (len(chain) - 1) + place
            if place:
                before = self._kept[chain[place - 1]]
            else:
                truth = self._truth(motion, source, number)
                before = source if truth is None else truth
            self._keep(chain[place], self._next(before, motion.mean[number]))
        self._kept.move_to_end(chain[-1])
        return self._kept[chain[-1]]

    def before(self, motion: Motion, source: Float, row: int) -> Float:
        """(C, S, S) picture that ``row`` starts from."""
        truth = self._truth(motion, source, row)
        if truth is not None:
            return truth
        return source if row == 0 else self.picture(motion, source, row - 1)

    @torch.no_grad()
    def glance(self, motion: Motion, source: Float, row: int) -> Glance:
        """What leads to the picture at the end of ``row``."""
        before = self.before(motion, source, row)
        return self._network.glance(
            self._tensor(before[None]), self._tensor(motion.mean[row][None])
        )

    @torch.no_grad()
    def stepped(self, pictures: Float, rows: Float) -> Float:
        """(N, C, S, S) after one step, each picture with its own row (N, D)."""
        made = [
            self._added(self._tensor(pictures[n : n + _TOGETHER]), rows[n : n + _TOGETHER])
            for n in range(0, len(pictures), _TOGETHER)
        ]
        return np.concatenate(made) if made else pictures

    def _next(self, picture: Float, row: Float) -> Float:
        with torch.no_grad():
            made: Float = self._added(self._tensor(picture[None]), row[None])[0]
        return made

    def _added(self, pictures: Tensor, rows: Float) -> Float:
        made = (pictures + self._network(pictures, self._tensor(rows))).clamp(0, 1)
        found: Float = made.cpu().numpy()
        return found

    def _chain(self, motion: Motion, source: Float, row: int) -> list[bytes]:
        """Names of the pictures up to that of ``row``, from the last one that starts anew."""
        first = row
        while first > 0 and self._truth(motion, source, first) is None:
            first -= 1
        truth = self._truth(motion, source, first)
        start = source if truth is None else truth
        name = hashlib.blake2b(np.ascontiguousarray(start).data, digest_size=16).digest()
        names = []
        for values in motion.mean[first : row + 1]:
            text = name + np.ascontiguousarray(values).tobytes()
            name = hashlib.blake2b(text, digest_size=16).digest()
            names.append(name)
        return names

    def _truth(self, motion: Motion, source: Float, row: int) -> Float | None:
        """The true frame that ``row`` starts from; None where it starts from what was made."""
        forced = motion.state.get(FORCED)
        frames = motion.state.get(TRUTH)
        if row == 0 or forced is None or frames is None or not bool(forced[0]):
            return None
        if not motion.kept[row]:
            return None
        return np.asarray(frames[row], np.float32) / np.float32(255)

    def _keep(self, name: bytes, picture: Float) -> None:
        self._kept[name] = picture
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def _tensor(self, array: Float) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(self._device)
