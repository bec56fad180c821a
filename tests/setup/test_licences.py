"""The licences of what is installed are told from its metadata and its wheels."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from motionstudio import doctor
from motionstudio.environment import licences
from motionstudio.environment.lock import CORE, Pin, read_lock

ROOT = Path(__file__).parents[2]


def test_every_package_of_the_program_is_listed_with_a_licence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert doctor.main(["--licences"]) == 0
    told = capsys.readouterr().out
    for pin in read_lock(ROOT / "requirements.lock"):
        if pin.section == CORE and licences.licensed([pin]):
            row = next(line for line in told.splitlines() if line.startswith(f"| {pin.name} |"))
            assert licences.UNKNOWN not in row, row


def test_libraries_inside_wheels_are_named_without_their_hashes() -> None:
    inside = licences.carried(metadata.distribution("av"))
    assert "libavcodec" in inside
    assert not any(name[-8:].isalnum() and "-" in name for name in inside)


def test_the_gpl_is_said_only_where_something_is_under_it() -> None:
    free = licences.Licensed("a", "1", "MIT", ("libpng",))
    bound = licences.Licensed("b", "1", "BSD", ("libx264", "libpng"))
    assert "under the GPL" not in licences.report([free])
    assert "Wheels carry libx264, which" in licences.report([free, bound])


def test_what_is_not_installed_is_left_out() -> None:
    assert licences.licensed([Pin("surely-not-here", "1", CORE)]) == []
