"""Build specs from pages: one JSON Schema per model."""
