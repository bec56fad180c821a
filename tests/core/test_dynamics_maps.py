"""Difference images, kernels and feature maps as pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from motionstudio.core.dynamics_maps import (
    NAMES,
    caused,
    difference_veil,
    feature_sheet,
    kernel_sheet,
    veil_of_dynamics,
)


def test_what_brightens_is_red_what_darkens_is_blue_and_the_rest_is_clear() -> None:
    difference = np.zeros((3, 4, 4), np.float32)
    difference[:, 0, 0], difference[:, 1, 1] = 0.4, -0.4
    veil = difference_veil(difference)
    assert veil[0, 0, 0] > veil[0, 0, 2]
    assert veil[1, 1, 2] > veil[1, 1, 0]
    assert veil[0, 0, 3] == veil[1, 1, 3] == 255
    assert veil[2, 2, 3] == 0


@pytest.mark.parametrize("place", [(0, 2), (2, 4), (1, 1)])
def test_an_arrow_points_where_the_kernel_moves_a_map(place: tuple[int, int]) -> None:
    kernel = np.zeros((5, 5), np.float32)
    kernel[place] = 1
    dot = np.zeros((1, 1, 11, 11), np.float32)
    dot[0, 0, 5, 5] = 1
    moved = F.conv2d(torch.from_numpy(dot), torch.from_numpy(kernel)[None, None], padding=2)
    row, column = np.argwhere(moved[0, 0].numpy())[0]
    assert caused(kernel) == (column - 5, row - 5)


def test_kernels_without_positive_weights_move_nothing() -> None:
    assert caused(np.full((5, 5), -1, np.float32)) == (0.0, 0.0)


def test_sheets_have_a_tile_for_each_map_and_fill_their_room() -> None:
    rng = np.random.default_rng(0)
    kernels = rng.standard_normal((3, 12, 5, 5)).astype(np.float32)
    wide, square = kernel_sheet(kernels, 4.0), kernel_sheet(kernels, 1.0)
    assert wide.shape[1] > square.shape[1]
    assert wide.shape[0] < square.shape[0]
    assert (wide[..., 3] == 255).all()
    maps = rng.random((2, 3, 8, 8)).astype(np.float32)
    assert feature_sheet(maps, 1.0).shape[2] == 4
    for name in NAMES:
        found = maps[0] if name == "difference image" else maps
        assert veil_of_dynamics(name, found).dtype == np.uint8
