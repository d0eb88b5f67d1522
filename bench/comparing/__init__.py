"""Two runs, or two systems, compared."""
