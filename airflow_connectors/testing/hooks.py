"""What the simulator needs to know of a hook. It is handed one, or looks one up by its integration's name."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar, Protocol, cast

import httpx

from airflow_connectors.core import RateLimit, Stream


class Hook(Protocol):
    """The declarations of an integration."""

    name: ClassVar[str]
    conn_type: ClassVar[str]
    default_conn_name: ClassVar[str]
    form: ClassVar[Any]
    limit: ClassVar[RateLimit | None]
    streams: ClassVar[dict[str, Stream]]

    def base_url(self, settings: Any) -> str: ...
    def auth(self, settings: Any) -> httpx.Auth | None: ...


def hook_of(integration: str) -> type[Hook]:
    """The hook class of an integration. Raises ImportError naming one that there is not."""
    module = import_module(f"airflow_connectors.integrations.{integration}")
    name = next(name for name in module.__all__ if name.endswith("Hook"))
    return cast("type[Hook]", getattr(module, name))
