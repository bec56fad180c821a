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
    "saliency": "Saliency of the motion",
    "difference image": "Difference image of the model",
    "kernels": "Kernels",
    "features before": "Feature maps before the kernels",
    "features after": "Feature maps after the kernels",
    "flow": "Flow to the next frame",
    "memory": "Memory",
    "next frame": "Next frame, predicted",
    "next error": "Error of the next frame",
}
_WORDS = {
    "heat maps": "where each keypoint is seen, one colour each",
    "sparse motions": "the source moved by each keypoint alone, bright where its mask counts",
    "masks": "which keypoint's motion moves what, one colour each; clear: the background's",
    "deformed": "the source moved by the whole motion field, nothing drawn",
    "surprise": "red where the true pixel surprised the model; full at 3 nats and more",
    "saliency": "what shows the motion up to this frame; red where the model looks most",
    "kernels": "finest scale first · red: positive · arrow: where it moves its map",
    "features before": "what is seen in the picture before this one, the finest scale first",
    "features after": "the same, each map under its kernel",
    "memory": "one tile for each channel of the memory · red above 0, blue below",
    "next frame": "what the frame before leads the model to expect here",
    "next error": "red: predicted brighter than it is · blue: darker · grey: not known",
}


def map_title(name: str) -> str:
    """Its name for people."""
    return _TITLES[name]


def map_legend(name: str) -> Legend:
    """What its colours mean."""
    if name == "occlusion":
        words = "how much of the source can be seen"
        return Legend(display.sequential(), "0 hidden", "1 seen", words)
    if name == "difference image":
        words = "what is added to the picture before"
        return Legend(display.diverging(), "darker", "brighter", words)
    if name == "flow":
        return Legend(display.hue_wheel(), words="where it goes · full at 3 px a frame", wheel=True)
    return Legend(None, words=_WORDS[name])
