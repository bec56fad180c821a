"""Recipes: stages, overrides, and errors that name the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from motionstudio.core.errors import MotionStudioError
from motionstudio.core.locations import checkpoints_dir
from motionstudio.training.configuration import configuration
from motionstudio.training.recipe import read_recipe
from tests.training import small


def test_steps_fall_into_stages(tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path)
    assert recipe.steps == 5
    places = [recipe.stage_at(step) for step in range(5)]
    assert [inside for _, inside in places] == [0, 1, 2, 0, 1]
    assert [stage.swap for stage, _ in places] == [0, 0, 0, 1, 1]
    with pytest.raises(ValueError, match="beyond the last stage"):
        recipe.stage_at(5)


@pytest.mark.parametrize("name", ["heart", "figures"])
def test_the_shipped_recipes_fit(name: str) -> None:
    recipe = read_recipe(checkpoints_dir() / name / "recipe.toml")
    assert recipe.name == name
    assert configuration(recipe).size in (64, 128)


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("seed", "3", lambda r: r.seed == 3),
        ("title", "Bare words", lambda r: r.title == "Bare words"),
        ("title", '"quoted"', lambda r: r.title == "quoted"),
        ("stages.1.steps", "9", lambda r: r.stages[1].steps == 9),
        ("stages.0.frames", "[4, 6]", lambda r: r.stages[0].frames == (4, 6)),
        ("model.dims", "4", lambda r: r.model["dims"] == 4),
        ("data.0.params.frames", "12", lambda r: r.data[0].params["frames"] == 12),
        ("cyclic", "false", lambda r: r.cyclic is False),
    ],
)
def test_overrides_reach_every_place(tmp_path: Path, key: str, value: str, read: object) -> None:
    before, after = small.recipe(tmp_path), small.recipe(tmp_path, **{key: value})
    assert callable(read)
    assert read(after)
    assert not read(before)


@pytest.mark.parametrize("key", ["stages.7.steps", "stages.first.steps", "seed.x", "name.0.y"])
def test_an_override_of_no_place_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(MotionStudioError) as error:
        small.recipe(tmp_path, **{key: "1"})
    assert key in error.value.message


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("stages.1.steps", "0", "stages.1.steps"),
        ("stages.0.bacth", "4", "stages.0.bacth"),
        ("data.0.count", '"many"', "data.0"),
        ("similarity", "ncc", "similarity"),
        ("wings", "2", "wings"),
        ("preset", "huge", "preset"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(
    tmp_path: Path, key: str, value: str, place: str
) -> None:
    with pytest.raises(MotionStudioError) as error:
        small.recipe(tmp_path, **{key: value})
    assert f"recipe.toml does not fit at {place}" in error.value.message
    assert "\n" not in error.value.message


def test_files_that_are_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(MotionStudioError, match="cannot be read: No such file"):
        read_recipe(tmp_path / "none.toml")
    with pytest.raises(MotionStudioError, match=r"recipe\.toml is not valid TOML"):
        small.recipe(tmp_path, "name = ")
    with pytest.raises(MotionStudioError, match="does not fit at stages"):
        small.recipe(tmp_path, small.TEXT.split("[[stages]]")[0])


def test_a_setting_of_the_model_that_there_is_not(tmp_path: Path) -> None:
    recipe = small.recipe(tmp_path, **{"model.wings": "2"})
    with pytest.raises(MotionStudioError) as error:
        configuration(recipe)
    assert "model.wings" in error.value.message
    assert "dims" in error.value.hint
