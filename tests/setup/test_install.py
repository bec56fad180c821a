"""pip's talk shortened, and the environment that installers run in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from motionstudio.environment import install, interpreter
from motionstudio.environment.errors import SetupError
from motionstudio.environment.lock import Pin


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Collecting numpy==2.4.6 (from -c requirements.lock (line 3))", "  numpy"),
        (
            "  Downloading av-18-cp311.whl (39.1 MB)",
            "    downloading av-18-cp311.whl, 39.1 MB",
        ),
        ("  Downloading av-18-cp311.whl.metadata (4.8 kB)", None),
        ("Installing collected packages: a, b, c", "  installing 3 packages"),
        ("Requirement already satisfied: numpy==2.4.6", None),
    ],
)
def test_only_news_is_shown(line: str, expected: str | None) -> None:
    assert install.short_line(line) == expected


def test_settings_that_would_lead_pip_astray_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_USER", "PIP_TARGET", "PYTHONPATH"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_INDEX_URL", "kept")
    environ = interpreter.clean_environ()
    assert environ["PIP_INDEX_URL"] == "kept"
    assert not {"PIP_USER", "PIP_TARGET", "PYTHONPATH"} & set(environ)


class FakePip:
    """Writes down the arguments of each call, in place of pip."""

    def __init__(self, folder: Path, code: str = "") -> None:
        self.calls = folder / "calls"
        script = folder / "pip.py"
        script.write_text(
            "import sys, os\n"
            f"open({str(self.calls)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            f"open({str(self.calls)!r} + '.environ', 'w').write('\\n'.join(os.environ))\n" + code
        )
        command = [sys.executable, str(script)]
        self.pip = install.Pip(command, "the.lock", str(folder / "log"))

    def said(self) -> list[list[str]]:
        return [line.split()[5:] for line in self.calls.read_text().splitlines()]


PINS = [Pin("numpy", "2", "core"), Pin("torch", "3", "core"), Pin("av", "4", "core")]


def test_torch_goes_first_and_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(install.TORCH_INDEX, raising=False)
    fake = FakePip(tmp_path)
    install.install(fake.pip, PINS, frozenset(), lambda _: None)
    assert fake.said() == [["torch==3"], ["numpy==2", "av==4"]]


def test_damaged_packages_are_written_again(tmp_path: Path) -> None:
    fake = FakePip(tmp_path)
    install.install(fake.pip, PINS, frozenset({"av", "pip"}), lambda _: None)
    assert fake.said()[-1] == ["--force-reinstall", "--no-deps", "av==4"]


def test_an_index_for_torch_concerns_torch_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(install.TORCH_INDEX, "address")
    fake = FakePip(tmp_path)
    install.install(fake.pip, PINS, frozenset(), lambda _: None)
    assert fake.said() == [["torch==3", "--extra-index-url", "address"], ["numpy==2", "av==4"]]


def test_the_gpu_build_ignores_local_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    fake = FakePip(tmp_path)
    install.install_gpu_torch(fake.pip, PINS[1], None, lambda _: None)
    assert fake.said()[0] == ["--force-reinstall", "--no-deps", "torch==3"]
    names = (tmp_path / "calls.environ").read_text().splitlines()
    assert "PIP_CONFIG_FILE" in names
    assert "PIP_FIND_LINKS" not in names


def test_failure_shows_pip_s_last_words_and_the_log(tmp_path: Path) -> None:
    fake = FakePip(tmp_path, "print('Collecting av'); print('ERROR: no space'); sys.exit(1)\n")
    told: list[str] = []
    with pytest.raises(SetupError, match="ERROR: no space") as caught:
        install.install(fake.pip, PINS, frozenset(), told.append)
    assert "  av" in told
    assert fake.pip.log in caught.value.hint
    assert "ERROR: no space" in Path(fake.pip.log).read_text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "WARNING: Retrying: Failed to establish a new connection: [Errno -3] Temporary failure "
            "in name resolution: /simple/torch/",
            "package index cannot be reached",
        ),
        ("ERROR: OSError: [Errno 28] No space left on device", "The disk is full"),
    ],
)
def test_what_people_can_mend_is_a_plain_sentence(tmp_path: Path, line: str, said: str) -> None:
    fake = FakePip(tmp_path, f"print({line!r})\nprint('noise\\n' * 40)\nsys.exit(1)\n")
    with pytest.raises(SetupError, match=said) as caught:
        install.install(fake.pip, PINS, frozenset(), lambda _: None)
    assert "noise" not in str(caught.value)
    assert fake.pip.log in caught.value.hint


@pytest.fixture
def no_pip(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine whose commands answer from a table: the words that a command contains."""
    answers: dict[str, str] = {}

    def works(command: list[str]) -> str | None:
        return next((said for key, said in answers.items() if key in " ".join(command)), None)

    monkeypatch.setattr(interpreter, "_works", works)
    monkeypatch.setattr(interpreter.debian, "has_apt", lambda: True)
    monkeypatch.setattr(interpreter.debian, "is_root", lambda: False)
    return answers


def test_pip_of_the_environment_comes_first(no_pip: dict[str, str], tmp_path: Path) -> None:
    no_pip[".venv"] = "pip 25"
    command = interpreter.pip_command(str(tmp_path), str(tmp_path), lambda _: None)
    assert command[1:] == ["-m", "pip"]
    assert ".venv" in command[0]


def test_without_ensurepip_the_running_pip_serves(no_pip: dict[str, str], tmp_path: Path) -> None:
    no_pip[f"{sys.executable} -m pip"] = "pip 23.0.1 from somewhere (python 3.11)"
    command = interpreter.pip_command(str(tmp_path), str(tmp_path), lambda _: None)
    assert command[:4] == [sys.executable, "-m", "pip", "--python"]


def test_with_neither_the_exact_command_is_said(no_pip: dict[str, str], tmp_path: Path) -> None:
    no_pip[f"{sys.executable} -m pip"] = "pip 22.2 from somewhere (python 3.11)"
    with pytest.raises(SetupError) as caught:
        interpreter.pip_command(str(tmp_path), str(tmp_path), lambda _: None)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert caught.value.hint == f"Run: sudo apt-get install -y python{version}-venv"


def test_as_root_the_venv_package_is_installed(
    no_pip: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install_package(packages: list[str], tell: object) -> bool:
        no_pip["ensurepip"] = "done"
        return packages[0].endswith("-venv")

    monkeypatch.setattr(interpreter.debian, "is_root", lambda: True)
    monkeypatch.setattr(interpreter.debian, "install", install_package)
    command = interpreter.pip_command(str(tmp_path), str(tmp_path), lambda _: None)
    assert command[1:] == ["-m", "pip"]


def test_clearing_spares_packages_of_the_same_python(tmp_path: Path) -> None:
    for name in ("bin", "lib/python3.11/site-packages/numpy"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / interpreter.SETUP_LOCK).touch()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "gone")
    (tmp_path / "bin" / "tool").touch()
    interpreter.clear(tmp_path, (3, 11))
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"bin", "lib", interpreter.SETUP_LOCK}
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["tool"]
    interpreter.clear(tmp_path, (3, 12))
    assert {path.name for path in tmp_path.iterdir()} == {interpreter.SETUP_LOCK}


def test_an_interpreter_that_does_not_run_is_none(tmp_path: Path) -> None:
    assert interpreter.ask(str(tmp_path)) is None


def test_the_probe_tells_of_this_interpreter() -> None:
    done = subprocess.run(
        [sys.executable, "-I", interpreter._PROBE], check=True, capture_output=True, text=True
    )
    assert '"pytest": "' in done.stdout
