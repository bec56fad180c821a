"""Parts that panes share: the time axis, linked picture views, headers, buttons, marks."""
