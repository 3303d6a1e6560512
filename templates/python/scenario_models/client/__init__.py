"""The client: runs requests, safely. What to use is in `scenario_models` itself."""
