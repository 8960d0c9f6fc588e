"""The engine that lands records in files of any object store, at least once, under lasting names."""

from .engine import FileSync
from .formats import FORMATS
from .manifest import File, Manifest
from .manifested import Manifested

__all__ = ["FORMATS", "File", "FileSync", "Manifest", "Manifested"]
