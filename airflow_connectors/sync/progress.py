"""How far a long run is, said in the log every few seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

EVERY = 5.0


@dataclass
class Progress:
    """Counts what one stream brought; `total` is the API's own count, if it gives one."""

    stream: str
    clock: Callable[[], float] = time.monotonic
    pages: int = 0
    records: int = 0
    total: int | None = None
    began: float = field(init=False)
    told: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.told = self.clock()

    def saw(self, records: int) -> None:
        self.pages += 1
        self.records += records
        if (now := self.clock()) - self.told >= EVERY:
            self.told = now
            log.info("%s", self.describe(now))

    def describe(self, now: float) -> str:
        rate = self.records / max(now - self.began, 1e-9)
        share = f", {min(self.records / self.total, 1):.0%} of {self.total:,}" if self.total else ""
        return f"{self.stream}: {self.pages:,} pages, {self.records:,} records, {rate:,.0f}/s{share}"
