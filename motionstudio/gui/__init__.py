"""The window: theme, panes and items that are dumb, presenters that connect them to the rest."""
