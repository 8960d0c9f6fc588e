"""The integrations under test, and where others have described and recorded their services."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.provider import ConnectorHook

from . import reference


def described(*parts: str) -> Callable[[], Path]:
    return lambda: reference.required("specs", *parts)


@dataclass(frozen=True)
class Vendor:
    """
    `server` is the base URL that the description's paths continue. `recorded_under` is a pattern of what
    stands before our paths in the recordings. `excused` maps paths that the description lacks to the
    vendor's page that has them.
    """

    hook_class: type[ConnectorHook]
    description: Callable[[], Path]
    server: str
    connection: dict[str, Any] = field(hash=False)
    options: dict[str, Any] = field(hash=False, default_factory=dict)
    recorded_under: str = ""
    replay: tuple[str, ...] = ()
    excused: dict[str, str] = field(hash=False, default_factory=dict)

    @property
    def name(self) -> str:
        return self.hook_class.name

    def excuses(self, path: str) -> bool:
        return any(re.fullmatch(pattern, path) for pattern in self.excused)


GITHUB = Vendor(
    hook_class=GitHubHook,
    description=described("github", "api.github.com.json.gz"),
    server="https://api.github.com",
    connection={"password": "token"},
    options={"repositories": ["octo/demo"]},
)

VENDORS = (GITHUB,)
