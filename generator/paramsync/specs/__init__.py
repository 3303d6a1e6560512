"""From the facts of a page to one JSON Schema for each model."""
