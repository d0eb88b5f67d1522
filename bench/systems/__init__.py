"""Summarizers: one a file, each turns an Example into Candidates."""
