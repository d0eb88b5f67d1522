"""A text that is read once, and English as data with its one reader."""
