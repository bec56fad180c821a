"""Folders are found in a checkout and in an installed package, and missing ones are named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from motionstudio.core import locations
from motionstudio.core.errors import MotionStudioError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installed package and an empty home."""
    place = tmp_path / "site-packages" / "motionstudio"
    place.mkdir(parents=True)
    monkeypatch.setattr(locations, "_PACKAGE", place)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(locations.CHECKPOINTS_VARIABLE, raising=False)
    return place


def test_a_checkout_has_its_folders() -> None:
    root = Path(locations.__file__).parents[2]
    assert locations.resources_dir() == root / "resources"
    assert locations.checkpoints_dir() == root / "checkpoints"


def test_an_installed_package_has_them_inside(package: Path) -> None:
    for name in ("resources", "checkpoints"):
        (package / "_bundled" / name).mkdir(parents=True)
    assert locations.resources_dir() == package / "_bundled" / "resources"
    assert locations.checkpoints_dir() == package / "_bundled" / "checkpoints"


def test_a_folder_beside_the_package_counts_only_in_a_checkout(package: Path) -> None:
    (package.parent / "resources").mkdir()
    with pytest.raises(MotionStudioError, match="resources"):
        locations.resources_dir()
    (package.parent / "pyproject.toml").touch()
    with pytest.raises(MotionStudioError, match="resources"):
        locations.resources_dir()  # Anybody may have left that file among packages.
    (package.parent / "main.py").touch()
    assert locations.resources_dir() == package.parent / "resources"


def test_named_folders_come_first(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = package / "_bundled" / "checkpoints"
    named = [tmp_path / "one", tmp_path / "two"]
    for folder in (bundled, *named):
        folder.mkdir(parents=True)
    monkeypatch.setenv(locations.CHECKPOINTS_VARIABLE, os.pathsep.join(map(str, named)))
    assert locations.checkpoint_folders() == (*named, bundled)
    own = locations.user_data_dir() / "checkpoints"
    monkeypatch.setattr(locations, "user_data_dir", lambda: own.parent)
    if tmp_path in own.parents:
        own.mkdir(parents=True)
        assert locations.checkpoint_folders() == (*named, own, bundled)


def test_a_named_folder_that_is_missing_is_an_error(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(locations.CHECKPOINTS_VARIABLE, str(package / "nowhere"))
    with pytest.raises(MotionStudioError, match="nowhere"):
        locations.checkpoint_folders()


def test_the_user_has_a_folder_of_their_own() -> None:
    assert "motionstudio" in str(locations.user_data_dir()).lower()


def test_copies_have_a_place_where_the_user_s_own_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        locations.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "own" / "cache")
    )
    assert locations.user_cache_dir() == tmp_path / "own" / "cache"
    assert locations.user_cache_dir().is_dir()
    (tmp_path / "own" / "cache").rmdir()
    (tmp_path / "own").rmdir()
    (tmp_path / "own").touch()  # Nothing can be made below a file, by nobody.
    passing = locations.user_cache_dir()
    assert passing.is_dir()
    assert passing == locations.user_cache_dir()
    assert tmp_path not in passing.parents
