"""Who says what: quotations word by word, verbs of saying, and speakers."""
