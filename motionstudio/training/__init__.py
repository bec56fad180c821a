"""Training from recipes, in a process of its own."""
