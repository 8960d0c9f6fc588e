"""A folder whose process ends at its nth write, before or after that write is done."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import PosixPath
from typing import Any, ClassVar


class Ended(BaseException):
    """What stands for the end of the process where it is not to end."""


def end() -> None:
    raise Ended


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalPath(PosixPath):
    """Dies at its nth write, as `how` says. An object store writes at once, a folder by renaming."""

    protocol: ClassVar[str] = "file"
    numbers: ClassVar[Iterator[int]] = count()
    last: ClassVar[int] = -1
    how: ClassVar[Callable[[], None]] = staticmethod(end)

    def write_bytes(self, data: Any) -> int:
        if self.protocol == "s3":
            self.parent.mkdir(parents=True, exist_ok=True)
        self._live()
        written = super().write_bytes(data)
        self._live()
        return written

    def rename(self, target: Any) -> Any:
        renamed = super().rename(target)
        self._live()
        return renamed

    def _live(self) -> None:
        if next(self.numbers) == self.last:
            type(self).how()


def mortal(at: int, protocol: str, how: Callable[[], None] = end) -> type[MortalPath]:
    return type(
        "Mortal",
        (MortalPath,),
        {"protocol": protocol, "numbers": count(), "last": at, "how": staticmethod(how)},
    )
