"""The true motion of generated sequences, in the pose and on the subject that a batch shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from motionstudio.models.warp import warp
from motionstudio.training.batches import BatchDrawer
from motionstudio.training.configuration import configuration
from motionstudio.training.pool import cached_pool
from tests.training import small

# Large enough for the heart to move by pixels, and steps of both stages.
WANTED = {"field_weight": "0.1", "model.size": "64", "stages.0.frames": "[8, 12]"}


@pytest.mark.parametrize("step", [0, 1, 2, 3, 4])
def test_the_field_carries_the_reference_to_every_decoded_frame(step: int, tmp_path: Path) -> None:
    chosen = small.recipe(tmp_path, **WANTED)
    batch, _ = BatchDrawer(chosen, small.pool(chosen)).draw(step)
    assert batch.field is not None
    assert batch.field.shape == (2, len(batch.decoded), 2, 32, 32)
    truth = batch.target_frames[:, batch.decoded]
    still = moved = 0.0
    for which in range(2):
        field = batch.field[which]
        known = torch.isfinite(field).all(1, keepdim=True)
        if not known.any():
            continue
        full = F.interpolate(field.nan_to_num(), scale_factor=2, mode="nearest")
        inside = F.interpolate(known.float(), scale_factor=2, mode="nearest")
        reference = batch.target_reference[which].expand(len(field), -1, -1, -1)
        still += float(((reference - truth[which]).abs() * inside).mean())
        moved += float(((warp(reference, full) - truth[which]).abs() * inside).mean())
    assert moved < 0.37 * still


def test_fields_are_kept_with_the_pool_and_only_where_the_recipe_uses_them(tmp_path: Path) -> None:
    chosen = small.recipe(tmp_path, field_weight="0.1")
    config = configuration(chosen)
    first, again = (
        cached_pool(chosen, config, None, tmp_path, lambda _text: None) for _ in range(2)
    )
    for one, other in zip(first, again, strict=True):
        assert one.field is not None
        assert other.field is not None
        np.testing.assert_array_equal(one.field, other.field)
        assert one.field.shape == (16, 2, 16, 16)
    assert all(item.field is None for item in small.pool(small.recipe(tmp_path)))
