"""Numbers and dates: reading them, what they count, and what a document has in their place."""
