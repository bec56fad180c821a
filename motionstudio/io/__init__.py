"""Files in and out: readers by content and suffix, exports, saved motion.

The codecs are heavy, so a name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionstudio.io.array_write import write_displacement_nifti, write_latents_csv
    from motionstudio.io.exports import WRITABLE_SUFFIXES, write_clip
    from motionstudio.io.info import ClipInfo, Reader, ReadOptions
    from motionstudio.io.motion_file import load_motion, save_motion
    from motionstudio.io.registry import file_dialog_filter, probe, read_clip, readable_suffixes

_HOME = {
    "ClipInfo": "info",
    "ReadOptions": "info",
    "Reader": "info",
    "file_dialog_filter": "registry",
    "probe": "registry",
    "read_clip": "registry",
    "readable_suffixes": "registry",
    "WRITABLE_SUFFIXES": "exports",
    "load_motion": "motion_file",
    "save_motion": "motion_file",
    "write_clip": "exports",
    "write_displacement_nifti": "array_write",
    "write_latents_csv": "array_write",
}

__all__ = [
    "WRITABLE_SUFFIXES",
    "ClipInfo",
    "ReadOptions",
    "Reader",
    "file_dialog_filter",
    "load_motion",
    "probe",
    "read_clip",
    "readable_suffixes",
    "save_motion",
    "write_clip",
    "write_displacement_nifti",
    "write_latents_csv",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
