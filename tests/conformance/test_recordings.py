"""Gate one: what the vendors really answered comes out whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_connectors.core import Record, Window, read

from . import reference
from .recorded import Recording, lost, recordings_of
from .replaying import replayed
from .vendors import VENDORS


def found() -> list[Recording]:
    folder = reference.folder() / "recordings"
    return [recording for vendor in VENDORS for recording in recordings_of(vendor, folder / vendor.name)]


def read_by_hook(hook, recording: Recording) -> list[Record]:
    """The first page: the pages behind it were not recorded."""
    window = Window(None, datetime.now(UTC))
    return next(read(recording.stream, hook.client.send, window, recording.partition)).records


@pytest.mark.parametrize("recording", found(), ids=str)
def test_every_recorded_field_survives(recording, tmp_path, connect, watched, tally):
    vendor, exchange = recording.vendor, recording.exchange
    with replayed(exchange, recording.prefix, tmp_path / vendor.name) as url:
        connect(vendor, url + vendor.mount)
        records = read_by_hook(watched(vendor, vendor.hook_class()), recording)
    missing = lost(recording.records, records)
    tally.saw(vendor.name, recording.stream.name)
    tally.recordings.add((exchange.file.name, recording.stream.name, exchange.number))
    tally.fields_lost += len(missing)
    assert (missing, len(records)) == ([], len(recording.records))


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_what_was_recorded_of_a_vendor_is_used(vendor):
    was_recorded = (reference.required("recordings") / vendor.name).exists()
    assert any(recording.vendor is vendor for recording in found()) == was_recorded


def test_what_is_missing_or_altered_counts_as_lost():
    recorded = [{"id": 1, "note": None, "user": {"name": "ada", "tags": []}}]
    received = [{"id": "1", "user": {"name": "ada"}, "_repository": "octo/demo"}]
    assert lost(recorded, received) == ["0.id", "0.note", "0.user.tags"]
    assert lost(recorded, recorded) == []
