"""Whose results a folder holds: one study's, and perhaps some that it has left behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from motionstudio.batch.index import INDEX
from motionstudio.batch.planning import Planned
from motionstudio.batch.results import RESULT
from motionstudio.batch.study import Study
from motionstudio.core.errors import MotionStudioError


def check_owner(study: Study, output: Path) -> None:
    """Refuse a folder with the results of a study of another name, which would be replaced.

    Raises:
        MotionStudioError: it holds those.
    """
    try:
        owner = json.loads((output / INDEX).read_text(encoding="utf-8"))["study"]["name"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return
    if owner != study.name:
        raise MotionStudioError(
            f"{output} holds the results of the study {owner}, and this one is {study.name}: it "
            "would replace some of them.",
            "Choose another output (-o); or, where the study was renamed, give it "
            f'name = "{owner}".',
        )


def left_behind(planned: Sequence[Planned], output: Path) -> list[str]:
    """Names of results in the folder that the study does not ask for any more."""
    wanted = {one.folder for one in planned}
    there = sorted(path.parent for path in output.glob(f"*/*/{RESULT}"))
    return [path.relative_to(output).as_posix() for path in there if path not in wanted]
