"""A page to a profile that reads it, as far as what is usual tells."""
