"""The only module with sockets: services behind uvicorn on loopback, in a thread."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from threading import Event, Thread
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from .exchange import Answer, Asked

HOST = "127.0.0.1"


class Answers(Protocol):
    """Anything that answers requests."""

    def answer(self, asked: Asked) -> Answer: ...


class _Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


class Server:
    """Serve each service under its path; port 0 is any that is free."""

    def __init__(self, services: Mapping[str, Answers], port: int = 0) -> None:
        routes = [Mount(path or "/", app=application(service)) for path, service in services.items()]
        settings = {"lifespan": "off", "ws": "none", "log_config": None, "log_level": "warning"}
        self._port = port
        self._server = _Announced(uvicorn.Config(Starlette(routes=routes), **settings))  # type: ignore[arg-type]

    def start(self) -> str:
        """Listen, and return the address. Raises OSError for a port that is taken."""
        self._socket = socket.create_server((HOST, self._port))
        self._thread = Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        self._server.is_ready.wait()
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()


def application(service: Answers) -> ASGIApp:
    """A service as ASGI."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked = await _asked(Request(scope, receive))
        answer = service.answer(asked)
        await Response(answer.body, answer.status, dict(answer.headers))(scope, receive, send)

    return app


async def _asked(request: Request) -> Asked:
    scope, headers = request.scope, dict(request.headers)
    return Asked(
        method=request.method,
        path=scope["path"].removeprefix(scope.get("root_path", "")),
        params=dict(request.query_params),
        headers=headers,
        body=await request.body(),
        url=f"http://{headers.get('host', HOST)}{scope['path']}",
    )
