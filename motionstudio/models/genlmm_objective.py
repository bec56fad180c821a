"""What GenLMM is trained on, and the negative evidence lower bound that it minimises."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from motionstudio.models.genlmm import GenLMM
from motionstudio.models.layers import gaussian_process_kl, gram, local_correlation
from motionstudio.models.warp import warp


@dataclass(frozen=True, slots=True)
class SequenceBatch:
    """What one training step sees.

    Attributes:
        reference: (B, C, S, S); ``frames`` (B, T, C, S, S) after it: what is encoded.
        source: (B, C, S, S), the picture that the decoder sees and animates.
        target_reference, target_frames: what is warped and compared: in stage one the encoded
            sequence itself (without its noise where that is known), in stage two also the same
            motion in another pose or on another subject.
        kept: (B, T) 1 where the encoder sees the frame; ``valid`` (B, T) 0 on padding.
        phase: (B, T) position in the clip or cycle.
        decoded: (M,) indices of the time steps to be decoded and compared.
        field: (B, M, 2, h, h) true displacement of those steps in pixels of the picture, at any
            size h, NaN where unknown; None where no sequence of the batch knows it.
        cyclic: whether the batch consists of closed cycles.
    """

    reference: Tensor
    frames: Tensor
    source: Tensor
    target_reference: Tensor
    target_frames: Tensor
    kept: Tensor
    valid: Tensor
    phase: Tensor
    decoded: Tensor
    cyclic: bool
    field: Tensor | None = None

    def part(self, share: slice) -> SequenceBatch:
        """Some sequences of the batch."""
        return replace(
            self,
            reference=self.reference[share],
            frames=self.frames[share],
            source=self.source[share],
            target_reference=self.target_reference[share],
            target_frames=self.target_frames[share],
            kept=self.kept[share],
            valid=self.valid[share],
            phase=self.phase[share],
            field=None if self.field is None else self.field[share],
        )


def objective(
    model: GenLMM,
    batch: SequenceBatch,
    noise: Tensor,
    *,
    kl_weight: float,
    similarity: str = "lcc",
    stride: int = 1,
    field_weight: float = 0.0,
    bridge: bool = True,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Negative evidence lower bound, scaled: dissimilarity + kl_weight * KL / T.

    The comparison is symmetric (frame 0 warped to frame t, and frame t warped back) and covers
    dropped frames too: that is what teaches the model to fill them in. ``noise`` is (B, D, T)
    standard normal. ``field_weight`` adds the end-point error to known fields, in pixels: not
    in the paper, for generated subjects whose thin parts pictures alone do not pull into place.
    """
    mean, log_variance = model.encode(
        batch.reference,
        batch.frames,
        batch.kept,
        batch.phase,
        cyclic=batch.cyclic,
        bridge=bridge,
    )
    rows = mean + noise * (0.5 * log_variance).exp()
    velocity = model.velocity(rows[..., batch.decoded], model.anatomy(batch.source))
    flat = velocity.flatten(0, 1)
    forward, backward = model.displacement(torch.cat([flat, -flat])).chunk(2)
    frames = batch.target_frames[:, batch.decoded]
    reference = batch.target_reference[:, None].expand_as(frames).flatten(0, 1)
    frames = frames.flatten(0, 1)
    both = torch.cat([reference, frames])
    warped = warp(both, torch.cat([forward, backward]))
    target = torch.cat([frames, reference])
    loss = dissimilarity(warped, target, similarity, stride)
    weight = batch.valid[:, batch.decoded].flatten().repeat(2)
    fit = (loss * weight).sum() / weight.sum().clamp_min(1)
    if field_weight and batch.field is not None:
        fit = fit + field_weight * field_error(forward, batch.field.flatten(0, 1))
    covariance = gram(
        batch.phase,
        kind=model.config.prior,
        length=model.config.prior_length,
        noise=model.config.prior_noise,
        cyclic=batch.cyclic,
    )
    kl = gaussian_process_kl(mean, log_variance, covariance, batch.valid)
    kl = (kl / batch.valid.sum(1).clamp_min(1)).mean()
    return fit + kl_weight * kl, {"fit": fit.detach(), "kl": kl.detach()}


def dissimilarity(a: Tensor, b: Tensor, kind: str, stride: int = 1) -> Tensor:
    """(N,) of pictures (N, C, H, W): ``lcc`` 1 - LCC, ``mse`` 100 MSE, ``mixed`` LCC + half MSE.

    LCC forgives changes of gain, MSE holds strong edges; the factor 100 makes them commensurable.
    """
    if kind == "mse":
        return 100 * (a - b).square().mean((1, 2, 3))
    # Windows flatter than this tau are noise to the eye, and would be noise to the gradient.
    correlation = 1 - local_correlation(a, b, tau=1e-3, stride=stride)
    if kind == "lcc":
        return correlation
    if kind == "mixed":
        return correlation + 50 * (a - b).square().mean((1, 2, 3))
    raise ValueError(f"dissimilarity: expected lcc, mse or mixed, got {kind!r}")


def field_error(displacement: Tensor, known: Tensor) -> Tensor:
    """Mean end-point error in pixels of (N, 2, S, S) against ``known`` (N, 2, h, h).

    Pixels that move count five times those that rest, so that thin limbs are not outvoted by
    the background; pixels where ``known`` is NaN do not count.
    """
    small = F.adaptive_avg_pool2d(displacement, known.shape[-1])
    valid = known.isfinite().all(1)
    error = (small - known.nan_to_num()).square().sum(1).add(1e-6).sqrt()
    weight = valid * (0.2 + 0.8 * (known.nan_to_num().abs().amax(1) > 0.2))
    return (error * weight).sum() / weight.sum().clamp_min(1)
