"""Training on people's own clips: the recipe, a fine-tuning run, and what it leaves."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from motionstudio.core.errors import Cancelled, MotionStudioError
from motionstudio.models.base import ModelCard
from motionstudio.models.checkpoint import read_card
from motionstudio.models.registry import find_checkpoint
from motionstudio.training.events import Event, Finished, Paused, Said, Watched
from motionstudio.training.loop import Hold, train
from motionstudio.training.measure import measure
from motionstudio.training.own_clips import Wish, held_out, recipe_for, why_not, write_recipe
from motionstudio.training.own_systems import sizes
from motionstudio.training.recipe import ClipSource, Recipe, read_recipe
from motionstudio.training.watched_clip import choose
from tests.training import small

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    """A checkpoint with its recipe beside it, hardly trained."""
    folder = tmp_path_factory.mktemp("template")
    chosen = small.recipe(folder)
    train(chosen, folder / "work", folder / "small", tell=lambda _event: None)
    write_recipe(chosen, folder / "small" / "recipe.toml")
    return read_card(folder / "small")


def _clip(path: Path, seed: int = 0) -> Path:
    """A blob that moves to the right and back."""
    y, x = np.mgrid[:48, :48].astype(np.float32)
    middle = 20 + seed + 6 * np.sin(np.linspace(0, np.pi, 10))
    films = [np.exp(-((x - m) ** 2 + (y - 24) ** 2) / 60) for m in middle]
    frames = [np.round(255 * film)[..., None].astype(np.uint8) for film in films]
    np.savez(path, frames=np.stack(frames))
    return path


def _wish(template: ModelCard, folder: Path, count: int = 1, **more: object) -> Wish:
    files = tuple(_clip(folder / f"clip{number}.npz", number) for number in range(count))
    return Wish("mine", files, template, steps=4, **more)  # type: ignore[arg-type]


def test_a_recipe_comes_back_from_its_file(template: ModelCard, tmp_path: Path) -> None:
    recipe = recipe_for(_wish(template, tmp_path, 6, generated=True))
    write_recipe(recipe, tmp_path / "run" / "recipe.toml")
    assert read_recipe(tmp_path / "run" / "recipe.toml") == recipe


def test_some_clips_are_only_looked_at(template: ModelCard, tmp_path: Path) -> None:
    assert (held_out(1), held_out(2), held_out(4), held_out(11)) == ((), (1,), (3,), (4, 9))
    recipe = recipe_for(_wish(template, tmp_path, 2))
    (source,) = recipe.data
    assert isinstance(source, ClipSource)
    assert source.hold_out == (1,)
    assert len(small.pool(recipe, tmp_path)) == 1
    assert "clip1.npz" in recipe.split


def test_what_cannot_be_trained_says_why(template: ModelCard, tmp_path: Path) -> None:
    assert why_not(template) == ""
    bare = template.model_copy(update={"path": tmp_path})
    assert "without a recipe" in why_not(bare)
    with pytest.raises(MotionStudioError, match="without a recipe"):
        recipe_for(_wish(bare, tmp_path))
    with pytest.raises(MotionStudioError, match="no clips"):
        recipe_for(Wish("mine", (), template))


def _run(recipe: Recipe, folder: Path, events: list[Event], **more: object) -> None:
    train(recipe, folder, folder / "out", data=folder, tell=events.append, **more)  # type: ignore[arg-type]


def test_going_on_starts_where_the_template_stands(template: ModelCard, tmp_path: Path) -> None:
    wish = _wish(template, tmp_path)
    events: list[Event] = []
    _run(recipe_for(wish), tmp_path / "on", events)
    anew: list[Event] = []
    _run(recipe_for(_wish(template, tmp_path, go_on=False)), tmp_path / "anew", anew)
    first, other = (next(e for e in told if isinstance(e, Watched)) for told in (events, anew))
    assert first.step == other.step == 0
    assert first.error != other.error
    assert first.still == other.still
    shown = [event for event in events if isinstance(event, Watched)]
    assert [event.step for event in shown] == [0, 1, 2, 3, 4]
    assert all((tmp_path / "on" / event.picture).is_file() for event in shown)


def test_what_was_trained_here_can_be_trained_on(template: ModelCard, tmp_path: Path) -> None:
    first = recipe_for(_wish(template, tmp_path))
    _run(first, tmp_path / "first", [])
    again = read_card(tmp_path / "first" / "out")
    assert why_not(again) == ""
    second = recipe_for(_wish(again, tmp_path))
    assert second.start_from == str(tmp_path / "first" / "out")
    # Its steps are small already.
    assert second.stages[0].rate == first.stages[0].rate
    _run(second, tmp_path / "second", [])
    assert read_card(tmp_path / "second" / "out").title.startswith("mine, after mine, after")


def test_weights_of_other_sizes_are_refused_by_name(template: ModelCard, tmp_path: Path) -> None:
    recipe = recipe_for(_wish(template, tmp_path))
    wider = recipe.model_copy(update={"model": {**recipe.model, "dims": 9}})
    with pytest.raises(MotionStudioError, match="small does not fit the recipe"):
        _run(wider, tmp_path / "run", [])


def test_a_pause_saves_and_changes_nothing_in_the_end(template: ModelCard, tmp_path: Path) -> None:
    recipe = recipe_for(_wish(template, tmp_path))
    plain: list[Event] = []
    _run(recipe, tmp_path / "plain", plain)
    asked = iter([False, True, True, True, False, False, False, False])
    rests: list[bool] = []
    paused: list[Event] = []
    state = tmp_path / "paused" / "state.pt"
    hold = Hold(lambda: next(asked), lambda: rests.append(state.is_file()))
    _run(recipe, tmp_path / "paused", paused, hold=hold)
    assert rests == [True, True]
    assert [event.step for event in paused if isinstance(event, Paused)] == [2]
    last, other = ([e for e in told if isinstance(e, Watched)][-1] for told in (plain, paused))
    assert last == other


def test_discarding_writes_no_checkpoint(template: ModelCard, tmp_path: Path) -> None:
    def stop() -> bool:
        raise Cancelled

    with pytest.raises(Cancelled):
        _run(recipe_for(_wish(template, tmp_path)), tmp_path / "run", [], stop=stop)
    assert not (tmp_path / "run" / "out").exists()


def test_the_cost_is_measured_and_leaves_no_state(template: ModelCard, tmp_path: Path) -> None:
    ticks = iter([0.0, 5.0, 6.0, 8.0, 9.0, 9.0, 9.5])
    recipe = recipe_for(_wish(template, tmp_path))
    cost = measure(recipe, tmp_path / "run", tmp_path, "cpu", clock=lambda: next(ticks))
    assert (cost.steps, cost.step_seconds) == (4, 1.0)
    looks = len({0, *range(0, 5, recipe.watch_every), 4})
    assert (cost.looks, cost.look_seconds) == (looks, 0.5)
    assert cost.seconds == 4 + looks * 0.5
    assert cost.memory > 1
    assert cost.parameters > 1000
    assert not (tmp_path / "run" / "state.pt").exists()


def test_a_run_of_one_step_has_a_cost(template: ModelCard, tmp_path: Path) -> None:
    ticks = iter([0.0, 2.0, 2.0, 2.0])
    wish = replace(_wish(template, tmp_path), steps=1)
    cost = measure(recipe_for(wish), tmp_path / "run", tmp_path, "cpu", lambda: next(ticks))
    assert (cost.steps, cost.step_seconds) == (1, 2.0)


def test_own_clips_need_no_data_folder(template: ModelCard, tmp_path: Path) -> None:
    recipe = recipe_for(_wish(template, tmp_path, 2))
    assert len(small.pool(recipe, None)) == 1
    watched = choose(recipe, None)
    assert watched is not None
    assert (watched.name, watched.held_out) == ("clip1.npz", True)


def test_clips_that_are_gone_are_said(template: ModelCard, tmp_path: Path) -> None:
    wish = _wish(template, tmp_path)
    wish.files[0].unlink()
    with pytest.raises(MotionStudioError, match="None of the recipe's data is there"):
        _run(recipe_for(wish), tmp_path / "run", [])


def test_a_clip_that_goes_while_it_is_watched_costs_pictures_only(
    template: ModelCard, tmp_path: Path
) -> None:
    wish = _wish(template, tmp_path)
    events: list[Event] = []

    def stop() -> bool:
        wish.files[0].unlink(missing_ok=True)
        return False

    _run(recipe_for(wish), tmp_path / "run", events, stop=stop)
    assert [event.step for event in events if isinstance(event, Watched)] == [0]
    assert isinstance(events[-1], Finished)
    said = [event.text for event in events if isinstance(event, Said)]
    assert sum("shows no picture of a clip" in text for text in said) == 4


def test_without_known_parts_nothing_is_compared_with_them(tmp_path: Path) -> None:
    fomm = read_card(find_checkpoint("figures_fomm"))
    wish = Wish("mine", (_clip(tmp_path / "film.npz"),), fomm)
    own, both = recipe_for(wish), recipe_for(replace(wish, generated=True))
    assert not own.wants_parts
    assert both.wants_parts
    (stage,) = own.stages
    assert not stage.detector_alone
    assert not stage.generator_alone


DRAWN = """
name = "small_draw"
system = "draw"
title = "Small"

[model]
size = 20
glimpses = 2
latent = 2
hidden = 8

[[data]]
kind = "clips"
files = ["film.npz"]

[[stages]]
steps = 2
batch = 4
warmup = 1
"""
BETWEEN = """
name = "small_between"
system = "inbetween"
title = "Small"

[model]
size = 16
dims = 2
hidden = [8, 8]

[[data]]
kind = "clips"
files = ["film.npz"]

[[stages]]
steps = 2
batch = 4
warmup = 1
"""


@pytest.mark.parametrize(("text", "size"), [(DRAWN, 28), (BETWEEN, 24)], ids=["draw", "inbetween"])
def test_systems_that_make_their_pictures_learn_from_clips(
    text: str, size: int, tmp_path: Path
) -> None:
    _clip(tmp_path / "film.npz")
    chosen = small.recipe(tmp_path, text)
    train(chosen, tmp_path / "w", tmp_path / "small", data=tmp_path, tell=lambda _event: None)
    write_recipe(chosen, tmp_path / "small" / "recipe.toml")
    wish = replace(_wish(read_card(tmp_path / "small"), tmp_path, 2), steps=3)
    events: list[Event] = []
    _run(recipe_for(wish), tmp_path / "on", events)
    looks = [event for event in events if isinstance(event, Watched)]
    assert [event.step for event in looks] == [0, 1, 2, 3]
    assert all(event.held_out and event.error > 0 for event in looks)
    larger = recipe_for(replace(wish, go_on=False, size=size))
    _run(larger, tmp_path / "anew", [])
    assert read_card(tmp_path / "anew" / "out").size == size
    assert recipe_for(replace(wish, size=size)).model["size"] == chosen.model["size"]


def _still(path: Path) -> Path:
    np.savez(path, frames=np.load(_clip(path))["frames"][:1])
    return path


def test_a_model_of_pictures_learns_from_single_ones(tmp_path: Path) -> None:
    _clip(tmp_path / "film.npz")
    chosen = small.recipe(tmp_path, DRAWN)
    train(chosen, tmp_path / "w", tmp_path / "small", data=tmp_path, tell=lambda _event: None)
    write_recipe(chosen, tmp_path / "small" / "recipe.toml")
    files = tuple(_still(tmp_path / f"{name}.npz") for name in "abc")
    events: list[Event] = []
    card = read_card(tmp_path / "small")
    _run(recipe_for(Wish("mine", files, card, steps=2)), tmp_path / "on", events)
    assert any(isinstance(e, Said) and "2 pictures to train on, 1 held" in e.text for e in events)
    looks = [event for event in events if isinstance(event, Watched)]
    assert looks
    assert all(look.error > 0 and look.still == 0 for look in looks)


def test_a_model_of_motion_leaves_single_pictures_out(template: ModelCard, tmp_path: Path) -> None:
    files = (_still(tmp_path / "still.npz"), _clip(tmp_path / "film.npz"))
    events: list[Event] = []
    _run(recipe_for(Wish("mine", files, template, steps=1, every=0)), tmp_path / "on", events)
    said = [event.text for event in events if isinstance(event, Said)]
    assert any("still.npz: a single picture, left out" in text for text in said)
    with pytest.raises(MotionStudioError, match="None of the recipe's data"):
        _run(recipe_for(Wish("mine", files[:1], template, steps=1)), tmp_path / "none", [])


def test_what_people_ask_for_is_in_the_recipe(template: ModelCard, tmp_path: Path) -> None:
    wish = _wish(template, tmp_path, 4)
    plain = recipe_for(wish)
    assert (recipe_for(replace(wish, go_on=False)).patience, plain.stages[0].flip) == (0, True)
    asked = recipe_for(replace(wish, every=3, fit="letterbox", augment=0.0, stops=True))
    (source,) = asked.data
    assert isinstance(source, ClipSource)
    assert (source.hold_out, source.fit) == ((2,), "letterbox")
    # A long run looks seldom; a short one must get over its first, worse steps.
    assert asked.stop_by == "watched clip"
    known = {steps: recipe_for(replace(wish, stops=True, steps=steps)) for steps in (600, 36)}
    assert (known[600].patience, known[36].patience) == (3, 8)
    stage = asked.stages[0]
    assert (stage.turn, stage.zoom, stage.shift, stage.flip) == (0.0, 0.0, 0.0, False)
    (source,) = recipe_for(replace(wish, every=0)).data
    assert isinstance(source, ClipSource)
    assert source.hold_out == ()


def test_weights_go_on_as_they_were_trained_last_and_new_ones_as_at_the_beginning(
    template: ModelCard, tmp_path: Path
) -> None:
    assert template.path is not None
    known = read_recipe(template.path / "recipe.toml")
    stages = tuple(
        stage.model_copy(update={"bridge": later, "frozen_norms": later, "complete": 0.25 + later})
        for stage, later in zip(known.stages, (False, True), strict=True)
    )
    folder = tmp_path / "template"
    write_recipe(known.model_copy(update={"stages": stages}), folder / "recipe.toml")
    wish = replace(_wish(template, tmp_path), template=template.model_copy(update={"path": folder}))
    found = [recipe_for(replace(wish, go_on=go_on)).stages[0] for go_on in (True, False)]
    assert [(s.bridge, s.frozen_norms, s.complete) for s in found] == [
        (True, True, 1.25), (False, False, 0.25),
    ]  # fmt: skip


def test_going_on_never_leaves_its_clip_worse_than_it_was(
    template: ModelCard, tmp_path: Path
) -> None:
    recipe = recipe_for(_wish(template, tmp_path))
    wild = recipe.stages[0].model_copy(update={"rate": 0.5, "warmup": 1})
    events: list[Event] = []
    _run(recipe.model_copy(update={"stages": (wild,)}), tmp_path / "wild", events)
    errors = [event.error for event in events if isinstance(event, Watched)]
    best = min(range(5), key=errors.__getitem__)
    assert best < 4, "the rate is no longer harmful, so this shows nothing"
    said = [event.text for event in events if isinstance(event, Said)]
    assert any(f"Kept are the weights of step {best}, watched clip" in text for text in said)


def test_files_may_be_shown_whole(template: ModelCard, tmp_path: Path) -> None:
    wide = np.zeros((6, 20, 60, 1), np.uint8)
    wide[:, :, :5] = 255
    np.savez(tmp_path / "wide.npz", frames=wide)
    wish = Wish("mine", (tmp_path / "wide.npz",), template, steps=1)
    cut, whole = (recipe_for(replace(wish, fit=fit)) for fit in ("crop", "letterbox"))
    seen = [small.pool(recipe)[0].frames.mean() for recipe in (cut, whole)]
    assert seen[0] == 0
    assert seen[1] > 5


def test_systems_that_learn_from_no_clips_say_so(template: ModelCard) -> None:
    vpn = template.model_copy(update={"system": "vpn"})
    assert "made anew for every step" in why_not(vpn)
    assert "by their recipes only" in why_not(template.model_copy(update={"system": "alien"}))


def test_sizes_are_those_that_a_system_can_halve(template: ModelCard) -> None:
    assert sizes(template) == (32, 64, 96, 128, 192, 256)
    assert 28 in sizes(template.model_copy(update={"system": "draw"}))


def test_the_window_makes_recipes_without_torch() -> None:
    said = "import sys, motionstudio.training.own_clips as o; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout.strip() == "False"
