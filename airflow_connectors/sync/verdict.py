"""What a run did, and whether it may be believed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """Worse is later."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    SUSPICIOUS = "suspicious"


@dataclass(frozen=True)
class Doubt:
    """Why a window is not, or may not be, complete."""

    verdict: Verdict
    reason: str


@dataclass
class Summary:
    """
    The account of one run of one stream: the ledger's row and the task's XCom.

    In seconds are `waited`, `seconds`, `lateness` (how far behind the cursor records appeared), `lookback`.
    """

    stream: str
    table: str
    run_id: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    pages: int = 0
    requests: int = 0
    waited: float = 0.0
    seconds: float = 0.0
    lateness: float = 0.0
    lookback: float = 0.0
    cursor_from: str | None = None
    cursor_to: str | None = None
    verdict: Verdict = Verdict.COMPLETE
    reasons: list[str] = field(default_factory=list)

    @property
    def records(self) -> int:
        """Records read, each counted once per time it was read."""
        return self.new + self.changed + self.unchanged + self.rejected

    def doubt(self, doubt: Doubt) -> None:
        """Note why the run is less than complete; the worst verdict stays."""
        order = list(Verdict)
        self.verdict = max(self.verdict, doubt.verdict, key=order.index)
        self.reasons.append(doubt.reason)

    def moved(self, before: str | None, after: str | None) -> None:
        """Widen the cursor's span: the furthest behind it began, the furthest ahead it came."""
        self.cursor_from = min(filter(None, (self.cursor_from, before)), default=None)
        self.cursor_to = max(filter(None, (self.cursor_to, after)), default=None)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict.value}
