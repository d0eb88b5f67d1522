"""Metrics: one a file, each a Scorer that compares a candidate with its references."""
