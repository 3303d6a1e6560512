"""The command line `scenario-models`: `main` runs it, `verbs` does the work, `parameters` reads `name=value`, `screen` prints."""
