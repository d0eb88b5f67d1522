"""Who does what to whom: clauses from a parse, their polarity, and what contradicts them."""
