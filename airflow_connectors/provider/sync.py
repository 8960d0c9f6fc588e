"""Syncing streams into SQL or files from a DAG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, BaseHook
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from airflow_connectors import sync as engine
from airflow_connectors.core import ConfigError, ConnectorError, RateLimited
from airflow_connectors.sync.errors import IncompleteSync
from airflow_connectors.sync.expectations import Anomalies, Expect
from airflow_connectors.sync.names import checked
from airflow_connectors.sync.options import Options, Write

from .declared import H, is_literal
from .destinations import check_destination, check_files, syncing
from .expecting import check_expected, expected_of
from .files import is_path
from .operators import StreamOperator, moment
from .window import DATA_INTERVAL, STATE, Bounds, check_window, check_windowed, data_interval

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_connectors.sync import Summary
    from airflow_connectors.sync.shape import Secret

DEFAULTS = Options()


class IncompleteTask(IncompleteSync, AirflowFailException):
    """Fails the task without a retry, which would read on from the new cursor and look complete."""


class SyncOperator(StreamOperator[H]):
    """
    Sync streams, all of them by default, into tables of `schema` in `destination`.

    That is the id of a SQL connection, or the URL of an embedded database's file, `duckdb:////data/x.duckdb`
    or `sqlite:////data/x.db`. An object store's path, `s3://conn_id@bucket/prefix` or `file:///data`, takes
    files instead, in a folder `schema`: `format` is parquet, which is the default, jsonl or jsonl.gz. See
    docs/destinations.md.
    Returns a summary per stream: rows new, changed, unchanged, deleted and rejected, requests, waits, the
    cursor's way, and the verdict. A verdict that is not complete fails the task after everything is written,
    and without a retry, unless it is among `accept_verdicts`. A service that asks for a long pause defers
    the task.
    `expect` is what has to be so after a run, for all streams or by stream; `anomalies` is what is done about
    a run that is unlike those before it: "warn", "fail" or "ignore". `window="data_interval"` reads the DAG
    run's data interval, for backfills; like `since` and `until` it neither uses nor moves the state.
    `transforms`, `route`, `children`, `contract` and `keep_raw` shape the records; see docs/sync.md.
    For a task per stream: `.partial(…).expand(streams=["issues", "labels"])`.
    """

    destination: str
    schema: str
    format: str | None = None
    streams: Sequence[str] | str | None = None
    write: str = Write.MERGE.value
    full_refresh: bool = False
    hard_delete: bool = False
    sweep: bool = False
    concurrency: int = DEFAULTS.concurrency
    max_rejects: int = 0
    allow_shrink: bool = False
    accept_verdicts: Sequence[str] = ()
    expect: Expect | Mapping[str, Expect] | None = None
    anomalies: str = Anomalies.WARN.value
    window: str = STATE
    transforms: Sequence[Any] = ()
    route: Any = None
    children: Any = None
    contract: Any = None
    keep_raw: bool = False

    def validate(self) -> None:
        if is_literal(self.write) and self.write not in list(Write):
            raise ConfigError(f"write={self.write!r} is none of {', '.join(Write)}")
        if is_literal(self.schema):
            checked(self.schema)
        if is_literal([self.destination, self.format or ""]):
            self._check_destination()
        if is_literal(self.window):
            check_window(self.window, self.since, self.until)
        if self.streams is None or is_literal(self.streams):
            self._validate_streams(self.stream_names())

    def _check_destination(self) -> None:
        check_destination(self.destination, self.format)
        if is_path(self.destination):
            given = {name: getattr(self, name) for name in ("write", "sweep", "hard_delete", "children")}
            check_files(self.expect, **given)

    def _validate_streams(self, names: Sequence[str]) -> None:
        for name in names:
            self.check_stream(name)
            if self.window == DATA_INTERVAL:
                check_windowed(self.hook_class.stream(name))
        if is_literal(self.anomalies):
            check_expected(self.expect, names, self.anomalies)

    def stream_names(self) -> list[str]:
        if self.streams is None:
            return list(self.hook_class.streams)
        return [self.streams] if isinstance(self.streams, str) else list(self.streams)

    def execute(self, context: Context) -> dict[str, Any]:
        self._check_destination()
        summaries: list[Summary] = []
        bounds = data_interval(context) if self.window == DATA_INTERVAL else None
        place = (self.destination, self.schema, self.format)
        try:
            with syncing(*place, self.hook, secret_of) as self._running:
                for name in self.stream_names():
                    options = self._options(name, bounds)
                    summaries.append(self._sync(name, options))
        except ConnectorError as error:
            self._require_complete(summaries)  # the next attempt would not see what was in doubt
            self._defer_until_allowed(error)
        finally:
            self.hook.close()
        self._tell_assets(context, summaries)
        self._require_complete(summaries)
        return {summary.stream: summary.as_dict() for summary in summaries}

    def resume(self, context: Context, event: Any = None) -> dict[str, Any]:
        """Go on after a pause: the state in the destination knows where."""
        return self.execute(context)

    def on_kill(self) -> None:
        """Commit what is complete before the task ends."""
        if running := getattr(self, "_running", None):
            running.stop()

    def _sync(self, name: str, options: Options) -> Summary:
        stream = self.hook.located(self.hook.stream(name))
        partitions = self.hook.partitions(stream, self.options())
        summary = self._running.run(stream, partitions, options)
        self.log.info(
            "%s: %s, %d new, %d changed, %d unchanged, %d deleted, %d rejected in %.1f s and %d requests; %s",
            *(summary.stream, summary.verdict.value, summary.new, summary.changed, summary.unchanged),
            *(summary.deleted, summary.rejected, summary.seconds, summary.requests),
            "; ".join(summary.reasons) or f"cursor {summary.cursor_from} -> {summary.cursor_to}",
        )
        return summary

    def _options(self, stream: str, bounds: Bounds | None) -> Options:
        since, until = bounds or (moment(self.since), moment(self.until))
        return Options(
            write=Write(self.write),
            since=since,
            until=until,
            expect=expected_of(self.expect, stream),
            anomalies=Anomalies(self.anomalies),
            full_refresh=self.full_refresh,
            hard_delete=self.hard_delete,
            sweep=self.sweep,
            concurrency=self.concurrency,
            max_rejects=self.max_rejects,
            allow_shrink=self.allow_shrink,
            transforms=self.transforms,
            route=self.route,
            children=self.children,
            contract=self.contract,
            keep_raw=self.keep_raw,
        )

    def _require_complete(self, summaries: list[Summary]) -> None:
        for summary in summaries:
            try:
                engine.require_complete(summary, accept=self.accept_verdicts)
            except IncompleteSync as error:
                raise IncompleteTask(str(error)) from error

    def _defer_until_allowed(self, error: ConnectorError) -> None:
        """Free the worker for as long as the service wants to be left alone; raise any other error."""
        if not isinstance(error, RateLimited) or error.retry_after is None:
            raise error
        from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger  # noqa: PLC0415 - seldom needed

        self.log.info("%s; the task is deferred for %.0f s", error, error.retry_after)
        self.defer(trigger=TimeDeltaTrigger(timedelta(seconds=error.retry_after)), method_name="resume")

    def _tell_assets(self, context: Context, summaries: list[Summary]) -> None:
        for outlet in self.outlets:
            if isinstance(outlet, Asset):
                context["outlet_events"][outlet].extra = {item.stream: item.as_dict() for item in summaries}


def secret_of(conn_id: str) -> Secret:
    """The password of an Airflow connection, as the key of a hash."""
    from airflow_connectors.sync.shape import Secret  # noqa: PLC0415 - only for those who hash

    try:
        return Secret(BaseHook.get_connection(conn_id).password or "")
    except AirflowNotFoundException as error:
        message = f"connection {conn_id!r} does not exist: a hash takes its key from the password of one"
        raise ConfigError(message) from error
