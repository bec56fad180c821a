"""Files in and out: readers by content and suffix, exports, saved motion.

The codecs are heavy, so a name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionstudio.io.info import ClipInfo, Reader, ReadOptions
    from motionstudio.io.registry import file_dialog_filter, probe, read_clip, readable_suffixes

_HOME = {
    "ClipInfo": "info",
    "ReadOptions": "info",
    "Reader": "info",
    "file_dialog_filter": "registry",
    "probe": "registry",
    "read_clip": "registry",
    "readable_suffixes": "registry",
}

__all__ = [
    "ClipInfo",
    "ReadOptions",
    "Reader",
    "file_dialog_filter",
    "probe",
    "read_clip",
    "readable_suffixes",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
