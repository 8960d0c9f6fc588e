"""What it means that a service lists a record."""

from __future__ import annotations

from enum import StrEnum


class Listing(StrEnum):
    """Of RECORDS rows are made. KEYS are all there are, so that others are gone. REMOVALS are gone."""

    RECORDS = "records"
    KEYS = "keys"
    REMOVALS = "removals"
