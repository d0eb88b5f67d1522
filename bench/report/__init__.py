"""A record in, something to read out."""
