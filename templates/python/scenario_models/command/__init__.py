"""The command line `scenario-models`: `main` has the verbs, `arguments` what is typed, `screen` what is shown."""
