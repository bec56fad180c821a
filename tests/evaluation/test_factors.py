"""What rows of models are asked for, and verdicts on codes that are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion, RowKind
from motionstudio.evaluation import evaluate
from motionstudio.evaluation.factor_baselines import flow_directions, histogram, pixels
from motionstudio.evaluation.factor_verdict import Verdict
from motionstudio.evaluation.factors import SUMMARY, Findings, measure_factors, shuffled_r2
from motionstudio.evaluation.known_factors import (
    CHANGE,
    STEP,
    VALUE,
    Known,
    known_material,
    paired,
)
from motionstudio.evaluation.material import Material
from motionstudio.evaluation.progress import silent
from motionstudio.evaluation.untrained import untrained
from motionstudio.models.base import Capability, ModelCard
from motionstudio.models.registry import load_model

FRAMES, CLIPS, SIDE = 7, 15, 16
FACTORS = ("x", "y", "x again", "still")


def _item(number: int) -> Material:
    """A bright square on a way by chance; the third factor copies the first, the last is flat."""
    rng = np.random.default_rng(number)
    way = 2 + np.abs(np.cumsum(rng.uniform(-2, 2, (FRAMES, 2)), 0)) % 10
    frames = np.zeros((FRAMES, 1, SIDE, SIDE), np.float32)
    for frame, (x, y) in zip(frames, way, strict=True):
        frame[0, int(y) : int(y) + 4, int(x) : int(x) + 4] = 1
    factors = np.column_stack([way, 3 * way[:, 0] + 1, np.full(FRAMES, 7.0)]).astype(np.float32)
    return Material(f"square {number}", frames, np.arange(FRAMES) / 10, factors=factors,
                    factor_names=FACTORS)  # fmt: skip


KNOWN = Known(tuple(_item(n) for n in range(CLIPS)), "15 squares", tuple(range(CLIPS)))


class _Coder:
    """Codes each frame by its factors times a matrix, as a model that knows them would."""

    def __init__(self, matrix: np.ndarray, rows: RowKind = RowKind.FRAME) -> None:
        self.matrix = matrix
        self.kind = rows
        self.card = ModelCard(
            name="coder", system="coder", title="Coder", capabilities=Capability.ENCODE,
            rows=rows, channels=1, size=SIDE, dims=matrix.shape[1],
        )  # fmt: skip

    def encode(self, frames, kept, times, *, cyclic=False, period=None):  # type: ignore[no-untyped-def]
        item = next(i for i in KNOWN.items if np.array_equal(i.frames, frames))
        assert item.factors is not None
        codes = (item.factors[:, :2] @ self.matrix).astype(np.float32)
        if self.kind is RowKind.PAIR:
            codes, spans = np.diff(codes, axis=0), np.stack([times[:-1], times[1:]], 1)
            return Motion(codes, None, kept, times, self.kind, spans, np.zeros(len(codes), bool))
        spans = np.stack([times, times], 1)
        return Motion(codes - codes[0], None, kept, times, self.kind, spans, ~kept)


def _measured(matrix: np.ndarray, rows: RowKind = RowKind.FRAME) -> Findings:
    found = measure_factors(_Coder(matrix, rows), KNOWN, silent)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("rows", [RowKind.FRAME, RowKind.PAIR])
def test_a_dimension_for_each_factor_is_called_meaningful(rows: RowKind) -> None:
    found = _measured(np.diag([2.0, -1.0]), rows)
    assert (found.verdict.dimensions, found.verdict.linear) == ("yes", "yes")
    assert found.verdict.factors == 2
    mean = found.table.row(SUMMARY).figures
    assert mean["r2"].mean > 0.99
    assert mean["gap"].mean > 0.8
    assert mean["p"].mean == pytest.approx(0.01)
    assert "x again (tells what x does)" in found.table.note


def test_a_turned_code_is_readable_but_its_dimensions_mean_nothing() -> None:
    found = _measured(np.array([[1.0, 1.0], [1.0, -1.0]]))
    assert (found.verdict.dimensions, found.verdict.linear) == ("no", "yes")
    assert found.table.row(SUMMARY).figures["gap"].mean < 0.2


def test_a_code_of_nothing_tells_nothing() -> None:
    found = _measured(np.zeros((2, 3)))
    assert (found.verdict.dimensions, found.verdict.linear) == ("no", "no")
    assert found.table.row(SUMMARY).figures["r2"].mean <= 0
    assert found.verdict.rival_tells_more


def test_rows_are_asked_for_what_they_can_know() -> None:
    item = KNOWN.items[0]
    assert item.factors is not None
    codes = _Coder(np.eye(2))
    motion = codes.encode(item.frames, np.ones(FRAMES, bool), item.times)
    change = paired(KNOWN, [motion] * CLIPS)
    assert change.told == CHANGE
    assert change.factors[:6] == pytest.approx((item.factors - item.factors[0])[1:, :2])
    value = paired(KNOWN, [replace(motion, state={"origin": np.ones((1, 2), np.float32)})] * CLIPS)
    assert value.told == VALUE
    assert value.frames[0].tolist() == [0, -1]
    assert value.latents[0] == pytest.approx([1, 1])
    assert value.factors[0] == pytest.approx(item.factors[0, :2])
    steps = _Coder(np.eye(2), RowKind.PAIR).encode(item.frames, np.ones(FRAMES, bool), item.times)
    step = paired(KNOWN, [steps] * CLIPS)
    assert step.told == STEP
    assert step.factors[:6] == pytest.approx(np.diff(item.factors[:, :2], axis=0))


def test_trading_factors_keeps_what_the_moment_tells_by_itself() -> None:
    times = np.arange(FRAMES, dtype=np.float32)
    items = [
        replace(i, factors=np.column_stack([times, i.factors[:, 0]]), factor_names=("t", "x"))
        for i in KNOWN.items if i.factors is not None
    ]  # fmt: skip
    known = Known(tuple(items), "", KNOWN.groups)
    motions = []
    for item in items:
        assert item.factors is not None
        motion = _Coder(np.eye(2)).encode(item.frames, np.ones(FRAMES, bool), item.times)
        motions.append(replace(motion, mean=item.factors - item.factors[0]))
    chance = shuffled_r2(paired(known, motions), 9)
    assert (chance[:, 0] > 0.99).all()
    assert np.abs(chance[:, 1]).max() < 0.3


def test_baselines_see_the_same_frames_as_the_rows() -> None:
    codes = _Coder(np.eye(2))
    motions = [codes.encode(i.frames, np.ones(FRAMES, bool), i.times) for i in KNOWN.items]
    rows = paired(KNOWN, motions)
    seen = pixels(KNOWN.items, rows)
    first = KNOWN.items[0].frames
    assert seen.shape == (len(rows.latents), SIDE * SIDE)
    assert seen[0] == pytest.approx((first[1] - first[0]).ravel())
    flow = flow_directions(KNOWN.items, rows)
    assert flow is not None
    assert flow.shape == (len(rows.latents), 40)
    single = [replace(i, frames=i.frames[:1]) for i in KNOWN.items]
    assert flow_directions(single, rows) is None


def test_a_flow_to_the_left_is_one_direction_in_every_part() -> None:
    flow = np.zeros((2, 12, 10), np.float32)
    flow[0] = -3.0
    flow[1] = 1e-4
    parts = histogram(flow).reshape(4, 10)
    assert parts[:, 0] == pytest.approx(np.full(4, -3))
    assert parts[:, 2 + 3] == pytest.approx(np.full(4, 3), rel=1e-3)
    assert parts[:, 2:].sum(1) == pytest.approx(np.full(4, 3), rel=1e-3)


def test_untrained_weights_differ_and_leave_the_checkpoint_alone() -> None:
    trained, other = load_model("teapot_1dof_a0"), untrained("teapot_1dof_a0")
    again, third = load_model("teapot_1dof_a0"), untrained("teapot_1dof_a0", seed=1)
    weights = [dict(m.network.named_parameters()) for m in (trained, again, other, third)]  # type: ignore[union-attr]
    for key in weights[0]:
        own, same, drawn, anew = (w[key].detach().numpy() for w in weights)
        assert np.array_equal(own, same)
        assert not np.array_equal(own, drawn)
        assert not np.array_equal(drawn, anew)


def test_handwriting_is_measured_on_written_digits_and_nothing_without_a_recipe() -> None:
    known = known_material(load_model("digits_vae_2d").card, None, 3)
    assert known is not None
    assert len(known.items) == 12
    assert known.items[0].factor_names == ("height", "pen", "turn", "width", "slant")
    assert known_material(_Coder(np.eye(2)).card, None) is None
    assert known_material(load_model("sprites_a0").card, Path("nowhere")) is None


def test_verdicts_survive_a_file() -> None:
    words = Verdict(4, 3, 1, 1, False, "flow", True)
    assert Verdict(**words.plain()) == words
    assert words.words == (
        "meaningful dimensions: some (1 of 4); linearly readable: yes (3 of 4, 1 more bent); "
        "more than untrained: no; optical flow tells at least as much"
    )


def test_glimpses_of_a_frame_are_counted_as_the_numbers_that_they_are() -> None:
    model = load_model("digits_draw_plain")
    known = known_material(model.card, None, 3)
    assert known is not None
    found = measure_factors(model, known, silent)
    assert found is not None
    assert "100 numbers (10 glimpses of 10 dimensions)" in found.table.title


def test_too_few_subjects_are_said_to_be_too_few() -> None:
    with pytest.raises(MotionStudioError, match="at least 10 subjects"):
        evaluate(load_model("teapot_1dof_a0"), "factors", subjects=3)


def test_the_task_measures_a_checkpoint_beside_its_untrained_self() -> None:
    (table,) = evaluate(load_model("teapot_1dof_a100"), "factors", subjects=10).tables
    row = table.row("x").figures
    assert row["r2"].mean > 0.98
    assert {"untrained", "pixels", "flow", "chance", "p"} <= set(row)
    assert row["chance"].mean < 0.3
