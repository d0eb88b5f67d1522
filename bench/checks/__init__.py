"""Factual-consistency checks: one a file, each a Scorer that gives a Verdict a claim."""
