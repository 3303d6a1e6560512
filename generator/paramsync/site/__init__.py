"""The documentation site: which pages it has, and what they are now."""
