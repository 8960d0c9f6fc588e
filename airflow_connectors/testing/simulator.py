"""One service on a port of its own, for tests and benchmarks."""

from __future__ import annotations

from typing import Any, Self

from .hooks import Hook, hook_of
from .server import Server
from .service import Service
from .world import World
from .worlds import world_of


class Simulator(Service):
    """
    `with Simulator(GitHubHook, GitHubWorld()) as simulator:` serves the world at `simulator.url`.

    `page_size` caps every page, so that few records make many pages; `token` is what opens it.
    """

    def __init__(self, hook: type[Hook], world: World, *, port: int = 0, **options: Any) -> None:
        super().__init__(hook, world, **options)
        self._server = Server({"": self}, port)

    def __enter__(self) -> Self:
        self.settle(self._server.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()


def simulator_of(integration: str, *, seed: int = 1, port: int = 0, **sizes: Any) -> Simulator:
    """The simulator of an integration, by name; `sizes` and all else are for its world."""
    return Simulator(hook_of(integration), world_of(integration)(seed=seed, **sizes), port=port)
