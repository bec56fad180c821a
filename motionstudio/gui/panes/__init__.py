"""Dumb panes: signals out (intent, camelCase), setters in (snake_case, never emitting).

Panes know neither document nor engine nor presenters. Frames, rows and dimensions are 0-based
integers; several of them travel as tuples.
"""
