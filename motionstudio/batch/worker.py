"""A worker on this machine: ``python -m motionstudio.batch.worker OUTPUT``.

Reads one task a line from stdin and writes what happens, one JSON object a line, to stdout. It
ends when stdin does: a batch that was killed leaves no workers behind.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from motionstudio.batch.crew import Progressed, Word, plain
from motionstudio.batch.task import Task

_STEP = 0.05


def main(words: list[str]) -> int:
    """Serve until stdin ends.

    Args:
        words: the folder of the results.

    Returns:
        0.
    """
    output = Path(words[0])
    # Whatever a library prints must not stand among the words.
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(word: Word) -> None:
        said.write(json.dumps(plain(word)) + "\n")
        said.flush()

    # Here, so that importing torch does not delay the first task's arrival.
    from motionstudio.batch.doing import do
    from motionstudio.batch.work import Worker

    worker = Worker()
    for line in sys.stdin:
        last = 0.0

        def tick(fraction: float) -> bool:
            nonlocal last
            if fraction - last >= _STEP:
                last = fraction
                say(Progressed(0, fraction))
            return True

        say(do(worker, Task.from_line(line), output, tick))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
