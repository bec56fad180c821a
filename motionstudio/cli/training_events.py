"""Shows a training run: a bar on a terminal, lines elsewhere, JSON lines on request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from motionstudio.cli.output import say, show
from motionstudio.core.durations import clock
from motionstudio.training.events import (
    Event,
    Failed,
    Finished,
    Paused,
    Said,
    Saved,
    Stepped,
    Validated,
    Watched,
    to_line,
)
from motionstudio.training.recipe import Recipe

Tell = Callable[[Event], None]


@contextmanager
def watcher(recipe: Recipe, as_json: bool) -> Iterator[Tell]:
    """What receives the events of a run.

    Args:
        recipe: the run's, which tells how many steps there are.
        as_json: JSON lines on stdout instead of sentences on stderr.
    """
    if as_json:
        yield lambda event: show(to_line(event))
    elif sys.stderr.isatty():
        with _bar(recipe) as tell:
            yield tell
    else:
        yield lambda event: say(sentence(event))


def sentence(event: Event) -> str:
    """An event for people."""
    if isinstance(event, Said):
        return event.text
    if isinstance(event, Stepped):
        return (
            f"step {event.step} of {event.steps}: {figures(event)}, "
            f"{event.speed:.1f} steps/s, {clock(event.left)} left{waiting(event)}"
        )
    if isinstance(event, Validated):
        return f"step {event.step}, held-out subjects: {_listed(event.figures)}"
    if isinstance(event, Saved):
        return f"step {event.step}: state saved"
    if isinstance(event, Watched):
        return (
            f"step {event.step}, {event.clip}: RMSE {event.error:.4g}, "
            f"its first frame held {event.still:.4g}; {event.picture}"
        )
    if isinstance(event, Paused):
        return f"step {event.step}: paused, state saved"
    if isinstance(event, Failed):
        return f"{event.text} {event.hint}".strip()
    return f"step {event.step}: checkpoint {event.path} written"


def waiting(event: Stepped) -> str:
    """Which share of the time was spent waiting for data; empty where nobody knows."""
    return "" if event.waiting is None else f", {event.waiting:.0%} waiting for data"


def figures(event: Stepped) -> str:
    """The losses of an event."""
    return _listed(event.losses)


def _listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in values.items())


@contextmanager
def _bar(recipe: Recipe) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(recipe.name),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("preparing", total=recipe.steps)

        def tell(event: Event) -> None:
            if isinstance(event, Stepped):
                text = f"{figures(event)}, {clock(event.left)} left{waiting(event)}"
                bar.update(task, completed=event.step, description=text)
            elif isinstance(event, Finished):
                bar.update(task, completed=event.step, description="done")
            else:
                bar.console.print(sentence(event), markup=False, highlight=False)

        yield tell
