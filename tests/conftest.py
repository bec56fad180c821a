"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Tests do not read the clock: on a busy machine any example, and making it, may take a second.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")

REPOSITORY = Path(__file__).resolve().parents[1]


def real_data_folder() -> Path:
    """Where the shared real clips are expected: MOTIONSTUDIO_DATA, else ../shared/data."""
    named = os.environ.get("MOTIONSTUDIO_DATA")
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests first, so that no worker ends alone with one of them."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    first = {item.path for item in items if item.get_closest_marker("timeout")} & long
    items.sort(key=lambda item: (item.path not in first, item.path not in long))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the shared real clips; skips where it is absent, fails there when CI=true."""
    folder = real_data_folder()
    if (folder / "README.md").is_file():
        return folder
    reason = f"the real clips are absent: no {folder}; set MOTIONSTUDIO_DATA to their folder"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)
