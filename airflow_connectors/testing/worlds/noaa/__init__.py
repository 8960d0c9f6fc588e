"""The National Weather Service for a few states."""

from .world import NoaaWorld

__all__ = ["NoaaWorld"]
