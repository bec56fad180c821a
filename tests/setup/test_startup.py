"""Import order: torch before Qt on Windows only, and not at all with the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from motionstudio import startup

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("platform", "expected"), [("win32", ["torch"]), ("linux", []), ("darwin", [])]
)
def test_torch_comes_first_on_windows_only(platform: str, expected: list[str]) -> None:
    imported: list[str] = []

    def importer(name: str) -> ModuleType:
        imported.append(name)
        return ModuleType(name)

    startup.prepare(platform, importer)
    assert imported == expected


@pytest.mark.parametrize("name", ["motionstudio", "motionstudio.gui", "motionstudio.startup"])
def test_importing_the_package_loads_no_torch(name: str) -> None:
    code = f"import sys, {name}; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0


def test_the_set_up_needs_nothing_but_the_standard_library() -> None:
    names = sorted(path.stem for path in (ROOT / "motionstudio" / "environment").glob("*.py"))
    modules = ", ".join(f"motionstudio.environment.{name}" for name in names if name[0] != "_")
    # -S: no site-packages, as on a machine where nothing is installed yet.
    code = f"import main, motionstudio.doctor, {modules}"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, check=False, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_current_environment_is_started_without_the_modules_that_make_one() -> None:
    code = "import sys, main; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    heavy = {"subprocess", "importlib.metadata", "argparse", "motionstudio.environment.prepare"}
    assert "motionstudio.environment.stamp" in loaded
    assert not loaded & heavy
