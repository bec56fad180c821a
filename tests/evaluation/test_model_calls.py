"""Fields of frames, where the rows of a model are not frames."""

from __future__ import annotations

import numpy as np

from motionstudio.core.motion import RowKind
from motionstudio.evaluation.model_calls import fields
from motionstudio.models.registry import load_model


def test_the_field_of_a_frame_is_that_of_the_pair_which_ends_with_it() -> None:
    model = load_model("digits_stae")
    frames = np.random.default_rng(0).random((4, 1, 32, 32)).astype(np.float32)
    motion = model.encode(frames, np.ones(4, np.bool_), np.arange(4, dtype=np.float64))
    assert motion.rows is RowKind.PAIR
    wanted = model.decode(motion, frames[0], [0, 2]).displacement
    assert wanted is not None
    np.testing.assert_array_equal(fields(model, motion, frames[0], [1, 3]), wanted)
