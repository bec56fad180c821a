"""What the doctor finds and says."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from motionstudio import doctor
from motionstudio.environment import gpu
from motionstudio.environment.installed import find_package

QT = doctor.Qt("6.11.3", "", "offscreen", (), "")
TORCH = doctor.Torch("2.13.0", "", None, "cpu")
GOOD = doctor.Package("numpy", "2.4.6", "2.4.6", "core", "as locked")
GONE = doctor.Package("av", "18.1.0", None, "core", "missing")


@pytest.fixture(scope="module")
def report() -> doctor.Report:
    return doctor.examine()


def test_this_environment_is_sound(report: doctor.Report) -> None:
    assert report.broken == ()
    assert {item.state for item in report.packages} == {"as locked"}
    locked = {item.name: item.locked for item in report.packages}
    assert report.qt.version == locked["pyside6-essentials"]
    assert report.torch.device


def test_text_and_json_tell_the_same(
    report: doctor.Report,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: report)
    assert doctor.main(["--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["torch"]["version"] == report.torch.version
    assert len(record["packages"]) == len(report.packages)
    assert doctor.main([]) == 0
    text = capsys.readouterr().out
    assert str(report.torch.version) in text
    assert "Everything essential works." in text


def test_exit_code_tells_of_something_broken(
    report: doctor.Report,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = replace(report, broken=("missing packages: av",), commands=("python3 main.py setup",))
    monkeypatch.setattr(doctor, "examine", lambda: broken)
    assert doctor.main([]) == 1
    text = capsys.readouterr().out
    assert "BROKEN       missing packages: av" in text
    assert "run          python3 main.py setup" in text
    assert "Everything essential works." not in text


def test_a_missing_package_is_broken_and_has_a_command() -> None:
    assert doctor.judge([GOOD], QT, TORCH, True) == ((), ())
    broken, commands = doctor.judge([GOOD, GONE], QT, TORCH, True)
    assert broken == ("missing or damaged packages: av",)
    assert commands == ("python3 main.py setup",)
    assert "pip install" in doctor.judge([GONE], QT, TORCH, False)[1][0]


def test_a_package_without_its_files_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "alpha-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n")
    (info / "RECORD").write_text("alpha/__init__.py,,\n../../../bin/alpha,,\n")
    (tmp_path / "the.lock").write_text("alpha==1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (package,) = doctor.look_at_packages(tmp_path / "the.lock")
    assert package.state == "damaged"
    assert doctor.judge([package], QT, TORCH, True)[0] == ("missing or damaged packages: alpha",)
    (tmp_path / "alpha").mkdir()
    (tmp_path / "alpha" / "__init__.py").touch()
    (package,) = doctor.look_at_packages(tmp_path / "the.lock")
    assert package.state == "as locked"


def test_a_copy_inside_of_another_package_is_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As Ray does on import: its own copies, without some of their files, come first.
    carried = tmp_path / "site-packages" / "ray" / "thirdparty_files"
    info = carried / "numpy-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    (info / "RECORD").write_text("numpy/lost.py,,\n")
    ours = metadata.version("numpy")
    (tmp_path / "the.lock").write_text(f"numpy=={ours}\n")
    monkeypatch.syspath_prepend(str(carried))
    assert metadata.version("numpy") == "0.1"
    (package,) = doctor.look_at_packages(tmp_path / "the.lock")
    assert package.state == "as locked"
    monkeypatch.syspath_prepend(str(carried.parents[1]))
    assert find_package("numpy").version == ours
    with pytest.raises(metadata.PackageNotFoundError):
        find_package("there-is-none-such")


def test_missing_tools_are_no_fault() -> None:
    tool = replace(GONE, section="test")
    assert doctor.judge([tool], QT, TORCH, True) == ((), ())


def test_a_missing_system_library_has_its_own_command() -> None:
    qt = doctor.Qt(None, "libEGL.so.1: cannot open", "xcb", ("libEGL.so.1",), "apt-get this")
    broken, commands = doctor.judge([GOOD], qt, TORCH, True)
    assert "libEGL.so.1: cannot open" in broken[0]
    assert commands == ("apt-get this",)


def test_an_idle_gpu_is_no_fault_but_has_its_command(
    report: doctor.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "find_gpus", lambda: [gpu.Gpu("NVIDIA H200", "580")])
    monkeypatch.setattr(doctor, "look_at_packages", lambda path: report.packages)
    monkeypatch.setattr(doctor, "look_at_torch", lambda: TORCH)
    found = doctor.examine()
    assert found.broken == ()
    assert "main.py setup --gpu" in found.commands[-1]


def test_checkpoints_need_card_and_weights(tmp_path: Path) -> None:
    for name in ("heart", "half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "card.toml").touch()
    (tmp_path / "heart" / "weights.safetensors").touch()
    assert doctor.find_checkpoints(tmp_path) == ("heart",)
    assert doctor.find_checkpoints(None) == ()


def test_what_the_wheel_brought_is_found(tmp_path: Path) -> None:
    package = tmp_path / "site" / "motionstudio"
    bundled = package / "_bundled" / "checkpoints"
    bundled.mkdir(parents=True)
    (tmp_path / "site" / "checkpoints").mkdir()
    assert doctor.find_folder("checkpoints", package) == bundled
    assert doctor.find_folder("resources", package) is None


def test_a_checkout_uses_its_own_folders(tmp_path: Path) -> None:
    for name in ("main.py", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "checkpoints").mkdir()
    package = tmp_path / "motionstudio"
    assert doctor.find_folder("checkpoints", package) == tmp_path / "checkpoints"


def test_the_data_folder_is_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(doctor.DATA, str(tmp_path))
    assert doctor.find_data() == tmp_path
    monkeypatch.setenv(doctor.DATA, str(tmp_path / "absent"))
    assert doctor.find_data() is None
