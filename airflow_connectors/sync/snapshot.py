"""
A partition read whole: what a complete reading does not show is gone.

A snapshot that needs more than one unit is collected in a durable staging table and shown when it is
complete, so that nobody sees a mixture of two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .listing import Listing
from .names import digest
from .partition import PartitionRun
from .run import Run
from .tables import Tables
from .verdict import Doubt, Verdict
from .write import Written, delete_absent, delete_elements, delete_orphans, live_rows, staged_rows

FEW = 10  # a table this small may shrink by any share


@dataclass(frozen=True)
class Snapshot:
    """The staging table and the end of one partition's complete reading."""

    run: Run
    part: PartitionRun
    tables: Tables

    def collect(self) -> None:
        """Open the staging table, which an interrupted run may have left."""
        self.tables.stage_durably(self.run.conn, self._suffix)
        self.part.is_staged = True

    def publish(self) -> Written:
        """Show what was collected, unless it is suspiciously little."""
        run, written = self.run, Written()
        staged = staged_rows(run.conn, self.tables)
        if not self.part.is_refused and not self.shrinks_to(staged):
            if run.listing is Listing.RECORDS:
                written = run.write_staged(self.tables, is_unique=False)
            if self.tables.parent:
                delete_elements(run.conn, self.tables, hard=run.options.removes_rows)
            unchanged = staged - written.new - written.changed if run.listing is Listing.RECORDS else 0
            written = replace(written, unchanged=unchanged, deleted=self.delete_absent())
        self.tables.drop_stage(run.conn)
        return written

    def delete_absent(self) -> int:
        """Delete the rows that the staging table does not show, unless rejects may be among them."""
        hard, parents = self.run.options.removes_rows, self._parents
        if parents is not None:
            return delete_orphans(self.run.conn, self.tables, parents, hard=hard)
        if self.part.has_rejects:
            self.part.watch.doubts.append(
                Doubt(Verdict.PARTIAL, "records were rejected, so what seems deleted was kept")
            )
            return 0
        if self.part.watch.doubts:  # what did not come may be there all the same
            return 0
        return delete_absent(self.run.conn, self.tables, self._scope, hard=hard)

    def shrinks_to(self, now: int) -> bool:
        """Whether a complete reading shows so little that it is more likely wrong than true."""
        if self.tables.parent:  # the records they are of are counted
            return False
        before = live_rows(self.run.conn, self.tables, self._scope)
        options = self.run.options
        if options.allow_shrink or before < FEW or now >= before * (1 - options.expect.max_shrink):
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
        return self.tables.has_durable_stage(self.run.conn, self._suffix)

    def discard(self) -> None:
        self.tables.drop_durable_stage(self.run.conn, self._suffix)

    @property
    def _parents(self) -> Tables | None:
        home = self.run.intaker.shaping.homes.get(self.tables.name)
        return self.run.targets[home] if home else None

    @property
    def _scope(self) -> dict[str, str]:
        names = self.run.intaker.shaping.all_fields[self.tables.name].names
        return {names[name]: value for name, value in self.part.scope.items()}

    @property
    def _suffix(self) -> str:
        return digest(str(self.part.key))
