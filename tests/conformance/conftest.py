"""Fixtures of the conformance tests, and the line they end with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from airflow_connectors.provider import ConnectorHook

from .judging import Watch
from .tally import Tally
from .vendors import Vendor

TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print the truth after everything that pytest itself has to say."""
    if not config.option.collectonly:
        print(config.stash[TALLY])  # noqa: T201 - the promised last line


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    return pytestconfig.stash[TALLY]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Point the vendor's default connection at a server."""

    def connect(vendor: Vendor, url: str, **fields: Any) -> None:
        values = {"conn_type": vendor.hook_class.conn_type, "host": url, **vendor.connection, **fields}
        monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.hook_class.default_conn_name.upper()}", json.dumps(values))

    return connect


@pytest.fixture
def watched(tally: Tally) -> Iterator[Callable[..., Any]]:
    """Have a hook's requests judged; at the end of the test none may have been illegal."""
    watches: list[Watch] = []
    hooks: list[ConnectorHook] = []

    def watched(vendor: Vendor, hook: Any, mount: str | None = None) -> Any:
        watch = Watch(vendor, tally, vendor.mount if mount is None else mount)
        watch.over(hook.client)
        watches.append(watch)
        hooks.append(hook)
        return hook

    yield watched
    for hook in hooks:
        hook.close()
    assert [fault.text for watch in watches for fault in watch.faults] == []
