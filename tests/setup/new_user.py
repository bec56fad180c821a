"""A new user: the wheel in a virtual environment of its own, far from any checkout."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# As pip writes it where the path of Python holds a blank, which no first line may.
_SCRIPT = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys
from {module} import {name}
sys.exit({name}())
"""


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into ``folder``; the builder is hatchling's own."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("motionstudio-*.whl")
    return wheel


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody with an empty home and an empty folder.

    Attributes:
        python: of the environment that has the wheel.
        folder: where commands run; its name holds a blank and a letter beyond ASCII.
        home: what HOME says.
    """

    python: Path
    folder: Path
    home: Path

    @property
    def site(self) -> Path:
        """Where the environment keeps its packages."""
        return _site(self.python.parents[1])

    @property
    def bundled(self) -> Path:
        """Where the wheel put resources and checkpoints."""
        return self.site / "motionstudio" / "_bundled"

    def environ(self) -> dict[str, str]:
        """All that the processes know: nothing of the one that starts them."""
        return {
            "HOME": str(self.home),
            "PATH": os.pathsep.join([str(self.python.parent), "/usr/bin", "/bin"]),
            "OMP_NUM_THREADS": "1",
            "LANG": "C.UTF-8",
        }

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run ``motionstudio WORDS``; what it says is kept, whatever its exit code."""
        return self._run([str(self.python.with_name("motionstudio")), *words], environ)

    def run_python(self, code: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the user's."""
        return self._run([str(self.python), "-c", code], environ)

    def _run(self, command: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environ(), **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )


def borrow(wheel: Path, place: Path) -> NewUser:
    """Install ``wheel`` into an environment that borrows every other package of this one.

    Only the program is new, which makes it a matter of seconds: nothing is downloaded.
    """
    environment = place / "environment"
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(environment)
    site = _site(environment)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    python = environment / "bin" / "python"
    _write_scripts(site, python)
    return settle(python, place)


def settle(python: Path, place: Path) -> NewUser:
    """Give whoever uses ``python`` an empty home and an empty folder in ``place``."""
    folder, home = place / "new üser", place / "home"
    folder.mkdir(parents=True)
    home.mkdir()
    return NewUser(python, folder, home)


def _write_scripts(site: Path, python: Path) -> None:
    (said,) = site.glob("motionstudio-*.dist-info/entry_points.txt")
    names = configparser.ConfigParser()
    names.read(said, encoding="utf-8")
    for section in ("console_scripts", "gui_scripts"):
        for name, place in names[section].items():
            module, _, function = place.partition(":")
            script = python.with_name(name)
            text = _SCRIPT.format(python=python, module=module, name=function)
            script.write_text(text, encoding="utf-8")
            script.chmod(0o755)


def _site(environment: Path) -> Path:
    (site,) = (environment / "lib").glob("python3*/site-packages")
    return site
