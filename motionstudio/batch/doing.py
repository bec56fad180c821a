"""A task done in this process, and whatever goes wrong said as a word."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from motionstudio.batch.crew import Died, Finished, Refused, Word
from motionstudio.batch.task import Task
from motionstudio.batch.work import Worker
from motionstudio.core.errors import MotionStudioError
from motionstudio.models.base import Unsupported


def do(worker: Worker, task: Task, output: Path, tick: Callable[[float], bool]) -> Word:
    """``Finished``, ``Refused`` or, where the machine failed and may not the next time, ``Died``.

    A fault of the program comes again with the same clip: it is refused, with its trace. Slot 0.
    """
    try:
        return Finished(0, worker.do(task, output, tick))
    except MotionStudioError as error:
        return Refused(0, str(error))
    except Unsupported as error:
        name = str(error.capability.name).lower()
        return Refused(0, f"{error.model} cannot do this: it has no capability {name}.")
    except (MemoryError, OSError) as error:
        return Died(0, f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - the other clips go on
        what = str(error).splitlines()[0] if str(error) else "without a word"
        message = f"This is a fault of the program, not of yours: {type(error).__name__}: {what}"
        return Refused(0, message, traceback.format_exc())
