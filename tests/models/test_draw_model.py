"""DRAW behind the protocol: what an edited glimpse changes, and what it costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion
from motionstudio.models.draw_model import READ, WRITE, DrawModel, card_of
from tests.models import tiny_draw
from tests.models.tiny import pictures

GLIMPSES = tiny_draw.CONFIG.glimpses


def _motion(model: DrawModel, count: int = 3) -> Motion:
    frames = (pictures(count, 1, 12) > 0.5).astype(np.float32)
    return model.encode(frames, np.ones(count, bool), np.arange(count) / 10)


def _canvases(model: DrawModel, motion: Motion) -> np.ndarray:
    decoded = model.decode(motion, np.zeros((1, 12, 12), np.float32), range(len(motion.mean)))
    assert decoded.frames is not None
    return decoded.frames


def _edited(motion: Motion, row: int) -> Motion:
    mean = motion.mean.copy()
    mean[row] += 1.5
    return replace(motion, mean=mean)


def test_each_picture_has_its_glimpses_one_after_the_other() -> None:
    model = tiny_draw.fresh()
    together = _motion(model)
    assert together.mean.shape == (3 * GLIMPSES, 3)
    frames = (pictures(3, 1, 12) > 0.5).astype(np.float32)
    alone = model.encode(frames[1:2], np.ones(1, bool), np.zeros(1))
    np.testing.assert_array_equal(alone.mean, together.mean[GLIMPSES : 2 * GLIMPSES])


def test_an_edited_glimpse_leaves_every_earlier_canvas_and_picture_bit_for_bit() -> None:
    model = tiny_draw.fresh()
    motion, row = _motion(model), GLIMPSES + 2
    before, after = _canvases(model, motion), _canvases(model, _edited(motion, row))
    same = [np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    # Glimpses 2 and 3 of the second picture, and nothing else.
    assert [number for number, equal in enumerate(same) if not equal] == [row, row + 1]
    np.testing.assert_array_equal(_canvases(model, motion), before)


def test_a_canvas_alone_equals_the_canvas_in_company() -> None:
    motion = _motion(tiny_draw.fresh())
    source = np.zeros((1, 12, 12), np.float32)
    alone = tiny_draw.fresh().decode(motion, source, [6])
    company = tiny_draw.fresh().decode(motion, source, [1, 6, 11])
    assert alone.frames is not None
    assert company.frames is not None
    np.testing.assert_array_equal(alone.frames[0], company.frames[1])
    for name in (READ, WRITE):
        np.testing.assert_array_equal(alone.overlays[name][0], company.overlays[name][1])


def test_only_the_edited_glimpse_and_later_ones_are_drawn_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = tiny_draw.fresh()
    motion = _motion(model, 1)
    _canvases(model, motion)
    strokes: list[int] = []
    draw = model.network.draw

    def counted(*arguments: object) -> object:
        strokes.append(1)
        return draw(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(model.network, "draw", counted)
    _canvases(model, _edited(motion, 2))
    assert len(strokes) == GLIMPSES - 2
    _canvases(model, motion)
    assert len(strokes) == GLIMPSES - 2


def test_the_first_window_looks_where_the_first_state_says() -> None:
    model = tiny_draw.fresh()
    decoded = model.decode(_motion(model), np.zeros((1, 12, 12), np.float32), [0, 4])
    read = decoded.overlays[READ]
    assert read.shape == decoded.overlays[WRITE].shape == (2, 5)
    # Nothing was drawn before, so that both pictures are looked at in the same place first.
    np.testing.assert_array_equal(read[0], read[1])
    # Fresh states are zero: the middle of 12 pixels, from its first pixel's to its last's.
    assert read[0, :3] == pytest.approx([5.5, 5.5, 11.0])


def test_without_attention_there_are_no_windows() -> None:
    model = tiny_draw.fresh(tiny_draw.PLAIN)
    decoded = model.decode(_motion(model), np.zeros((1, 12, 12), np.float32), [0, 3])
    assert dict(decoded.overlays) == {}
    assert decoded.frames is not None
    assert not np.array_equal(decoded.frames[0], decoded.frames[1])


def test_rows_of_dropped_pictures_lie_between_those_of_their_neighbours() -> None:
    model = tiny_draw.fresh()
    frames = (pictures(3, 1, 12) > 0.5).astype(np.float32)
    motion = model.encode(frames, np.array([True, False, True]), np.array([0.0, 0.1, 0.4]))
    rows = motion.mean.reshape(3, GLIMPSES, -1)
    np.testing.assert_allclose(rows[1], 0.75 * rows[0] + 0.25 * rows[2], rtol=1e-5, atol=1e-6)


def test_a_sample_is_a_drawing_from_the_prior() -> None:
    model = tiny_draw.fresh()
    motion = model.sample(np.zeros((1, 12, 12), np.float32), np.arange(400) / 10, seed=3)
    assert motion.mean.shape == (400 * GLIMPSES, 3)
    assert abs(float(motion.mean.mean())) < 0.05
    assert float(motion.mean.std()) == pytest.approx(1, abs=0.05)
    still = model.sample(np.zeros((1, 12, 12), np.float32), np.arange(2.0), seed=3, temperature=0)
    assert not still.mean.any()


def test_scores_repeat_by_seed_and_more_samples_say_more() -> None:
    model = tiny_draw.fresh()
    frames = (pictures(2, 1, 12) > 0.5).astype(np.float32)
    first, again = (model.score(frames, samples=20, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.bound, again.bound)
    assert (first.weighted > first.bound).all()
    assert (first.bound < 0).all()
    assert first.samples == 20
    assert not np.array_equal(first.bound, model.score(frames, samples=20, seed=6).bound)


def test_half_precision_weights_are_read() -> None:
    full = tiny_draw.network().state_dict()
    halves = {name: value.half().numpy() for name, value in full.items()}
    model = DrawModel(card_of("half", tiny_draw.CONFIG), halves)
    np.testing.assert_allclose(
        _canvases(model, _motion(model)), _canvases(tiny_draw.fresh(), _motion(model)), atol=0.02
    )


def test_a_card_with_an_unknown_setting_is_refused_in_plain_words() -> None:
    card = card_of("odd", tiny_draw.CONFIG)
    odd = card.model_copy(update={"config": {**card.config, "colour": 3}})
    with pytest.raises(MotionStudioError, match="sets colour"):
        DrawModel(odd, {})
