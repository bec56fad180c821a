"""A study from its plan to its index, with any crew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from motionstudio.batch import events
from motionstudio.batch.belonging import check_owner
from motionstudio.batch.crew import Crew
from motionstudio.batch.index import write_index
from motionstudio.batch.planning import Planned
from motionstudio.batch.results import sweep
from motionstudio.batch.scheduler import Entry, Scheduler, Tell
from motionstudio.batch.study import Study
from motionstudio.core.errors import MotionStudioError
from motionstudio.core.folder_lock import FolderLock

LOCK = ".batch-lock"


def run(
    study: Study,
    planned: Sequence[Planned],
    output: Path,
    make_crew: Callable[[int], Crew],
    *,
    where: str,
    tell: Tell,
    cancelled: Callable[[], bool],
) -> list[Entry]:
    """Do what is left of a study and write its index.

    Args:
        study: what is wanted.
        planned: from ``planning.plan``.
        output: folder of the results, made where it is missing.
        make_crew: starts workers for so many tasks; not called where nothing is left.
        where: they are, in words.
        tell: receives events.
        cancelled: asked a few times a second; what is done until then stays.

    Returns:
        What became of every task.

    Raises:
        MotionStudioError: another run is at work there, the folder cannot be written to, or it
            holds the results of another study.
    """
    began = time.monotonic()
    with _alone(output):
        check_owner(study, output)
        sweep(output)
        left = sum(one.outcome is None for one in planned)
        crew = make_crew(left) if left else _Nobody()
        try:
            scheduler = Scheduler(
                planned, crew, retries=study.retries, tell=tell, cancelled=cancelled
            )
            counts = scheduler.counts
            tell(events.Began(workers=crew.slots, where=where, **counts))
            stopped = scheduler.run()
        finally:
            crew.close()
        index = write_index(study, scheduler.entries, output)
        seconds = round(time.monotonic() - began, 3)
        counts = scheduler.counts
        tell(events.Ended(index=str(index), seconds=seconds, stopped=stopped, **counts))
    return scheduler.entries


@contextmanager
def _alone(output: Path) -> Iterator[None]:
    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(output / LOCK)
        taken = lock.take()
    except OSError as error:
        raise MotionStudioError(
            f"The folder {output} cannot be written to: {error.strerror or error}.",
            "Choose another output in the study.",
        ) from error
    if not taken:
        raise MotionStudioError(
            f"Another batch run is at work in {output.name}.",
            "Wait for it, or choose another output in the study.",
        )
    try:
        yield
    finally:
        lock.release()


class _Nobody:
    """The crew of a study with nothing left to do."""

    slots = 0

    def give(self, slot: int, task: object) -> None:
        raise ValueError(f"_Nobody: expected no task, got one for slot {slot}")

    def hear(self, timeout: float) -> None:
        return None

    def close(self) -> None:
        return
