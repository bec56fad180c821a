"""How the window looks: tokens, palette, style sheet and icons; nothing is coloured elsewhere."""
