"""The server's process, and its knobs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen


@dataclass(frozen=True)
class Service:
    url: str

    def set(self, *, records: int, latency_ms: float = 0, is_edited: bool = False) -> None:
        """What to serve from now on, counted from zero."""
        params = {"records": records, "latency_ms": latency_ms, "edited": int(is_edited)}
        self._ask(f"/control?{urlencode(params)}")

    def counts(self) -> dict[str, Any]:
        counts: dict[str, Any] = json.loads(self._ask("/count"))
        return counts

    def _ask(self, path: str) -> bytes:
        with urlopen(self.url + path) as found:  # noqa: S310 - loopback
            return bytes(found.read())


@contextmanager
def service(capacity: int) -> Iterator[Service]:
    """Start the server with that many records encoded."""
    command = [sys.executable, "-m", "bench.server", str(capacity)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Service(process.stdout.readline().strip() if process.stdout else "")
    finally:
        process.terminate()
        process.wait()
