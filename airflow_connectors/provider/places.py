"""Which partitions of a stream to read: those a person names, among those that another stream lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from airflow_connectors.core import ConfigError, DataError, Partition, Place, Record, Stream, dig


def placed(
    partition: Partition, parent: Stream, records: Iterable[Record], outer: Place | None
) -> Iterator[Place]:
    """The places that a parent's records stand for. Raises DataError for one that names none."""
    around = outer if isinstance(outer, tuple) else (outer,) if outer else ()
    for record in records:
        value = dig(record, partition.field, None)
        if value is None:
            raise DataError(
                f"{parent.name}: a record has no {partition.field!r}, which names its {partition.name}"
            )
        yield (*around, str(value)) if around else str(value)


def chosen(partition: Partition, named: Sequence[Place], listed: Iterable[Place]) -> Iterator[Place]:
    """
    The places that are named, or all. Of those named by their innermost value alone the rest is looked up.

    Raises ConfigError for one that is not found, after all others.
    """
    if not named:
        yield from listed
    yield from (place for place in named if isinstance(place, tuple))
    absent = wanted = {place for place in named if isinstance(place, str)}
    for place in listed if wanted else ():
        if place[-1] in wanted:
            absent = absent - {place[-1]}
            yield place
    if absent:
        raise ConfigError(f"{partition.option}: {partition.stream} lists no {', '.join(sorted(absent))}")
