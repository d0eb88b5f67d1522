"""Hydra configs; installed as bench.conf."""
