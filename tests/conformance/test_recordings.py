"""Gate one: what the vendors really answered comes out whole."""

from __future__ import annotations

import shutil
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from airflow_connectors.core import Record, Window, read

from . import reference
from .loopback import serving
from .recorded import Recording, lost, recordings_of
from .vendors import VENDORS


def found() -> list[Recording]:
    folder = reference.folder() / "recordings"
    return [recording for vendor in VENDORS for recording in recordings_of(vendor, folder / vendor.name)]


@pytest.fixture
def replayed(tmp_path: Path):
    """Serve the one file a recording is from, so that no other recording can answer in its place."""

    def start(recording: Recording) -> AbstractContextManager[str]:
        vendor = recording.vendor
        alone = tmp_path / vendor.name
        alone.mkdir()
        shutil.copy(recording.file, alone)
        tool = reference.required("tools", "replay.py")
        return serving([sys.executable, tool, alone, "--port", 0, *vendor.replay])

    return start


def read_by_hook(hook, recording: Recording) -> list[Record]:
    """The first page: the pages behind it were not recorded."""
    window = Window(None, datetime.now(UTC))
    return next(read(recording.stream, hook.client.send, window, recording.partition)).records


@pytest.mark.parametrize("recording", found(), ids=str)
def test_every_recorded_field_survives(recording, replayed, connect, watched, tally):
    with replayed(recording) as url:
        connect(recording.vendor, url)
        records = read_by_hook(watched(recording.vendor, recording.vendor.hook_class()), recording)
    missing = lost(recording.records, records)
    tally.saw(recording.vendor.name, recording.stream.name)
    tally.recordings.add((recording.file.name, recording.stream.name, recording.number))
    tally.fields_lost += len(missing)
    assert (missing, len(records)) == ([], len(recording.records))


def test_there_are_recordings_of_each_vendor_that_was_recorded():
    folder = reference.required("recordings")
    recorded = {vendor.name for vendor in VENDORS if (folder / vendor.name).exists()}
    assert {recording.vendor.name for recording in found()} == recorded
