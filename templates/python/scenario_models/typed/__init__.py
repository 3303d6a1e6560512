"""One module per model: the class of its requests."""
