"""Measures checkpoints beside classical methods on subjects that no recipe trains on."""

from __future__ import annotations

from motionstudio.evaluation.evaluate import SUBJECTS, TASKS, evaluate
from motionstudio.evaluation.report import Report
from motionstudio.evaluation.table import Table

__all__ = ["SUBJECTS", "TASKS", "Report", "Table", "evaluate"]
