"""Names: where a text has them, and what a document has in a name's place."""
