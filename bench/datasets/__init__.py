"""Readers: one a file, each an iterable of Examples."""
