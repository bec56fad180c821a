"""The document that people edit: immutable values, replaced by commands, with a history.

No Qt and no torch: signals are psygnal's. Nothing outside ``commands`` changes a project.
"""
