"""One module per model, with the class of its requests."""
