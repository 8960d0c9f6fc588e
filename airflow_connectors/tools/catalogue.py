"""The integrations there are: one for each folder, found by what its `__init__` exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from airflow.sdk import BaseNotifier

from airflow_connectors import integrations
from airflow_connectors.provider import ConnectorHook, ConnectorOperator, ConnectorSensor


@dataclass(frozen=True)
class Integration:
    """One folder's public classes."""

    name: str
    module: ModuleType

    def classes(self, base: type) -> list[type[Any]]:
        exported = (getattr(self.module, name) for name in self.module.__all__)
        return [item for item in exported if isinstance(item, type) and issubclass(item, base)]

    @property
    def hook(self) -> type[ConnectorHook]:
        (hook,) = self.classes(ConnectorHook)
        return hook

    @property
    def operators(self) -> list[type[ConnectorOperator[Any]]]:
        return self.classes(ConnectorOperator)

    @property
    def sensors(self) -> list[type[ConnectorSensor[Any]]]:
        return self.classes(ConnectorSensor)

    @property
    def notifiers(self) -> list[type[BaseNotifier]]:
        return self.classes(BaseNotifier)


def catalogue() -> Iterator[Integration]:
    for found in sorted(iter_modules(integrations.__path__), key=lambda module: module.name):
        yield Integration(found.name, import_module(f"{integrations.__name__}.{found.name}"))
