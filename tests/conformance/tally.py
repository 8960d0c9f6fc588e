"""What the conformance tests have counted, for the line that `make truth` ends with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Tally:
    """
    Sets hold what was checked, numbers what went wrong.

    `streams` are (integration, stream); `recordings` are (file, stream or action, number within the file);
    `servers` are (server, integration): those of others that our hooks read, and ours that the vendors'
    clients read.
    """

    integrations: set[str] = field(default_factory=set)
    streams: set[tuple[str, str]] = field(default_factory=set)
    recordings: set[tuple[str, str, int]] = field(default_factory=set)
    servers: set[tuple[str, str]] = field(default_factory=set)
    requests: int = 0
    illegal: int = 0
    unknown_params: int = 0
    fields_lost: int = 0
    mismatches: int = 0

    def saw(self, integration: str, stream: str) -> None:
        self.integrations.add(integration)
        self.streams.add((integration, stream))

    def __str__(self) -> str:
        return "truth: " + " ".join(f"{name}={_number(value)}" for name, value in self._in_order())

    def _in_order(self) -> list[tuple[str, int | set[object]]]:
        names = (
            "integrations streams requests illegal unknown_params recordings fields_lost servers mismatches"
        )
        return [(name, getattr(self, name)) for name in names.split()]


def _number(value: int | set[object]) -> int:
    return value if isinstance(value, int) else len(value)
