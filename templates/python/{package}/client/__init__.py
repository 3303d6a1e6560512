"""The client, which runs requests. Its public names are exported by `scenario_models`."""
