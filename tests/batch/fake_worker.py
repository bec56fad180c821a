"""A worker without models: writes what it was asked for, and dies where its folder says so.

``python fake_worker.py OUTPUT`` beside ``OUTPUT/../fate.json``: for each clip's name a list of
what its attempts end in: ``kill``, ``kill late`` (all is written, nothing is said), ``refuse``,
``break``, ``fault`` or ``part`` (an evaluation fails). Every attempt and every result is a line of
``attempts.txt`` and ``results.txt`` there.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from motionstudio.batch import results
from motionstudio.batch.crew import Died, Finished, Progressed, Refused, Word, plain
from motionstudio.batch.lapse import Lapse
from motionstudio.batch.task import Outcome, Task


def note(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text + "\n")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def say(word: Word) -> None:
    sys.stdout.write(json.dumps(plain(word)) + "\n")
    sys.stdout.flush()


def do(task: Task, output: Path, fate: str) -> Word:
    if fate == "refuse":
        return Refused(0, f"{task.name} cannot be read.")
    if fate == "break":
        return Died(0, "ValueError: three sides")
    if fate == "fault":
        return Refused(0, "This is a fault of the program.", "Traceback: three sides")
    lapses = (Lapse("prediction", "It is too dark."),) if fate == "part" else ()
    outcome = Outcome(task.key, {"rmse": 0.5}, ("made.txt",), (), 0.25, lapses)
    with results.making(output / task.name) as part:
        (part / "made.txt").write_text(task.key, encoding="utf-8")
        say(Progressed(0, 0.5))
        if fate == "kill":
            die()
        results.note(part, outcome)
    note(output.parent / "results.txt", task.name)
    if fate == "kill late":
        die()
    return Finished(0, outcome)


def main() -> None:
    output = Path(sys.argv[1])
    fates = json.loads((output.parent / "fate.json").read_text(encoding="utf-8"))
    attempts = output.parent / "attempts.txt"
    for line in sys.stdin:
        task = Task.from_line(line)
        note(attempts, task.name)
        before = attempts.read_text(encoding="utf-8").splitlines().count(task.name)
        ends = fates.get(task.name, [])
        say(do(task, output, ends[before - 1] if before <= len(ends) else ""))


main()
