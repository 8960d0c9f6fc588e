"""
`airflow connectors …`: what can be done around the runs, from a terminal.

Airflow imports this whenever its command line starts; the work is in `commands`, imported when asked for.
"""

from __future__ import annotations

from airflow.cli.cli_config import ActionCommand, Arg, CLICommand, GroupCommand, lazy_load_command

CONNECTION = Arg(("conn_id",), help="The connection to read from, such as github_default")
OF_CONNECTION = Arg(("--connection",), help="Only of this connection", default="")
THE_CONNECTION = Arg(("--connection",), help="The connection that was read from", required=True)
DESTINATION = Arg(
    ("-d", "--destination"),
    help="The SQL connection that is synced into, or duckdb:////PATH or sqlite:////PATH",
    required=True,
)
SCHEMA = Arg(("-s", "--schema"), help="The schema in it", required=True)
STREAMS = Arg(
    ("--stream",), help="A stream; may be given more than once. All by default", action="append", default=[]
)
STREAM = Arg(("--stream",), help="The stream", required=True)
TABLE = Arg(("--table",), help="Only of this table", default="")
PARTITION = Arg(("--partition",), help="Only of this partition, such as a repository")
SETTINGS = Arg(
    ("--set",),
    help="The partitions, as the operator takes them: --set repositories=acme/rocket,acme/lander",
    action="append",
    default=[],
    metavar="OPTION=VALUE,…",
)
WRITE = Arg(("--write",), help="The write disposition: merge, replace, append or scd2", default="merge")
FULL = Arg(("--full-refresh",), help="Read everything again", action="store_true")
SINCE = Arg(("--since",), help="The window's beginning, as 2026-01-31T12:00:00Z", default="")
UNTIL = Arg(("--until",), help="The window's end", default="")
PROBE = Arg(("--probe",), help="Send one request per stream to learn how much there is", action="store_true")
DROP = Arg(("--drop-table",), help="Drop the table as well", action="store_true")
YES = Arg(("-y", "--yes"), help="Do not ask", action="store_true")
SHAPE = Arg(("--shape",), help="A JSON file with the transforms, route, … of the task", default="")
LIMIT = Arg(("--limit",), help="How many at most", type=int, default=20)
OUTPUT = Arg(
    ("-o", "--output"),
    help="table or json",
    choices=("table", "json"),
    default="table",
    metavar="(table, json)",
)
WHERE = (DESTINATION, SCHEMA, OUTPUT)


def get_commands() -> list[CLICommand]:
    """The commands that Airflow adds to its own."""
    return [
        GroupCommand(
            name="connectors",
            help="Plan, look at and repair syncs of airflow-connectors",
            subcommands=(plan(), backfill(), state(), runs(), replay(), reset()),
        )
    ]


def plan() -> ActionCommand:
    return _action(
        "plan",
        "Say what a sync would read, cost and change, and do none of it",
        (CONNECTION, *WHERE, STREAMS, SETTINGS, WRITE, SHAPE, FULL, SINCE, UNTIL, PROBE),
    )


def backfill() -> ActionCommand:
    return _action(
        "backfill",
        "Read a window of time, leaving the state of the live sync alone",
        (CONNECTION, *WHERE, STREAMS, SETTINGS, WRITE, SHAPE, SINCE, UNTIL),
    )


def state() -> ActionCommand:
    return _action("state", "Show how far streams are read", (*WHERE, OF_CONNECTION, TABLE))


def runs() -> ActionCommand:
    return _action("runs", "Show what the latest runs did", (*WHERE, OF_CONNECTION, TABLE, LIMIT))


def replay() -> ActionCommand:
    return _action(
        "replay",
        "Take a stream's rejected records again after a fix, without a request",
        (CONNECTION, *WHERE, STREAM, WRITE, SHAPE),
    )


def reset() -> ActionCommand:
    return _action(
        "reset",
        "Forget how far streams are read, so that the next run reads everything",
        (*WHERE, THE_CONNECTION, TABLE, PARTITION, DROP, YES),
    )


def _action(name: str, text: str, arguments: tuple[Arg, ...]) -> ActionCommand:
    function = lazy_load_command(f"airflow_connectors.provider.commands.{name}")
    return ActionCommand(name=name, help=text, func=function, args=arguments)
