"""Model loaders: one a kind of model, each loaded once and shared by all that use it."""
