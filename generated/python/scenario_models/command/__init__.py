"""The command line: `main` runs it, `verbs` does the work, `parameters` reads `name=value`, `screen` prints."""
