"""Dialogs: values in, values out; they know no document and no engine."""
