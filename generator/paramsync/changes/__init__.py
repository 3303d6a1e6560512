"""What changed between two sets of specs, and whom it breaks."""
