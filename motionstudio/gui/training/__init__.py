"""Training from the window: runs live in processes and folders of their own."""
