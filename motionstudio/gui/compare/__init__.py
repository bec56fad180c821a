"""One clip under several models, side by side, in a window of its own."""
