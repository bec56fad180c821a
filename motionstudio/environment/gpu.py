"""The NVIDIA GPU of this machine and the build of the installed torch, without importing torch."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from motionstudio.environment.installed import find_package

_DRIVER = Path("/proc/driver/nvidia/version")
_BUILD = re.compile(r"""^cuda\s*(?::[^=]*)?=\s*['"]([\d.]+)['"]""", re.MULTILINE)


class Gpu(NamedTuple):
    """An NVIDIA GPU: its name and driver version, empty where the driver does not tell."""

    name: str
    driver: str


def parse_query(text: str) -> list[Gpu]:
    """Read the ``name, driver_version`` lines that nvidia-smi prints."""
    rows = (line.split(",") for line in text.splitlines())
    return [Gpu(row[0].strip(), row[1].strip()) for row in rows if len(row) == 2]


def find_gpus(driver: Path = _DRIVER) -> list[Gpu]:
    """Return the NVIDIA GPUs of this machine, asking nvidia-smi and else the kernel driver."""
    tool = shutil.which("nvidia-smi")
    query = ["--query-gpu=name,driver_version", "--format=csv,noheader"]
    if tool:
        try:
            done = subprocess.run(
                [tool, *query], capture_output=True, text=True, timeout=10, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            done = None
        if done and done.returncode == 0:
            return parse_query(done.stdout)
    return [Gpu("", "")] if driver.exists() else []


def torch_cuda(folder: Path | None = None) -> str | None:
    """Return the CUDA version that the torch in a package folder was built for, None if none.

    Args:
        folder: the package folder; that of the running interpreter if None.
    """
    if folder is None:
        try:
            folder = Path(str(find_package("torch").locate_file("")))
        except metadata.PackageNotFoundError:
            return None
    try:
        text = (folder / "torch" / "version.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = _BUILD.search(text)
    return found[1] if found else None


def command(platform: str = sys.platform) -> str:
    """Return the one command that installs a torch which can use the GPU.

    Linux: the registry's plain build is the CUDA build. Windows: the registry's build is for the
    CPU, so the command takes the address of a CUDA index from the person.
    """
    if platform == "win32":
        return "python main.py setup --gpu --torch-index ADDRESS"
    return "python3 main.py setup --gpu"


def advice(gpus: list[Gpu], cuda: str | None, platform: str = sys.platform) -> str:
    """Return the command for a GPU that lies idle under a CPU-only torch, else an empty text."""
    if not gpus or cuda is not None:
        return ""
    where = (
        " (ADDRESS: the CUDA index that PyTorch's own page 'Start Locally' shows)"
        if platform == "win32"
        else ""
    )
    name = gpus[0].name or "There is an NVIDIA GPU"
    verb = "is here" if gpus[0].name else ""
    said = f"{name} {verb}".strip()
    return f"{said}, but the installed torch is for the CPU only; run: {command(platform)}{where}"
