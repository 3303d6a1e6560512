"""Read saved pages in Markdown, HTML or folded text."""
