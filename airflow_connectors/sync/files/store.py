"""Whole objects in a folder of any file system or object store: read, written, listed, never half."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self
from uuid import uuid4

from airflow_connectors.sync.errors import DestinationError

# There an object appears when it is complete and not before, and renaming would be copying.
OBJECT_STORES = frozenset({
    *("s3", "s3a", "s3n", "gs", "gcs", "abfs", "abfss", "az", "adl", "wasb", "wasbs", "oss", "oci", "memory"),
})  # fmt: skip


class StorePath(Protocol):
    """What pathlib, universal_pathlib and Airflow's ObjectStoragePath have in common and we use."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> Self: ...
    @property
    def parts(self) -> Any: ...
    def __truediv__(self, key: str, /) -> Self: ...
    def read_bytes(self) -> bytes: ...
    def write_bytes(self, data: bytes, /) -> int: ...
    def mkdir(self, *, parents: bool, exist_ok: bool) -> None: ...
    def rename(self, target: Any, /) -> Any: ...
    def unlink(self) -> None: ...
    def rglob(self, pattern: str, /) -> Iterable[Self]: ...
    def stat(self) -> Any: ...


def location(path: StorePath) -> str:
    """A path as its file system knows it."""
    return str(getattr(path, "path", path))


@dataclass(frozen=True)
class Store:
    """A folder and what is in it. Names are relative to it, their parts divided by `/`."""

    root: StorePath

    @property
    def is_flat(self) -> bool:
        """Whether there are no folders to make, and no halves to hide."""
        return getattr(self.root, "protocol", "file") in OBJECT_STORES

    @property
    def fs(self) -> Any:
        """The fsspec file system underneath, None for the local one of pathlib."""
        return getattr(self.root, "fs", None)

    def at(self, name: str) -> StorePath:
        path = self.root
        for part in name.split("/"):
            path = path / part
        return path

    def read(self, name: str) -> bytes | None:
        """An object's content; None if there is none."""
        path = self.at(name)
        try:
            with self._told("read", name):
                # Not by open(), which first asks for the size, and fails if another run writes meanwhile.
                return bytes(self.fs.cat_file(location(path))) if self.fs else path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Put an object in place, whole, instead of what was there."""
        path = self.at(name)
        with self._told("write", name, FileNotFoundError):
            if self.is_flat:
                path.write_bytes(content)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            unseen = path.parent / f".{path.name}.{uuid4().hex}"
            unseen.write_bytes(content)
            unseen.rename(path)

    def delete(self, name: str) -> None:
        with self._told("delete", name, FileNotFoundError):
            self.at(name).unlink()

    def names(self, folder: str, suffix: str) -> Iterator[str]:
        """The objects below a folder, in order, as they are now."""
        if self.fs is not None:
            self.fs.invalidate_cache()  # what others wrote since is not in it
        above = len(self.root.parts)
        with self._told("list", folder):
            found = ["/".join(path.parts[above:]) for path in self.at(folder).rglob(f"*{suffix}")]
        yield from sorted(name for name in found if not name.rpartition("/")[2].startswith("."))

    @contextmanager
    def _told(self, what: str, name: str, *more: type[OSError]) -> Iterator[None]:
        """Say what was attempted and what to do where the store refuses."""
        try:
            yield
        except FileNotFoundError as error:
            if FileNotFoundError not in more:
                raise
            raise self._error(what, name, error) from error
        except OSError as error:
            raise self._error(what, name, error) from error

    def _error(self, what: str, name: str, error: OSError) -> DestinationError:
        message = (
            f"{self.at(name)}: could not {what} it: {error}; check that the place exists and is permitted"
        )
        return DestinationError(message)
