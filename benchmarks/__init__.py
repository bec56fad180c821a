"""Figures: each module prints a table."""
