"""Arithmetic and fairness of the benchmarks of speed; their figures are no test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import forms, growth, roofline
from benchmarks.decoders import RowDecoder, row_decoder
from benchmarks.growth_models import MAKERS, model_of
from benchmarks.roofline import Peak, Work
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.motion import Motion
from motionstudio.models.base import MotionModel
from tests.models import (
    tiny,
    tiny_draw,
    tiny_fomm,
    tiny_recomposing,
    tiny_stae,
    tiny_vae,
    tiny_visual_dynamics,
)

MODELS: dict[str, Callable[[], MotionModel]] = {
    "genlmm": tiny.fresh, "fomm": tiny_fomm.fresh, "vae": tiny_vae.fresh,
    "inbetween": tiny_vae.fresh_inbetween, "draw": tiny_draw.fresh, "stae": tiny_stae.fresh,
    "visual_dynamics": tiny_visual_dynamics.fresh,
}  # fmt: skip


@given(st.floats(1, 1e12), st.floats(1, 1e12), st.floats(1e3, 1e12), st.floats(1e3, 1e12))
def test_nothing_is_faster_than_its_lower_roof(
    operations: float, size: float, arithmetic: float, memory: float
) -> None:
    work, peak = Work(operations, size), Peak(arithmetic, memory)
    least = work.least(peak)
    assert work.share(least, peak) == pytest.approx(1)
    assert work.share(2 * least, peak) == pytest.approx(0.5)
    lower = operations / arithmetic if work.bound(peak) == "arithmetic" else size / memory
    assert least == pytest.approx(lower)


def test_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="seconds above 0"):
        Work(1, 1).share(0, Peak(1, 1))


def test_work_is_counted_on_what_runs() -> None:
    layer = torch.nn.Linear(8, 4)
    found = roofline.work(layer, [torch.zeros(3, 8)])
    assert found.operations == 2 * 3 * 8 * 4
    assert found.bytes == 4 * (8 * 4 + 4 + 3 * 8 + 3 * 4)


def test_the_first_round_warms_up_and_the_middle_of_the_others_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("benchmarks.roofline.time", SimpleNamespace(process_time=lambda: now[0]))

    def taking(*seconds: float) -> Callable[[], None]:
        rounds = iter(seconds)

        def step() -> None:
            now[0] += next(rounds)

        return step

    steps = {"a": taking(9, 1, 5, 3), "b": taking(7, 2, 2, 2)}
    assert roofline.median_seconds(steps, 3, "cpu") == {"a": 3, "b": 2}


def _material(model: MotionModel) -> tuple[Motion, np.ndarray]:
    frames = tiny.pictures(7, model.card.channels, model.card.size)
    return model.encode(frames, np.ones(7, bool), np.arange(7) / 20), frames[0]


def _decoder(name: str) -> tuple[MotionModel, Motion, np.ndarray, RowDecoder]:
    model = MODELS[name]()
    motion, source = _material(model)
    return model, motion, source, row_decoder(model, motion, source, "cpu")


@pytest.mark.parametrize("name", ["genlmm", "vae", "inbetween", "visual_dynamics"])
def test_the_decoder_makes_what_the_program_makes(name: str) -> None:
    model, motion, source, decoder = _decoder(name)
    row = 0 if name == "visual_dynamics" else len(motion.mean) // 2
    values = torch.from_numpy(motion.mean[row : row + 1])
    if name in ("vae", "inbetween"):
        values = values + torch.from_numpy(model._origin(source))  # type: ignore[attr-defined]
    inputs = (values, *decoder.example[1:])
    with torch.no_grad():
        made = decoder.module(*inputs).numpy()
    decoded = model.decode(motion, source, [row])
    truth = decoded.displacement if name == "genlmm" else decoded.frames
    assert truth is not None
    np.testing.assert_allclose(made, truth, atol=1e-5)


def test_the_step_of_stae_without_a_change_is_the_program_s() -> None:
    model, motion, source, decoder = _decoder("stae")
    with torch.no_grad():
        made = decoder.module(torch.zeros_like(decoder.example[0])).numpy()
    truth = model.decode(motion, source, [len(motion.mean) // 2]).displacement
    assert truth is not None
    np.testing.assert_allclose(made, truth, atol=1e-5)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_many_rows_are_those_of_one_by_one(name: str) -> None:
    decoder = _decoder(name)[3]
    inputs = decoder.inputs(3)
    with torch.no_grad():
        together = decoder.module(*inputs)
        alone = [decoder.module(*(one[n : n + 1] for one in inputs)) for n in range(3)]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-4, rtol=1e-4)


def test_a_system_without_pictures_of_rows_has_no_decoder() -> None:
    model = tiny_recomposing.fresh()
    motion, source = _material(model)
    with pytest.raises(KeyError, match="recomposing"):
        row_decoder(model, motion, source, "cpu")


def test_forms_are_compared_with_eager() -> None:
    decoder = _decoder("vae")[3]
    wrong = forms.Form(lambda rows: decoder.module(rows) + 0.25, (1, 8))
    both = {forms.EAGER: forms.Form(decoder.module), forms.COMPILED: wrong}
    found = forms.measure(decoder, both, Peak(1e9, 1e9), 1)
    assert found.apart[forms.COMPILED] == pytest.approx(0.25)
    assert found.apart[forms.EAGER] == 0
    assert (forms.COMPILED, 64) not in found.seconds


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_missing_device_is_said_plainly() -> None:
    with pytest.raises(MotionStudioError, match="no CUDA device"):
        forms.forms([], 1, "cuda", lambda _text: None)


@given(st.floats(-2, 3), st.floats(0.1, 10))
def test_powers_are_fitted_without_error(power: float, scale: float) -> None:
    sizes = [1, 2, 4, 8, 16]
    slope, error = growth.fitted(sizes, [scale * size**power for size in sizes])
    assert slope == pytest.approx(power, abs=1e-6)
    assert error == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("costs", "known"), [([0, 0, 1, 2, 3], True), ([0, 0, 0, 1, 2], False)])
def test_an_error_needs_three_points(costs: Sequence[float], known: bool) -> None:
    assert np.isfinite(growth.fitted([1, 2, 4, 8, 16], costs)[1]) is np.bool_(known)


@pytest.mark.parametrize("system", sorted(MAKERS))
def test_every_system_has_a_model_of_any_size(system: str) -> None:
    model = model_of(system, 24 if system == "vpn" else 32, 12)
    assert model.card.system == system
    assert model.card.size == (24 if system == "vpn" else 32)
    assert system == "vpn" or model.card.dims == 12
