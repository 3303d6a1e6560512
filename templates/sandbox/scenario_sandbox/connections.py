"""Connections that a fault can break off."""

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """A connection that is known to the requests that come over it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.app_state = {**self.app_state, "connection": self}
        self.is_lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is gone."""
        super().connection_lost(exc)
        self.is_lost.set()

    async def drop(self) -> None:
        """Break it off at once."""
        self.transport.abort()
        await self.is_lost.wait()  # else the server would complain of a missing answer

    async def close(self) -> None:
        """Close it behind what was sent."""
        self.transport.close()
        await self.is_lost.wait()


def connection_of(scope: Scope) -> Connection:
    """Give the connection over which a request came."""
    connection: Connection = scope["state"]["connection"]
    return connection
