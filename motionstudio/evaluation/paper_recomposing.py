"""The claims of recomposing sequences (Jaegle et al. 2016), measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from motionstudio.core.errors import MotionStudioError
from motionstudio.evaluation import recomposing_trials as trials
from motionstudio.evaluation.paper import Claim, Findings, PaperRun, untried
from motionstudio.models.recomposing_model import RecomposingModel
from motionstudio.models.registry import list_models, load_model

SOURCE = "Recomposing, Jaegle et al. 2016"
DIGITS, REAL = "digits_recomposing", "motion_search"
MOUSE = "mouse_treadmill"


def claims(run: PaperRun) -> Findings:
    """All claims: on generated digits, and on held-out sprites, gestures and a mouse."""
    return Findings((*_of_digits(run), *_of_real(run)))


def _loaded(name: str) -> RecomposingModel | None:
    if name not in {card.name for card in list_models()}:
        return None
    model = load_model(name)
    if not isinstance(model, RecomposingModel):
        raise MotionStudioError(f"{name} does not compose motion.")
    return model


def _of_digits(run: PaperRun) -> list[Claim]:
    model = _loaded(DIGITS)
    if model is None:
        return [
            untried(SOURCE, "Motion of digits emerges from the laws alone", f"checkpoint {DIGITS}")
        ]
    clips, moved = trials.digits(max(60, run.count))
    known, fresh = (trials.probe(m, clips, moved) for m in (model, trials.untrained(model)))
    same, back, loop = known.distances
    run.tell("recomposing: displacement of digits")
    area = trials.saliency_area(model, max(20, run.count // 2))
    chance = trials.saliency_area(trials.untrained(model), max(20, run.count // 2))
    run.tell("recomposing: saliency")
    two = trials.two_motions(model, max(20, run.count // 4))
    return [
        Claim(
            SOURCE,
            "A linear read-out of the embedding tells the displacement, which no loss named",
            "-",
            f"R2 {known.fit:.2f}, with random weights {fresh.fit:.2f}",
            known.fit > 0.8 > fresh.fit + 0.2,
            note=f"net displacement of {len(clips)} moving digits never trained on",
        ),
        Claim(
            SOURCE,
            "Recompositions of a motion stay together; its reverse and loops are told apart",
            "margin 0.5",
            f"same way {same:.2f}, way back {back:.2f}, there and back {loop:.2f}",
            same < 0.1 and back > 1 and loop > 0.5,
            recalled=True,
            note="cosine distances, 0 the same and 2 the opposite",
        ),
        Claim(
            SOURCE,
            "Nearest neighbours of the embedding move alike",
            "-",
            f"displacements {known.nearest:.1f} px apart, any two {known.anyone:.1f} px",
            known.nearest < 0.45 * known.anyone,
        ),
        Claim(
            SOURCE,
            "Saliency lies on what moves, not on what is merely there",
            "figure only",
            f"area under the curve {area:.2f}, with random weights {chance:.2f}",
            area > max(0.6, chance + 0.05),
            recalled=True,
            note="a moving digit's pixels against those of a second one that stands still",
        ),
        Claim(
            SOURCE,
            "Two motions in one picture are found and told apart by looking at parts of it",
            "figure only",
            f"{two.found:.0%} found, R2 of their displacements {two.fit:.2f}",
            two.found > 0.8 and two.fit > 0.6,
            recalled=True,
            note="windows of 32 of 64 pixels; the read-out knew single digits only",
        ),
    ]


def _of_real(run: PaperRun) -> list[Claim]:
    retrieval = "The same motion is found again in others, better than by pixels or flow"
    model = _loaded(REAL)
    if model is None:
        return [untried(SOURCE, retrieval, f"checkpoint {REAL}")]
    if run.data is None:
        return [untried(SOURCE, retrieval, "the data folder")]
    ways = trials.embeddings(model)
    found: list[Claim] = []
    if (run.data / trials.SPRITES).exists():
        found += _of_sprites(run.data, model.config.size, ways)
        run.tell("recomposing: sprites")
    if all((run.data / name).exists() for name in trials.GESTURES):
        found += _of_gestures(run.data, model.config.size, ways)
        run.tell("recomposing: gestures")
    if mouse := sorted((run.data / MOUSE).glob("*.mp4")):
        found.append(_of_mouse(mouse[0], model))
    return found or [untried(SOURCE, retrieval, "the real data")]


def _of_sprites(data: Path, size: int, ways: Mapping[str, trials.Embed]) -> list[Claim]:
    clips, does, who = trials.sprite_clips(data, size)
    plain, other = {}, {}
    for name, embed in ways.items():
        rows = np.stack([embed(clip) for clip in clips])
        asked = np.stack([embed(trials.in_other_tones(clip)) for clip in clips])
        plain[name] = trials.found_among_others(rows, rows, does, who)
        other[name] = trials.found_among_others(asked, rows, does, who)
    return [
        _retrieval("sprites by action and direction", plain, len(clips)),
        _retrieval("sprites seen inverted and from nearer", other, len(clips)),
    ]


def _of_gestures(data: Path, size: int, ways: Mapping[str, trials.Embed]) -> list[Claim]:
    windows, places = trials.gesture_windows(data, size)
    both = {n: trials.moments_found(embed, windows, places) for n, embed in ways.items()}
    words = "gestures seen inverted and from nearer, the same "
    found = []
    for place, what in enumerate(("gesture", "half second")):
        shares = {name: pair[place] for name, pair in both.items()}
        found.append(_retrieval(words + what, shares, len(windows)))
    return found


def _of_mouse(clip: Path, model: RecomposingModel) -> Claim:
    spread, back = trials.laws_of(model, clip, model.config.size, model.config.channels)
    return Claim(
        SOURCE,
        "The laws hold on a real animal that nothing was learned from",
        "-",
        f"a mouse on a treadmill: recomposed {spread:.2f} apart, the way back {back:.2f}",
        spread < 0.5 * back,
        note="mean cosine distances over windows of 12 frames",
    )


def _retrieval(what: str, shares: dict[str, float], count: int) -> Claim:
    others = max(share for name, share in shares.items() if name != "model")
    words = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    return Claim(
        SOURCE,
        f"The same motion is found again: {what}",
        "-",
        words,
        shares["model"] > others,
        note=f"share of {count} held-out queries answered rightly; holds where it beats both",
    )
