"""Trouble on request: errors, garbage, and things that happen while somebody is reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .exchange import Asked


@dataclass
class Fault:
    """An answer to give instead of the right one, as many times. Without a body it is the service's own."""

    status: int
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    path: str = ""

    def strikes(self, asked: Asked) -> bool:
        if not self.times or not re.search(self.path, asked.path):
            return False
        self.times -= 1
        return True


@dataclass
class Faults:
    """What is still to go wrong."""

    faults: list[Fault] = field(default_factory=list)
    surprises: dict[int, list[Callable[[], object]]] = field(default_factory=dict)

    def surprise(self, request: int) -> None:
        """Let happen what was planned for before this request."""
        for callback in self.surprises.pop(request, ()):
            callback()

    def strike(self, asked: Asked) -> Fault | None:
        return next((fault for fault in self.faults if fault.strikes(asked)), None)
