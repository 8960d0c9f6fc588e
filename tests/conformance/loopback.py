"""Servers of others, as subprocesses on a port of their own choice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import IO


@contextmanager
def serving(command: Sequence[object], environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server that prints its URL once it listens, and yield that URL."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    assert process.stdout
    drain = Thread(target=process.stdout.read)
    try:
        url = _announced(process.stdout)
        drain.start()  # a full pipe would stop the server
        yield url
    finally:
        process.terminate()
        process.wait(10)
        if drain.ident:
            drain.join()
        process.stdout.close()


def _announced(output: IO[str]) -> str:
    said = []
    for line in output:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found.group()
    raise RuntimeError(f"the server did not start: {''.join(said)[-2000:]}")
