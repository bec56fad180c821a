"""The lock file, read and compared; and the one in this repository."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from motionstudio.environment import lock

ROOT = Path(__file__).resolve().parents[2]
TEXT = "# words\n# [core] the program\ntorch==2.13.0\nPy_Side.6==6.1\n\n# [test]\npytest==9.2.0\n"


def test_sections_and_names() -> None:
    pins = lock.parse_lock(TEXT)
    assert [str(pin) for pin in pins] == ["torch==2.13.0", "py-side-6==6.1", "pytest==9.2.0"]
    assert [pin.section for pin in pins] == ["core", "core", "test"]
    assert [pin.name for pin in lock.needed(pins, tools=False)] == ["torch", "py-side-6"]
    assert lock.needed(pins, tools=True) == pins


@pytest.mark.parametrize(
    "line",
    [
        "torch==2.13.0+cpu",
        "torch>=2",
        "torch",
        "torch @ file:torch.whl",
        "a==1; python_version>'3'",
    ],
)
def test_only_public_pins(line: str) -> None:
    with pytest.raises(ValueError, match="line 2: expected name==version"):
        lock.parse_lock(f"numpy==2.4.6\n{line}\n")


@pytest.mark.parametrize(
    ("installed", "locked", "expected"),
    [
        ("2.13.0", "2.13.0", True),
        ("2.13.0+cpu", "2.13.0", True),
        ("2.13.0+cu130", "2.13.0", True),
        ("2.13.1", "2.13.0", False),
        ("2.13", "2.13.0", False),
        ("2.13.0.post1", "2.13.0", False),
    ],
)
def test_version_match(installed: str, locked: str, expected: bool) -> None:
    assert lock.satisfies(installed, locked) is expected


def test_differences_name_what_is_missing_and_what_differs() -> None:
    pins = lock.parse_lock(TEXT)
    found = lock.differences(pins, {"torch": "2.13.0+cpu", "pytest": "9.1.0"})
    assert [(item.pin.name, item.installed) for item in found] == [
        ("py-side-6", None),
        ("pytest", "9.1.0"),
    ]


def test_running_interpreter() -> None:
    versions = lock.running_versions(["pytest", "no-such-package-anywhere"])
    assert versions == {"pytest": pytest.__version__}
    assert lock.running_matches([lock.Pin("pytest", pytest.__version__, "test")])
    assert not lock.running_matches([lock.Pin("pytest", "0.0.1", "test")])


def test_the_lock_pins_every_direct_dependency_within_its_range() -> None:
    pins = {pin.name: pin for pin in lock.read_lock(ROOT / "requirements.lock")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for section, lines in [("core", project["dependencies"]), ("", extras["test"] + extras["dev"])]:
        for requirement in map(Requirement, lines):
            pin = pins[lock.normalised(requirement.name)]
            assert requirement.specifier.contains(pin.version), str(requirement)
            assert section in ("", pin.section)


def test_the_lock_names_torch_first_and_no_place() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert lock.parse_lock(text)[0].name == "torch"
    assert not re.search(r"://|--|\+", text)


def test_the_environment_of_the_tests_is_the_locked_one() -> None:
    pins = lock.read_lock(ROOT / "requirements.lock")
    assert lock.differences(pins, lock.running_versions(pin.name for pin in pins)) == []
