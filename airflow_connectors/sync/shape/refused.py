"""What becomes of a record that a stage after the transforms cannot take."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_connectors.core import Record


@dataclass(frozen=True)
class Refused:
    """A record as it was shaped, and why it goes no further. `Shaped.rejects_of` finds its raw form."""

    error: str
    record: Record
