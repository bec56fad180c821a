"""The environment made, kept and repaired: real venv and real pip, from files, without network."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from motionstudio.environment import prepare, stamp
from motionstudio.environment.errors import SetupError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the paths below are POSIX ones")
LOCK = "# [core]\ntorch==2.13.0\nmotion-alpha==1.0\n# [test]\nmotion-beta==3.0\n"


def write_wheel(folder: Path, name: str, version: str) -> None:
    """Write a wheel with one module that knows its version."""
    info = f"{name}-{version}.dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {
        f"{name}/__init__.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": wheel,
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    lines = []
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            lines.append(f"{path},sha256={digest.decode().rstrip('=')},{len(text)}")
        archive.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,"]))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a small lock, and pip told to use nothing but four small wheels."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name, version in [
        ("torch", "2.13.0+cpu"),
        ("motion_alpha", "1.0"),
        ("motion_alpha", "2.0"),
        ("motion_beta", "3.0"),
    ]:
        write_wheel(wheels, name, version)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    root = tmp_path / "checkout"
    root.mkdir()
    (root / stamp.LOCK).write_text(LOCK)
    return root


def alpha_version(python: str) -> str:
    code = "import motion_alpha; print(motion_alpha.version)"
    done = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def packages(root: Path) -> Path:
    return next((root / ".venv" / "lib").glob("python3*/site-packages"))


@pytest.mark.slow
def test_made_kept_and_repaired(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, told = str(checkout), list[str]()
    python = prepare.ready_python(root, False, told.append)
    assert alpha_version(python) == "1.0"
    assert "Making the environment in .venv" in told
    assert stamp.is_current(root, tools=False)

    told.clear()
    assert prepare.ready_python(root, False, told.append) == python
    assert told == []

    with_tools = prepare.ready_python(root, True, told.append)
    assert (packages(checkout) / "motion_beta").is_dir()
    assert with_tools == python

    # A file is gone: the folder's time tells, the record says which package to write again.
    shutil.rmtree(packages(checkout) / "motion_alpha")
    told.clear()
    assert alpha_version(prepare.ready_python(root, False, told.append)) == "1.0"
    assert "Writing damaged packages again" in told

    # The lock asks for another version.
    (checkout / stamp.LOCK).write_text(LOCK.replace("alpha==1.0", "alpha==2.0"))
    assert alpha_version(prepare.ready_python(root, False, told.append)) == "2.0"

    # From here on there is nothing to install from: repairs must do without.
    monkeypatch.setenv("PIP_FIND_LINKS", str(checkout / "nowhere"))
    Path(python).unlink()
    told.clear()
    assert alpha_version(prepare.ready_python(root, False, told.append)) == "2.0"
    assert told == ["Making the environment in .venv"]

    (checkout / ".venv" / "pyvenv.cfg").unlink()
    stamp.discard(root)
    assert alpha_version(prepare.ready_python(root, False, told.append)) == "2.0"

    stamp.discard(root)
    told.clear()
    assert alpha_version(prepare.ready_python(root, False, told.append)) == "2.0"
    assert told == []


@pytest.mark.slow
def test_an_interrupted_install_goes_on(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, wheels = str(checkout), os.environ["PIP_FIND_LINKS"]
    monkeypatch.setenv("PIP_FIND_LINKS", str(checkout / "nowhere"))
    with pytest.raises(SetupError, match="could not be installed"):
        prepare.ready_python(root, False, lambda _: None)
    assert not stamp.is_current(root, tools=False)
    monkeypatch.setenv("PIP_FIND_LINKS", wheels)
    told: list[str] = []
    assert alpha_version(prepare.ready_python(root, False, told.append)) == "1.0"
    assert "Making the environment in .venv" not in told


def test_the_running_interpreter_serves_where_it_has_everything(tmp_path: Path) -> None:
    (tmp_path / stamp.LOCK).write_text(f"pytest=={pytest.__version__}\n")
    assert prepare.ready_python(str(tmp_path), False, lambda _: None) == sys.executable
    assert not (tmp_path / ".venv").exists()


def test_what_lies_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / stamp.LOCK).write_text("motion-alpha==1.0\n")
    (tmp_path / ".venv").write_text("a file")
    with pytest.raises(SetupError, match=r"\.venv cannot be written"):
        prepare.ready_python(str(tmp_path), False, lambda _: None)


HOLD = """
import sys
from motionstudio.environment import prepare
with prepare.exclusive(sys.argv[1], print):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_start_waits_for_the_first(tmp_path: Path) -> None:
    repository = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=repository,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        told: list[str] = []

        def tell(line: str) -> None:
            told.append(line)
            assert holder.stdin is not None
            holder.stdin.close()

        with prepare.exclusive(str(tmp_path), tell):
            assert holder.wait(timeout=30) == 0
        assert told == ["Another start is setting up; waiting for it"]
