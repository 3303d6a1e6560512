"""A folder on disk: read, compared, written, and its git history."""
