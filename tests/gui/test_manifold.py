"""A model with two latent dimensions in the whole window: its plane, its nats, its path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from motionstudio.core.clip import Clip, uniform_times
from motionstudio.core.manifold import share_below
from motionstudio.core.motion import ORIGIN
from motionstudio.core.projection import FitOptions
from motionstudio.gui.items.projection_plot import ProjectionPlot
from motionstudio.gui.main_window import MainWindow
from motionstudio.gui.presenters.path_words import path_words
from motionstudio.io import write_clip
from motionstudio.models.vae_model import VAEModel
from tests.gui.conftest import MakeWindow
from tests.gui.gestures import click, move, press, release
from tests.models.tiny_vae import CONFIG, fresh
from tests.stories.conftest import blob_frames
from tests.stories.steps import active, open_clip, settle


@pytest.fixture
def window(
    qtbot: Any, make_window: MakeWindow, tmp_path: Path, small_models: dict[str, Any]
) -> MainWindow:
    plain = fresh(replace(CONFIG, dims=2), space=False)
    card = plain.card.model_copy(update={"hash": "fresh", "name": "plane"})
    weights = {k: v.numpy() for k, v in plain.network.state_dict().items()}
    weights["encoder.5.weight"][:2] *= 10
    small_models["plane"] = VAEModel(card, weights)
    made = make_window((1440, 900), cards=(card,))
    path = tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(8, 32), uniform_times(8, 20)), path)
    open_clip(qtbot, made, path)
    return made


def plot(window: MainWindow) -> ProjectionPlot:
    found = window.presenters.explore.projection_pane.plot
    assert found is not None
    return found


def opened(qtbot: Any, window: MainWindow) -> ProjectionPlot:
    action = window.actions_["projection.manifold"]
    qtbot.waitUntil(action.isEnabled, timeout=20_000)
    action.trigger()
    qtbot.waitUntil(lambda: window.presenters.explore.projection.spaced, timeout=20_000)
    qtbot.waitUntil(lambda: plot(window).state.extent is not None, timeout=20_000)
    return plot(window)


def latents(window: MainWindow) -> np.ndarray:
    track = active(window).track
    assert track is not None
    origin = np.asarray(track.base.state[ORIGIN], np.float64)
    return np.asarray(track.values + origin, np.float64)


def test_the_path_lies_at_absolute_latents_over_decoded_pictures(
    qtbot: Any, window: MainWindow
) -> None:
    shown = opened(qtbot, window)
    drawn = shown.state.active
    assert drawn is not None
    assert np.allclose(drawn.points, share_below(latents(window)), atol=1e-6)
    pictures = window.presenters.explore.pictures
    qtbot.waitUntil(lambda: shown.mosaic_shown and pictures.at_hand("grid"), timeout=30_000)
    form = window.presenters.explore.projection_pane.form
    form.quantiles.setChecked(False)
    drawn = plot(window).state.active
    assert drawn is not None
    assert np.allclose(drawn.points, latents(window), atol=1e-6)


def test_a_dragged_point_ends_under_the_pointer_as_one_step(qtbot: Any, window: MainWindow) -> None:
    shown = opened(qtbot, window)
    drawn, before = shown.state.active, latents(window)
    assert drawn is not None
    away = np.linalg.norm(drawn.points[:, None] - drawn.points[None], axis=2)
    row = int(np.argmax(np.sort(away, axis=1)[1:, 1])) + 1
    pixel = shown.pixel_of((float(drawn.points[row, 0]), float(drawn.points[row, 1])))
    start, end = (pixel.x(), pixel.y()), (pixel.x() - 30, pixel.y() - 40)
    wanted = shown.place_of(type(pixel)(*end))
    press(shown.viewport(), start)
    move(shown.viewport(), end)
    release(shown.viewport(), end)
    settle(qtbot, window)
    # Pointers stand on whole pixels, the point that was grasped between them.
    pixels = np.abs(np.subtract(shown.place_of(type(pixel)(end[0] + 1, end[1] + 1)), wanted))
    assert share_below(latents(window)[row]) == pytest.approx(wanted, abs=float(pixels.max()))
    others = [r for r in range(8) if r != row]
    assert np.allclose(latents(window)[others], before[others])
    window.actions_["edit.undo"].trigger()
    assert np.allclose(latents(window), before)


def test_a_plane_needs_two_dimensions(qtbot: Any, make_window: MakeWindow, tmp_path: Path) -> None:
    made, path = make_window(), tmp_path / "beat.npz"
    write_clip(Clip(blob_frames(8, 48), uniform_times(8, 20)), path)
    open_clip(qtbot, made, path)
    assert "8 latent dimensions" in made.presenters.explore.manifold.why_not()
    assert not made.actions_["projection.manifold"].isEnabled()
    view = made.session.view
    shown = replace(view.state.projection, quantiles=True, fit=FitOptions(scope="dimensions"))
    made.bench.show_pane("projection")
    view.update(projection=shown)
    qtbot.waitUntil(lambda: plot(made).state.x_name == "z0", timeout=20_000)
    assert not made.presenters.explore.projection_pane.form.quantiles.isEnabled()
    made.bench.show_pane("statistics")
    assert made.presenters.explore.statistics_pane.likelihood.isHidden()


def test_nats_are_shown_with_the_tighter_bound_on_demand(qtbot: Any, window: MainWindow) -> None:
    window.bench.show_pane("statistics")
    part = window.presenters.explore.statistics_pane.likelihood
    qtbot.waitUntil(lambda: part.chart.nats is not None, timeout=20_000)
    nats = part.chart.nats
    assert nats is not None
    assert nats.weighted is None
    assert (nats.bound > nats.floor).all()
    assert f"{nats.bound.mean():.1f}" in part.words.text()
    part.weighted.click()
    qtbot.waitUntil(
        lambda: part.chart.nats is not None and part.chart.nats.weighted is not None,
        timeout=20_000,
    )
    assert "50 samples" in part.words.text()
    assert not part.weighted.isEnabled()
    last = part.chart.point(7, float(nats.bound[7]))
    click(part.chart, (last.x(), last.y()))
    assert window.session.playhead == 7


def test_how_straight_the_path_is_follows_edits(window: MainWindow) -> None:
    subject = active(window)
    track = subject.track
    assert track is not None
    line = np.outer(np.arange(8), [1.0, 0.5]).astype(np.float32)
    straight = replace(subject, track=replace(track, offset=line - track.base.mean))
    assert path_words(straight) == "path: straightness 1.00, mid-point residual 0.00"
    still = replace(subject, track=replace(track, offset=-track.base.mean))
    assert path_words(still) == "path: nothing moves"
