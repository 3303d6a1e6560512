"""What paramsync costs, beside its peers: `make bench` measures all of it, and writes RESULTS.md and the charts."""
