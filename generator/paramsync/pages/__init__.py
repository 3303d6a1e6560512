"""From the text of a saved page to a Page."""
