"""What is of no one model: the names of parameters, and providers, each with its slug."""
