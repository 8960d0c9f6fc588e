"""Deleting what no manifest lists any more: what was replaced, and what interrupted runs left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from . import layout
from .formats import FORMATS
from .manifested import Manifested
from .store import Store

WEEK = timedelta(days=7)


def prune(table: Manifested, older_than: timedelta = WEEK) -> int:
    """
    Delete a table's files that do not count, and return how many they were.

    `older_than` has to be longer than any run, and than anybody reads a list of files that he once made. A
    file whose age the store does not tell stays.
    """
    store, before = Store(table.path), datetime.now(UTC) - older_than
    condemned = [name for name in _unlisted(store, table) if _is_older(store, name, before)]
    for name in condemned:
        store.delete(name)
    return len(condemned)


def _unlisted(store: Store, table: Manifested) -> Iterator[str]:
    """Manifests first, so that none ever lists what is gone."""
    counted = set(map(id, table.manifests))
    yield from (name for name, manifest in table.written.items() if id(manifest) not in counted)
    listed = {file.name for file in table.files}
    folder = layout.data_folder(table.connection, table.table)
    found = (name for format_ in FORMATS for name in store.names(folder, f".{format_}"))
    yield from (name for name in found if name not in listed)


def _is_older(store: Store, name: str, moment: datetime) -> bool:
    written = store.at(name).stat().st_mtime
    return bool(written) and datetime.fromtimestamp(written, UTC) < moment
