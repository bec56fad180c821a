"""Quality of checkpoints beside classical methods: `python -m benchmarks.quality heart figures`.

The same tables as `motionstudio evaluate`, for several checkpoints in one go, as Markdown.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch

from motionstudio.evaluation import SUBJECTS, TASKS, evaluate
from motionstudio.models.registry import load_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Formatter)
    parser.add_argument("models", nargs="+", help="names or paths of checkpoints")
    parser.add_argument("--task", choices=TASKS, help="one task instead of all")
    parser.add_argument("--data", type=Path, help="folder of the real clips")
    parser.add_argument("--subjects", type=int, default=SUBJECTS, help="generated test subjects")
    parser.add_argument("--rival", help="checkpoint beside the model in interpolation")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    rivals = [load_model(chosen.rival)] if chosen.rival else []
    for name in chosen.models:
        start, model = time.monotonic(), load_model(name)
        report = evaluate(model, chosen.task, chosen.data, chosen.subjects, _tell, rivals=rivals)
        card = model.card
        print(f"## {card.title} ({card.name}, {card.hash}, {card.steps} steps)\n")
        print(report.markdown())
        print(f"\n{time.monotonic() - start:.0f} s, one thread, torch {torch.__version__}.\n")


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


class _Formatter(argparse.RawDescriptionHelpFormatter, argparse.ArgumentDefaultsHelpFormatter):
    """Keeps the text's lines and prints the defaults."""


if __name__ == "__main__":
    main()
