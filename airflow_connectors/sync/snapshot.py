"""
A partition read whole: what a complete reading does not show is gone.

A snapshot that needs more than one unit is collected in a durable staging table and shown when it is
complete, so that nobody sees a mixture of two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .kinds import Kind
from .listing import Listing
from .names import digest
from .partition import PartitionRun
from .run import Run
from .verdict import Doubt, Verdict
from .write import Written, delete_absent, live_rows, staged_rows

FEW = 10  # a table this small may shrink by any share


@dataclass(frozen=True)
class Snapshot:
    """The staging table and the end of one partition's complete reading."""

    run: Run
    part: PartitionRun

    def collect(self, kinds: Mapping[str, Kind]) -> None:
        """Open the staging table, with columns of these kinds."""
        tables, conn = self.run.tables, self.run.conn
        if tables.target is not None:
            # Before the table is fitted, because an interrupted run may have left it.
            tables.stage_durably(conn, self._suffix)
        if kinds:
            tables.fit(conn, kinds)
        if tables.stage is None:
            tables.stage_durably(conn, self._suffix)
        self.part.is_staged = True

    def publish(self) -> Written:
        """Show what was collected, unless it is suspiciously little."""
        run, written = self.run, Written()
        staged = staged_rows(run.conn, run.tables)
        if not self.shrinks_to(staged):
            if run.listing is Listing.RECORDS:
                written = run.write_staged(is_unique=False)
            unchanged = staged - written.new - written.changed if run.listing is Listing.RECORDS else 0
            written = replace(written, unchanged=unchanged, deleted=self.delete_absent())
        run.tables.drop_stage(run.conn)
        return written

    def delete_absent(self) -> int:
        """Delete the rows that the staging table does not show, unless rejects may be among them."""
        if self.part.has_rejects:
            self.part.watch.doubts.append(
                Doubt(Verdict.PARTIAL, "records were rejected, so what seems deleted was kept")
            )
            return 0
        if self.part.watch.doubts:  # what did not come may be there all the same
            return 0
        return delete_absent(
            self.run.conn, self.run.tables, self.part.scope, hard=self.run.options.removes_rows
        )

    def shrinks_to(self, now: int) -> bool:
        """Whether a complete reading shows so little that it is more likely wrong than true."""
        before = live_rows(self.run.conn, self.run.tables, self.part.scope)
        if self.run.options.allow_shrink or before < FEW or now * 2 >= before:
            return False
        reason = (
            f"{self.part.key} shrank from {before:,} to {now:,} records, so nothing was changed; "
            "if that is right, run once with allow_shrink=True"
        )
        self.part.watch.doubts.append(Doubt(Verdict.SUSPICIOUS, reason))
        self.part.is_refused = True
        return True

    @property
    def is_there(self) -> bool:
        """Whether what an interrupted run had collected is still there."""
        return self.run.tables.has_durable_stage(self.run.conn, self._suffix)

    def discard(self) -> None:
        self.run.tables.drop_durable_stage(self.run.conn, self._suffix)

    @property
    def _suffix(self) -> str:
        return digest(str(self.part.key))
