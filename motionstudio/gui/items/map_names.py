"""What the maps of a model are called, and what their colours mean."""

from __future__ import annotations

from motionstudio.core import display
from motionstudio.gui.items.layers import Legend

_TITLES = {
    "heat maps": "Heat maps of the keypoints",
    "sparse motions": "Sparse motions",
    "masks": "Masks",
    "occlusion": "Occlusion map",
    "deformed": "Deformed source",
    "surprise": "Surprise map",
}
_WORDS = {
    "heat maps": "where each keypoint is seen, one colour each",
    "sparse motions": "the source moved by each keypoint alone, bright where its mask counts",
    "masks": "which keypoint's motion moves what, one colour each; clear: the background's",
    "deformed": "the source moved by the whole motion field, nothing drawn",
    "surprise": "red where the true pixel surprised the model; full at 3 nats and more",
}


def map_title(name: str) -> str:
    """Its name for people."""
    return _TITLES[name]


def map_legend(name: str) -> Legend:
    """What its colours mean."""
    if name == "occlusion":
        words = "how much of the source can be seen"
        return Legend(display.sequential(), "0 hidden", "1 seen", words)
    return Legend(None, words=_WORDS[name])
