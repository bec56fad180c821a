"""The program knows its version wherever it runs from."""

from __future__ import annotations

import tomllib
from pathlib import Path

from motionstudio.own_version import own_version


def test_a_checkout_names_the_version_of_its_project_file() -> None:
    plain = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert own_version() == plain["project"]["version"]
