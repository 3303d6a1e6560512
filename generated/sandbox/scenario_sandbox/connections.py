"""Connections that a fault can break."""

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """A connection that its requests can find."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.app_state = {**self.app_state, "connection": self}
        self.is_lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.is_lost.set()

    async def drop(self) -> None:
        """Break it at once."""
        self.transport.abort()
        await self.is_lost.wait()  # else the server would report a missing response

    async def close(self) -> None:
        """Close it after what was sent."""
        self.transport.close()
        await self.is_lost.wait()


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a request."""
    connection: Connection = scope["state"]["connection"]
    return connection
