"""What the window can do: one file for each menu, and the table made of them."""
