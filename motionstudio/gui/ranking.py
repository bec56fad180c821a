"""How well a name fits what was typed: pure, for the palette of commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WHOLE, _START, _WORD, _INSIDE, _INITIALS = 1000.0, 800.0, 600.0, 400.0, 350.0
_LETTERS, _NEXT, _BEGINS, _GAP = 100.0, 12.0, 10.0, 1.5
_LENGTH = 0.5
_LEAST_LETTERS = 3
"""Two letters somewhere in a name are a coincidence."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be found.

    Attributes:
        key: what it is known by.
        name: what people read.
        more: further words that lead to it with less weight: its menu, its tip.
    """

    key: str
    name: str
    more: str = ""


def score(typed: str, name: str) -> float | None:
    """How well ``name`` fits; more is better, None does not match.

    The whole name is best, then its start, a start of a word, a part of it, the first letters of
    its words, and last its letters in order, the closer together the better. Shorter names win
    between equals.
    """
    wanted, text = " ".join(typed.lower().split()), name.lower()
    if not wanted:
        return 0.0
    words = text.replace("-", " ").split()
    if text.rstrip("…") == wanted:
        return _WHOLE
    found: float | None
    if text.startswith(wanted):
        found = _START
    elif any(" ".join(words[i:]).startswith(wanted) for i in range(len(words))):
        found = _WORD
    elif _all_start(wanted.split(), words):
        found = _WORD - 50
    elif wanted in text:
        found = _INSIDE
    elif "".join(word[0] for word in words).startswith(wanted.replace(" ", "")):
        found = _INITIALS
    else:
        found = _letters(wanted.replace(" ", ""), text) if len(wanted) >= _LEAST_LETTERS else None
    return None if found is None else found - _LENGTH * len(text)


def rank(
    typed: str, candidates: Iterable[Candidate], recent: Sequence[str] = ()
) -> tuple[str, ...]:
    """Keys of what matches, the best first.

    Args:
        typed: letters; empty: everything, what was used lately first.
        candidates: what there is, in its own order.
        recent: keys used lately, the newest first; they win between nearly equals.
    """
    scored = []
    for place, candidate in enumerate(candidates):
        points = score(typed, candidate.name)
        if points is None and len(typed.strip()) > 1:
            points = _by_words(typed, f"{candidate.name} {candidate.more}")
        if points is None:
            continue
        if candidate.key in recent:
            points += 40.0 * (1 - recent.index(candidate.key) / max(len(recent), 1)) + 1
        scored.append((-points, place, candidate.key))
    return tuple(key for _, _, key in sorted(scored))


def _by_words(typed: str, text: str) -> float | None:
    words = text.lower().replace("/", " ").split()
    return 50.0 if _all_start(typed.lower().split(), words) else None


def _all_start(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each of the typed words is the start of a word."""
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _letters(wanted: str, text: str) -> float | None:
    points, at, before = _LETTERS, 0, -1
    for letter in wanted:
        at = text.find(letter, at)
        if at < 0 or (before < 0 and at > 0 and text[at - 1] not in " -"):
            return None
        if at == before + 1:
            points += _NEXT
        elif before >= 0:
            points -= _GAP * (at - before)
        if at == 0 or text[at - 1] in " -":
            points += _BEGINS
        before = at
        at += 1
    # Letters scattered over a long name are a coincidence, not a match.
    return points if points > 0 else None
