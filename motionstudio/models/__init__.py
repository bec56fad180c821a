"""Generative motion models behind one protocol; torch lives here."""
