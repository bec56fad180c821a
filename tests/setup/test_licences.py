"""The licences of what is installed are told from its metadata and its wheels."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from motionstudio import doctor
from motionstudio.environment import carried, gpu, licence_page, licences
from motionstudio.environment.lock import CORE, Pin, read_lock

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "licences.md"
PACKAGES = "## What the program needs"


@pytest.fixture(scope="module")
def rows() -> list[licences.Licensed]:
    return licences.licensed(read_lock(ROOT / "requirements.lock"))


def test_the_page_is_what_the_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    """`python3 main.py doctor --licences > docs/licences.md` after a change of the lock."""
    assert doctor.main(["--licences"]) == 0
    told = capsys.readouterr().out
    shown = PAGE.read_text(encoding="utf-8")
    if sys.platform == "linux" and gpu.torch_cuda() is None and not licences.beyond_lock(()):
        # Checkpoints come and go more often than packages; what they say is tested below.
        assert told.partition(PACKAGES)[2] == shown.partition(PACKAGES)[2] != ""
    for pin in read_lock(ROOT / "requirements.lock"):
        assert f"| {pin.name} | {pin.version} | " in shown


def test_every_package_states_a_licence(rows: list[licences.Licensed]) -> None:
    assert [row.name for row in rows if row.licence == licences.UNKNOWN] == []
    without_texts = {row.name for row in rows if not row.texts}
    assert without_texts <= {"pyside6-essentials", "shiboken6"}  # Both: resources/licences.
    for name in ("GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3"):
        assert (ROOT / "resources" / "licences" / f"{name}.txt").is_file()


def test_every_library_inside_a_wheel_has_a_known_licence(rows: list[licences.Licensed]) -> None:
    found = licences.libraries(rows)
    assert [each.name for each in found if each.licence == carried.UNKNOWN_LIBRARY] == []
    assert {"libavcodec", "libx264", "libgfortran", "libQt6*"} <= {each.name for each in found}


def test_every_checkpoint_says_what_it_learned_from() -> None:
    terms = licences.of_checkpoints(ROOT / "checkpoints")
    assert licences.UNKNOWN not in terms
    cards = {path.parent.name for path in (ROOT / "checkpoints").glob("*/card.toml")}
    assert {name for names in terms.values() for name in names} == cards


def test_the_same_library_can_have_two_licences() -> None:
    assert carried.licence_of_library("av", "libavcodec") == "LGPL-3.0-or-later"
    assert carried.licence_of_library("other", "libavcodec") == "LGPL-2.1-or-later"
    assert carried.licence_of_library("", "libQt6Core").startswith("LGPL")
    assert carried.licence_of_library("", "libQt6QuickTimeline") == "GPL-3.0-only"
    assert carried.licence_of_library("", "libnever-heard-of") == carried.UNKNOWN_LIBRARY


def test_libraries_inside_wheels_are_named_without_their_hashes() -> None:
    inside = carried.carried(metadata.distribution("av"))
    assert "libavcodec" in inside
    assert not any(name[-8:].isalnum() and "-" in name for name in inside)


def test_the_gpl_is_told_by_the_library_that_asks_for_it() -> None:
    free = licences.Licensed("a", "1", "MIT", ("libpng16", "libgfortran", "libzstd", "libgmp"))
    bound = licences.Licensed("b", "1", "BSD", ("libx264", "libpng16"))
    assert licences.under_gpl(licences.libraries([free])) == ()
    assert licences.under_gpl(licences.libraries([free, bound])) == ("libx264",)
    (shared,) = [each for each in licences.libraries([free, bound]) if each.name == "libpng16"]
    assert shared.carriers == ("a", "b")


def test_what_is_not_installed_is_left_out() -> None:
    assert licences.licensed([Pin("surely-not-here", "1", CORE)]) == []
    assert "surely-not-here" not in licence_page.page([Pin("surely-not-here", "1", CORE)])
