"""The part of the picture that moves: what a model should look at in a wide field of view."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from motionstudio.core.clip import Clip
from motionstudio.core.picture import Box

_SAMPLES = 16
_SIDE = 96
