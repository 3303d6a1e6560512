"""The command line `scenario-models`: `main` has the verbs, `arguments` reads parameters, `screen` prints."""
