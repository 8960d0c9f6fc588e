"""What `airflow connectors …` does. Each command prints a table or JSON; an error is one line."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException

from airflow_connectors.core import ConfigError, ConnectorError, Place, Stream
from airflow_connectors.sync import Destination, Options, Sync, Write, operate, require_complete
from airflow_connectors.sync.operate.text import aligned, as_plain

from .destinations import destination_of
from .hook import ConnectorHook
from .operators import moment
from .sync import secret_of

COUNTS = ("new", "changed", "unchanged", "deleted", "rejected", "requests", "seconds")
RUN = ("started_at", "connection", "table_name", "kind", *COUNTS, "verdict", "reasons", "error")
SHAPE = {"transforms", "route", "children", "contract", "keep_raw"}

Command = Callable[[Namespace], None]


def command(function: Command) -> Command:
    """Let a command find connections, and say its errors in one line."""

    @wraps(function)
    def run(chosen: Namespace) -> None:
        # As Airflow's own commands do: otherwise connections that are kept in its database are not found.
        os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
        try:
            function(chosen)
        except ConnectorError as error:
            raise SystemExit(f"airflow connectors {function.__name__}: {error}") from error

    return run


@command
def plan(chosen: Namespace) -> None:
    options = _options(chosen)
    with _opened(chosen) as (hook, destination):
        probe = hook.client.send if chosen.probe else None
        planner = operate.Planner(destination, hook.conn_id, hook.limit, probe, secret_of)
        plans = [
            planner.plan(stream, _known_partitions(hook, stream, chosen, destination), options)
            for stream in _streams(hook, chosen)
        ]
    _show(chosen, [one.as_dict() for one in plans], "\n\n".join(map(str, plans)))


@command
def backfill(chosen: Namespace) -> None:
    options = _options(chosen)
    if not options.is_backfill:
        raise ConfigError("give --since, --until or both; without a window it would be a live sync")
    with _opened(chosen) as (hook, destination):
        sync = Sync(destination, hook.conn_id, hook.client, secret_of)
        given = _settings(chosen)
        done = [
            sync.run(stream, hook.partitions(stream, given), options) for stream in _streams(hook, chosen)
        ]
    rows = [summary.as_dict() for summary in done]
    _show(chosen, rows, _table(rows, ("stream", "table", *COUNTS, "verdict", "reasons")))
    for summary in done:
        require_complete(summary)


@command
def state(chosen: Namespace) -> None:
    with closing(destination_of(chosen.destination, chosen.schema)) as destination:
        rows = [asdict(one) for one in operate.standings(destination, chosen.connection, chosen.table)]
    _show(chosen, rows, aligned(rows) or f"nothing has been synced into {chosen.schema!r} yet")


@command
def runs(chosen: Namespace) -> None:
    with closing(destination_of(chosen.destination, chosen.schema)) as destination:
        found = operate.runs(destination, chosen.connection, chosen.table, most=chosen.limit)
    _show(chosen, found, _table(found, RUN) or f"nothing has been synced into {chosen.schema!r} yet")


@command
def replay(chosen: Namespace) -> None:
    with _opened(chosen) as (hook, destination):
        stream = hook.stream(chosen.stream)
        done = operate.Replay(destination, hook.conn_id, secret_of).run(
            stream, Options(write=_write(chosen), **_shape(chosen))
        )
    _show(chosen, [done.as_dict()], str(done))
    if done.still_bad:
        raise SystemExit(1)


@command
def reset(chosen: Namespace) -> None:
    what = "/".join(filter(None, (chosen.connection, chosen.table, chosen.partition)))
    rows = ", and its table is dropped" if chosen.drop_table else ""
    question = f"The next run of {what} into {chosen.schema!r} reads everything{rows}. Go on? [y/N] "
    if not chosen.yes and input(question).strip().lower() not in ("y", "yes"):
        raise ConfigError("nothing was reset")
    with closing(destination_of(chosen.destination, chosen.schema)) as destination:
        done = operate.reset(
            destination, chosen.connection, chosen.table, chosen.partition, drop_table=chosen.drop_table
        )
    _show(chosen, [vars(key) for key in done.keys], str(done))


@contextmanager
def _opened(chosen: Namespace) -> Iterator[tuple[ConnectorHook, Destination]]:
    hook = hook_of(chosen.conn_id)
    with closing(hook), closing(destination_of(chosen.destination, chosen.schema)) as destination:
        yield hook, destination


def hook_of(conn_id: str) -> ConnectorHook:
    """The hook of a connection of ours. Raises ConfigError for any other."""
    try:
        hook = BaseHook.get_hook(conn_id)
    except (AirflowException, ImportError) as error:
        raise ConfigError(f"connection {conn_id!r}: {error}") from error
    if not isinstance(hook, ConnectorHook):
        raise ConfigError(f"connection {conn_id!r} leads to {type(hook).__name__}, which has no streams")
    return hook


def _streams(hook: ConnectorHook, chosen: Namespace) -> list[Stream]:
    return [hook.located(hook.stream(name)) for name in chosen.stream or hook.streams]


def _known_partitions(
    hook: ConnectorHook, stream: Stream, chosen: Namespace, destination: Destination
) -> Iterable[Place | None]:
    """Those that are named, or else those that earlier runs have listed: a plan asks for no list."""
    given, partition = _settings(chosen), stream.partition
    if partition is None or given.get(partition.option) or not partition.stream:
        return hook.partitions(stream, given)
    standings = operate.standings(destination, hook.conn_id, stream.name)
    known = [partition.place(one.partition) for one in standings]
    if not known:
        message = f"no run has listed the {partition.option} of {stream.name} yet: --set {partition.option}=…"
        raise ConfigError(message)
    return known


def _settings(chosen: Namespace) -> dict[str, list[str]]:
    """`repositories=a,b` as the operator's option."""
    pairs = [setting.partition("=") for setting in chosen.set]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise ConfigError(f"--set {wrong[0]} says no value: write --set {wrong[0]}=VALUE,VALUE")
    return {name: values.split(",") for name, _, values in pairs}


def _options(chosen: Namespace) -> Options:
    return Options(
        write=_write(chosen),
        since=moment(chosen.since),
        until=moment(chosen.until),
        full_refresh=getattr(chosen, "full_refresh", False),
        **_shape(chosen),
    )


def _shape(chosen: Namespace) -> dict[str, Any]:
    """What a file says of transforms, route, children, contract and keep_raw."""
    if not chosen.shape:
        return {}
    try:
        found = json.loads(Path(chosen.shape).read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(f"--shape {chosen.shape}: {error}") from error
    if not isinstance(found, dict) or not found.keys() <= SHAPE:
        raise ConfigError(f"--shape {chosen.shape}: an object with some of {', '.join(sorted(SHAPE))} is due")
    return found


def _write(chosen: Namespace) -> Write:
    if chosen.write not in list(Write):
        raise ConfigError(f"--write {chosen.write} is none of {', '.join(Write)}")
    return Write(chosen.write)


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Some columns of rows; those in which nothing ever is are left out."""
    kept = [name for name in names if any(row[name] not in (None, "", []) for row in rows)]
    return aligned([{name: _joined(row[name]) for name in kept} for row in rows])


def _joined(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _show(chosen: Namespace, values: Sequence[Any], text: str) -> None:
    body = json.dumps(as_plain(list(values)), indent=2) if chosen.output == "json" else text
    sys.stdout.write(f"{body}\n")
