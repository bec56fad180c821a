"""Counts in sentences."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """``1 frame``, ``0 frames``, ``2,400 frames``.

    Args:
        count: how many, >= 0.
        noun: of one; its plural ends in s, or in ies for y after a consonant.
    """
    if count == 1:
        return f"1 {noun}"
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return f"{count:,} {many}"
