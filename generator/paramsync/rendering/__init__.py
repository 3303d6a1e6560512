"""Render specs into the files of each target."""
