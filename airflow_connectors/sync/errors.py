"""What can go wrong between records and a destination, in the families of the core's errors."""

from __future__ import annotations

from airflow_connectors.core import ConfigError, ConnectorError, DataError


class DestinationError(ConfigError):
    """The destination is not there, not SQL, or not as it should be."""


class Superseded(ConnectorError):
    """A newer run has taken over this stream; nothing of this one was written since."""


class TooManyRejects(DataError):
    """More bad records than the run allows. They are in `_sync_rejects`; the cursor has not moved."""


class IncompleteSync(ConnectorError):
    """What was read is written, but it is not, or may not be, all there is."""


class Stopped(ConnectorError):
    """The run was asked to stop. What was complete is committed, and the next run goes on there."""
