"""Statistics over arrays: pure functions, missing values as NaN."""
