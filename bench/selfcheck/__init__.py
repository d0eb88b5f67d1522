"""Summaries made worse on purpose, and who notices."""
