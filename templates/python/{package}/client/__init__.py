"""The client, which runs requests. The package exports its public names."""
