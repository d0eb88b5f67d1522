"""English as data, and the one reader of it."""
