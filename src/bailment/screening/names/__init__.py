"""Names: how they are read, compared and found. Start at `index` and `pairs`."""
