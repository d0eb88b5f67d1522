"""Metrics held against human judgements."""
