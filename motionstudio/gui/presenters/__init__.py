"""Presenters: they listen to document, view and engine, and call the setters of panes.

What they keep for themselves is derived or in flight, never part of the document.
"""
