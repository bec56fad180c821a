"""The window in which a camera or a clip drives a picture live."""
