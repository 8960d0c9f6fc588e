"""How each contestant measures itself: from its first request to its last commit, imports apart."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def measured() -> Iterator[dict[str, Any]]:
    """Print wall and CPU seconds of the block, the process's peak memory, and what the block adds."""
    result: dict[str, Any] = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield result
    result["wall_s"] = round(time.perf_counter() - wall, 2)
    result["cpu_s"] = round(time.process_time() - cpu, 2)
    result["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(result))
