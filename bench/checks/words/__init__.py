"""Words: how they and names are spelled, the same word in another form, where a document has them."""
