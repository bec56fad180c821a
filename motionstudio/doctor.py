"""What is installed here, what is amiss, and the one command that mends it.

Standard library only at import, so that it also runs where the set-up has failed; torch and Qt
are imported inside the functions that ask them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from motionstudio.environment import gpu, licence_page, lock, probe, qt_libraries
from motionstudio.environment.installed import find_package

_PACKAGE = Path(__file__).resolve().parent
DATA = "MOTIONSTUDIO_DATA"


@dataclass(frozen=True, slots=True)
class Package:
    """A locked package; ``state`` is "as locked", "differs", "damaged" or "missing"."""

    name: str
    locked: str
    installed: str | None
    section: str
    state: str


@dataclass(frozen=True, slots=True)
class Qt:
    """Qt: its version or why it fails, the platform it would use, and the libraries it misses."""

    version: str | None
    problem: str
    platform: str
    missing: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True)
class Torch:
    """torch: its version or why it fails, the CUDA it is built for, and the device it can use."""

    version: str | None
    problem: str
    cuda: str | None
    device: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that ``motionstudio doctor`` tells; sizes in bytes."""

    python: str
    executable: str
    system: str
    cores: int
    memory: int | None
    packages: tuple[Package, ...]
    qt: Qt
    gpus: tuple[gpu.Gpu, ...]
    torch: Torch
    checkpoints: tuple[str, ...]
    data: str | None
    docs: str | None
    broken: tuple[str, ...]
    commands: tuple[str, ...]


def is_checkout(package: Path = _PACKAGE) -> bool:
    """Tell whether ``package`` lies in a checkout and not among installed packages."""
    return (package.parent / "main.py").exists() and (package.parent / "pyproject.toml").exists()


def find_folder(name: str, package: Path = _PACKAGE) -> Path | None:
    """Return ``name`` in the checkout around ``package``, or among what the wheel brought."""
    place = package.parent / name if is_checkout(package) else package / "_bundled" / name
    return place if place.exists() else None


def find_data() -> Path | None:
    """Return the folder of real clips: MOTIONSTUDIO_DATA, or ``../shared/data`` of a checkout."""
    named = os.environ.get(DATA)
    place = Path(named) if named else _PACKAGE.parents[1] / "shared" / "data"
    return place if place.is_dir() and (named or is_checkout()) else None


def is_bundle() -> bool:
    """Tell whether this is the stand-alone bundle, whose modules are no files of their own."""
    return bool(getattr(sys, "frozen", False))


def _state(pin: lock.Pin, installed: str | None) -> str:
    if installed is None:
        return "missing"
    if not is_bundle() and probe.lost_files(find_package(pin.name)):
        return "damaged"
    return "as locked" if lock.satisfies(installed, pin.version) else "differs"


def look_at_packages(path: Path | None) -> tuple[Package, ...]:
    """Compare what this interpreter has with the lock file at ``path``; nothing without one."""
    pins = lock.read_lock(path) if path else []
    found = lock.running_versions(pin.name for pin in pins)
    return tuple(
        Package(pin.name, pin.version, has, pin.section, _state(pin, has))
        for pin, has in ((pin, found.get(pin.name)) for pin in pins)
    )


def look_at_qt() -> Qt:
    """Load Qt's widgets and look for the libraries of the display that this process sees."""
    groups = qt_libraries.display_groups(os.environ)
    missing = qt_libraries.find_missing(groups)
    command = qt_libraries.advice(missing) if missing else ""
    if sys.platform.startswith("linux"):
        shown = {qt_libraries.X11: "xcb", qt_libraries.WAYLAND: "wayland"}
        usual = next((shown[group] for group in groups if group in shown), "offscreen (no display)")
    else:
        usual = {"win32": "windows", "darwin": "cocoa"}.get(sys.platform, "unknown")
    chosen = os.environ.get("QT_QPA_PLATFORM") or usual
    names = tuple(item.library for item in missing)
    try:
        import PySide6.QtWidgets
    except ImportError as error:
        return Qt(None, str(error), chosen, names, command)
    return Qt(PySide6.__version__, "", chosen, names, command)


def look_at_torch() -> Torch:
    """Import torch and ask which device it can use."""
    try:
        import torch
    except (ImportError, OSError, RuntimeError) as error:
        return Torch(None, str(error), gpu.torch_cuda(), "none")
    if torch.cuda.is_available():
        device = f"cuda ({torch.cuda.get_device_name(0)})"
    elif torch.backends.mps.is_available():
        device = "mps"
    else:
        device = "cpu"
    return Torch(torch.__version__, "", torch.version.cuda, device)


def memory_size() -> int | None:
    """Return the machine's memory in bytes, None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def find_checkpoints(folder: Path | None) -> tuple[str, ...]:
    """Return the names of the checkpoints in ``folder`` that have weights and a card."""
    if folder is None:
        return ()
    cards = sorted(folder.glob("*/card.toml"))
    return tuple(
        card.parent.name for card in cards if (card.parent / "weights.safetensors").exists()
    )


def judge(
    packages: Sequence[Package], qt: Qt, torch: Torch, checkout: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is broken and the commands that mend it.

    Args:
        packages: compared with the lock.
        qt: as loaded.
        torch: as imported.
        checkout: whether this is a checkout, whose ``main.py`` can repair its environment.
    """
    core = [item for item in packages if item.section == lock.CORE]
    lost = [item.name for item in core if item.state in ("missing", "damaged")]
    broken = [f"missing or damaged packages: {', '.join(lost)}"] if lost else []
    broken += [f"Qt does not load: {qt.problem}"] if qt.problem else []
    broken += [f"torch does not load: {torch.problem}"] if torch.problem else []
    repair = "python3 main.py setup" if checkout else "pip install --force-reinstall motionstudio"
    repair = "unpack the bundle again" if is_bundle() else repair
    failing = lost or torch.problem or (qt.problem and not qt.command)
    commands = [qt.command] if qt.command else []
    return tuple(broken), tuple([*commands, repair] if failing else commands)


def examine() -> Report:
    """Look at everything and return the report."""
    packages = look_at_packages(find_folder("requirements.lock"))
    qt, torch = look_at_qt(), look_at_torch()
    gpus = gpu.find_gpus()
    broken, commands = judge(packages, qt, torch, is_checkout())
    idle = gpu.advice(gpus, torch.cuda) if torch.version else ""
    data, docs = find_data(), find_folder("docs")
    return Report(
        python=platform.python_version(),
        executable=sys.executable,
        system=platform.platform(),
        cores=os.cpu_count() or 1,
        memory=memory_size(),
        packages=packages,
        qt=qt,
        gpus=tuple(gpus),
        torch=torch,
        checkpoints=find_checkpoints(find_folder("checkpoints")),
        data=str(data) if data else None,
        docs=str(docs) if docs else None,
        broken=broken,
        commands=commands + ((idle,) if idle else ()),
    )


def _package_lines(packages: Sequence[Package]) -> list[str]:
    core = [item for item in packages if item.section == lock.CORE]
    tools = [item for item in packages if item.section != lock.CORE]
    has_tools = any(item.installed for item in tools)
    shown = [*core, *tools] if has_tools else core
    good = sum(item.state == "as locked" for item in shown)
    absent = "" if has_tools else "; tools for tests and checks are not installed"
    lines = [f"packages     {good} of {len(shown)} as locked{absent}"]
    for item in shown:
        if item.state != "as locked":
            has = f" {item.installed}" if item.installed else ""
            lines.append(f"  {item.name}{has} {item.state}; locked: {item.locked} ({item.section})")
    return lines


def _device_lines(report: Report) -> list[str]:
    gpus = ", ".join(f"{card.name} (driver {card.driver})" for card in report.gpus)
    built = f"built for CUDA {report.torch.cuda}" if report.torch.cuda else "built for the CPU"
    return [
        f"GPU          {gpus or 'no NVIDIA GPU'}",
        f"torch        {report.torch.version or 'does not load'}, {built}; "
        f"computes on: {report.torch.device}",
    ]


def as_text(report: Report) -> str:
    """Return the report for a person: one line per topic, then what is broken and what to run."""
    memory = f"{report.memory / 2**30:.1f} GiB" if report.memory else "unknown"
    missing = f"; missing: {', '.join(report.qt.missing)}" if report.qt.missing else ""
    lines = [
        f"Python       {report.python} ({report.executable})",
        f"system       {report.system}, {report.cores} cores, memory {memory}",
        *_package_lines(report.packages),
        f"Qt           {report.qt.version or 'does not load'}, "
        f"platform {report.qt.platform}{missing}",
        *_device_lines(report),
        f"checkpoints  {', '.join(report.checkpoints) or 'none found'}",
        f"data         {report.data or f'no folder of real clips ({DATA} names one)'}",
        f"docs         {report.docs or 'none found'}",
        *(f"BROKEN       {item}" for item in report.broken),
        *(f"run          {item}" for item in report.commands),
    ]
    return "\n".join(lines if report.broken else [*lines, "Everything essential works."])


def as_json(report: Report) -> str:
    """Return the report as JSON, with the names of its fields."""
    record = asdict(report)
    record["gpus"] = [card._asdict() for card in report.gpus]
    return json.dumps(record, indent=2)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    what = (
        "Tell what is installed, which GPU there is, what is amiss and the command that mends it."
    )
    epilog = "Example: motionstudio doctor --json"
    parser = argparse.ArgumentParser(
        prog="motionstudio doctor", description=what, epilog=epilog, allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--licences", action="store_true", help="list the licences of everything installed instead"
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Print the report; return 1 if something essential is broken.

    Args:
        words: command line, ``--json``, ``--licences`` or nothing; that of the process if None.
    """
    options = _options(words)
    if options.licences:
        place = find_folder("requirements.lock")
        pins = lock.read_lock(place) if place else []
        own, checkpoints = _PACKAGE.parent / "LICENSE", find_folder("checkpoints")
        texts = find_folder("resources/licences")
        sys.stdout.write(licence_page.page(pins, own, checkpoints, texts))
        return 0
    report = examine()
    sys.stdout.write((as_json(report) if options.json else as_text(report)) + "\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
