"""The routes of the API, a module for each of its resources, and those of the sandbox itself."""
