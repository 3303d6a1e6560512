"""Check wire payloads without constructing anything: for gateways, queues and tests. Standard library only.

The modules of the models stand here, and importing one gives this package its name: so nothing else may.
"""

from ..lookup import validate
from ..problems import Code, Problem

__all__ = ["Code", "Problem", "validate"]
