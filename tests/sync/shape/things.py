"""Records to shape, and the raw form of what is rejected."""

from __future__ import annotations

import copy
import json
from typing import Any

from airflow_connectors.sync.shape import Secret, compiled

KEY = Secret("a key of thirty-two characters !")
OTHER = Secret("another key of many characters !")


def issue(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "title": "Broken",
        "user": {"login": "ann", "email": "ann@example.org", "site": {"name": "here"}},
        "labels": ["red", "blue"],
        **fields,
    }


def shaped(record, *transforms, **options):
    """What one record becomes; its input must stay as it was."""
    before = copy.deepcopy(record)
    found = compiled(transforms, **options)([record])
    assert record == before
    assert found.rejects == []
    return found.records[0] if found.records else None


def rejected(record, *transforms, **options):
    """Why a record is rejected, and its raw form."""
    (reject,) = compiled(transforms, **options)([record]).rejects
    return reject.error, json.loads(reject.raw)
