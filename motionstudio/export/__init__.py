"""Exports: from rendered frames to films, pictures, fields and numbers. No window needed."""

from __future__ import annotations

from motionstudio.export.command import command_line
from motionstudio.export.kinds import ExportKind, Group, why_not
from motionstudio.export.options import LARGEST, SMALLEST, ExportOptions, Panel
from motionstudio.export.write import Export, Tick, at_model_size, write_export

__all__ = [
    "LARGEST",
    "SMALLEST",
    "Export",
    "ExportKind",
    "ExportOptions",
    "Group",
    "Panel",
    "Tick",
    "at_model_size",
    "command_line",
    "why_not",
    "write_export",
]
