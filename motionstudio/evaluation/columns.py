"""The columns that tables share: one heading, unit and number of digits for each figure."""

from __future__ import annotations

from motionstudio.evaluation.table import Column

RMSE = Column("rmse", "RMSE", 4, True, better="less")
PSNR = Column("psnr", "PSNR dB", 2, unit="dB", better="more")
SSIM = Column("ssim", "SSIM", 3, better="more")
DICE = Column("dice", "Dice", 3, True, better="more")
HD95 = Column("hd95", "HD95 px", 2, unit="px", better="less")
HD95_MM = Column("hd95 mm", "HD95 mm", 2, unit="mm", better="less")
FOLDED = Column("folds", "folded %", 3, unit="%", better="less")
GRADIENT = Column("gradient", "|grad det J|", 4, unit="1/px")
TIME = Column("ms", "CPU ms/frame", 1, unit="ms", better="less")

PICTURES = (RMSE, PSNR, SSIM)
"""What ``material.picture_figures`` gives."""
