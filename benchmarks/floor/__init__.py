"""The floor: what any generator would do at least, by templates for nothing but this corpus, without a check of what it reads or writes."""
