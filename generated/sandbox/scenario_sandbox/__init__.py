"""A local server that behaves like the API of Scenario: without key, network or cost, and with faults on demand.

Copied by paramsync from templates/sandbox: edit it there.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import Fault as Fault
    from .faults import Switch as Switch
    from .server import Sandbox as Sandbox
    from .service import Entry as Entry
    from .store import StateError as StateError

__all__ = ["Entry", "Fault", "Sandbox", "StateError", "Switch"]

MODULES = {
    "Entry": "service",
    "Fault": "faults",
    "Sandbox": "server",
    "StateError": "store",
    "Switch": "faults",
}


def __getattr__(name: str) -> Any:
    """Load a name when it is first used: pytest imports this package in every run."""
    from importlib import import_module

    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{MODULES[name]}", __name__), name)
