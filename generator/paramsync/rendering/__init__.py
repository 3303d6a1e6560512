"""From specs to generated files."""
