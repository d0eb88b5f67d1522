"""What a model of entailment is asked, and what follows from its answers."""
