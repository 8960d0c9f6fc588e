"""What a task expects of each of its streams."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.expectations import Anomalies, Expect

Expected = Expect | Mapping[str, Expect] | None


def check_expected(expected: Expected, streams: Collection[str], anomalies: str) -> None:
    """Raise ConfigError for expectations of streams that the task does not sync."""
    if anomalies not in list(Anomalies):
        raise ConfigError(f"anomalies={anomalies!r} is none of {', '.join(Anomalies)}")
    if isinstance(expected, Mapping) and (unknown := expected.keys() - set(streams)):
        message = f"expect names {', '.join(sorted(unknown))}, but the task syncs {', '.join(streams)}"
        raise ConfigError(message)


def expected_of(expected: Expected, stream: str) -> Expect:
    """One expectation is for every stream, a mapping for those it names."""
    if isinstance(expected, Mapping):
        expected = expected.get(stream)
    return expected or Expect()
