"""What changed in the past, as templates see it: by version, model, parameter and provider."""
