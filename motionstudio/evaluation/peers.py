"""Methods that the model is measured against: classical registration and simple baselines.

Every peer takes two pictures (C, H, W) float32 in [0, 1] and gives the backward displacement
(2, H, W) float32 in pixels, channels (dx, dy): ``moved(p) ~ reference(p + u(p))``, which is what
our models give for frame t on frame 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from motionstudio.core.motion import Float
from motionstudio.core.picture import convert_channels
from motionstudio.core.warp import warp
from motionstudio.evaluation import syn_elsewhere
from motionstudio.models.lucas_kanade import lucas_kanade
from motionstudio.models.warp import resize_field

Register = Callable[[Float, Float], Float]


@dataclass(frozen=True, slots=True)
class Peer:
    """A registration method.

    Attributes:
        name: as printed.
        register: reference and moved picture to backward displacement.
        package: distribution that must be installed, or empty.
        elsewhere: whether an environment that is named may have the package instead.
    """

    name: str
    register: Register
    package: str = ""
    elsewhere: bool = False

    @property
    def installed(self) -> bool:
        """Whether its package is there, or named in another environment."""
        if not self.package or (self.elsewhere and syn_elsewhere.configured()):
            return True
        try:
            distribution(self.package)
        except PackageNotFoundError:
            return False
        return True

    @property
    def absent(self) -> str:
        """What is printed instead of figures where the package is not there."""
        how = f" {syn_elsewhere.HOW}" if self.elsewhere else ""
        return f"no figures, {self.package} is not installed.{how}"


def identity(reference: Float, _moved: Float) -> Float:
    """Do nothing, (2, H, W) zeros for a picture (C, H, W): the row that every table needs."""
    return np.zeros((2, *reference.shape[1:]), np.float32)


def dis_flow(reference: Float, moved: Float) -> Float:
    """OpenCV's dense inverse search (Kroeger et al. 2016), preset medium."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    start = np.zeros((*reference.shape[1:], 2), np.float32)
    return _field(np.asarray(flow.calc(_grey8(moved), _grey8(reference), start)))


def farneback(reference: Float, moved: Float) -> Float:
    """OpenCV's polynomial expansion (Farneback 2003), window 15, 3 levels."""
    start = np.zeros((*reference.shape[1:], 2), np.float32)
    flow = cv2.calcOpticalFlowFarneback(
        _grey8(moved), _grey8(reference), start, 0.5, 3, 15, 5, 5, 1.1, 0
    )
    return _field(flow)


def coarse_lucas_kanade(reference: Float, moved: Float) -> Float:
    """The estimate that GenLMM's pair network is given, brought to full size.

    It shows what the network adds to what it starts from.
    """
    height, width = reference.shape[1:]
    finest = max(1, max(height, width) // 32)
    # The estimate wants a square that its three levels divide.
    side = -(-max(height, width) // (4 * finest)) * 4 * finest
    edges = ((0, 0), (0, side - height), (0, side - width))
    pair = [torch.from_numpy(np.pad(p, edges, mode="edge")[None]) for p in (reference, moved)]
    flow, _ = lucas_kanade(*pair, finest=finest)
    return np.ascontiguousarray(resize_field(flow, side, side)[0, :, :height, :width].numpy())


def demons(reference: Float, moved: Float) -> Float:
    """SimpleITK's diffeomorphic demons with symmetric forces, three levels.

    The result is exp of a smooth velocity field; sigma 1.5 and 40 iterations a level.
    """
    import SimpleITK as sitk

    # The filters inside the filter do not ask for its number of threads but for this one, and
    # small pictures are far slower on many than on one.
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    fixed, moving = _grey(moved), _grey(reference)
    field: NDArray[np.float64] | None = None
    for factor in (4, 2, 1):
        shape = (max(8, fixed.shape[1] // factor), max(8, fixed.shape[0] // factor))
        level = [cv2.resize(p, shape, interpolation=cv2.INTER_AREA) for p in (fixed, moving)]
        one = sitk.DiffeomorphicDemonsRegistrationFilter()
        one.SetNumberOfIterations(40)
        one.SetStandardDeviations(1.5)
        one.SetUseGradientType(0)  # symmetric forces
        one.SetNumberOfThreads(1)
        pictures = [sitk.GetImageFromArray(picture) for picture in level]
        if field is None:
            field = sitk.GetArrayFromImage(one.Execute(*pictures))
        else:
            start = _resized(field, shape)
            initial = sitk.GetImageFromArray(start, isVector=True)
            field = sitk.GetArrayFromImage(one.Execute(*pictures, initial))
    assert field is not None
    return _field(np.asarray(field))


def _resized(field: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    scale = np.array([shape[0] / field.shape[1], shape[1] / field.shape[0]])
    resized = cv2.resize(field, shape, interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized * scale, np.float64)


def syn(reference: Float, moved: Float) -> Float:
    """ANTs SyN as ``syn_alone.register`` sets it, here or in the environment that is named.

    Raises:
        MotionStudioError: the environment that is named cannot do it.
    """
    pair = _grey(reference), _grey(moved)
    if syn_elsewhere.configured():
        return syn_elsewhere.worker().register(*pair)
    from motionstudio.evaluation import syn_alone

    return syn_alone.register(*pair)


def elsewhere_note() -> str:
    """What must be said of peers that do not run in this environment, or empty."""
    if not syn_elsewhere.configured():
        return ""
    return f" ANTs SyN ran in an environment of its own: {syn_elsewhere.worker().name}."


SYN = "ANTs SyN (CC)"
PEERS = (
    Peer("identity", identity),
    Peer("DIS (preset medium)", dis_flow),
    Peer("Farneback", farneback),
    Peer("Lucas-Kanade (coarse, the encoder's)", coarse_lucas_kanade),
    Peer("demons (symmetric, diffeomorphic)", demons, "SimpleITK"),
    Peer(SYN, syn, "antspyx", elsewhere=True),
)


def in_time(
    fields: Float, known: NDArray[np.intp], times: NDArray[np.float64], period: float | None
) -> Float:
    """Displacement at every time from that at the ``known`` frames, linearly.

    Args:
        fields: (T, 2, H, W); only rows ``known`` are looked at.
        known: (n,) increasing frame numbers that start with 0.
        times: (T,) seconds.
        period: seconds after which frame 0 comes again, so that the last known frame is followed
            by it; None: the last known frame stays.

    Returns:
        (T, 2, H, W).
    """
    moments, values = times[known], fields[known]
    if period is not None:
        moments = np.append(moments, times[0] + period)
        values = np.concatenate([values, values[:1]])
    if len(moments) == 1:
        return np.repeat(values, len(times), axis=0)
    after = np.clip(np.searchsorted(moments, times, side="right"), 1, len(moments) - 1)
    before = after - 1
    share = (times - moments[before]) / (moments[after] - moments[before])
    weight = np.clip(share, 0, 1).astype(np.float32)[:, None, None, None]
    return np.asarray((1 - weight) * values[before] + weight * values[after], np.float32)


def shifted(u: Float, by: tuple[float, float]) -> Float:
    """The field ``u`` (2, H, W) moved by ``by`` = (dx, dy) pixels: ``out(p) = u(p - by)``."""
    back = np.empty_like(u)
    back[0], back[1] = -by[0], -by[1]
    moved = warp(np.ascontiguousarray(np.moveaxis(u, 0, -1)), back)
    return np.ascontiguousarray(np.moveaxis(moved, -1, 0))


def _grey(picture: Float) -> Float:
    return np.ascontiguousarray(convert_channels(np.moveaxis(picture, 0, -1), 1)[..., 0])


def _grey8(picture: Float) -> NDArray[np.uint8]:
    return np.rint(np.clip(_grey(picture), 0, 1) * 255).astype(np.uint8)


def _field(vectors: NDArray[Any]) -> Float:
    """(H, W, 2) to (2, H, W) float32."""
    return np.ascontiguousarray(np.moveaxis(vectors, -1, 0), np.float32)
