"""Exports: from rendered frames to films, pictures, fields and numbers. No window needed."""

from __future__ import annotations

from motionstudio.export_old import (
    Export,
    ExportKind,
    ExportOptions,
    at_model_size,
    side_by_side,
    write_export,
)

__all__ = [
    "Export",
    "ExportKind",
    "ExportOptions",
    "at_model_size",
    "side_by_side",
    "write_export",
]
