"""Turn documentation pages into specs, and specs into typed clients, validators and docs."""
