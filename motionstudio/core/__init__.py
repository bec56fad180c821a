"""Values and numpy mathematics that know neither torch nor Qt.

Axes, everywhere in the package: T time, D latent dimension, C channel, H height, W width.
A clip is (T, H, W, C) in its own dtype; what a model sees is (T, C, H, W) float32 in [0, 1].
Displacements are (..., 2, H, W) float32 with channels (dx, dy), x to the right, y down, in
pixels of the picture they belong to, and backward: ``out(p) = in(p + u(p))``.
Matrices of latent motion are (R, D): one row for each frame where the model has frame rows.
"""
