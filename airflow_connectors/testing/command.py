"""`airflow-connectors simulate github noaa --port 8800`: simulated services in a process of their own."""

from __future__ import annotations

import argparse
import shlex
import signal
from collections.abc import Sequence
from threading import Event
from typing import Any

from .control import PATH, Controlled
from .hooks import hook_of
from .server import Server
from .service import Service
from .worlds import world_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command until Ctrl-C."""
    chosen = parser().parse_args(arguments)
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    services = {name: service(name, chosen) for name in chosen.integrations}
    server = Server({f"/{name}": Controlled(found) for name, found in services.items()}, chosen.port)
    url = server.start()
    for name, found in services.items():
        found.settle(f"{url}/{name}")
        print(announcement(found), flush=True)  # noqa: T201 - what the command is for
    stopped.wait()
    server.stop()


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(prog="airflow-connectors")
    simulate = command.add_subparsers(required=True).add_parser(
        "simulate",
        help="serve simulated services on 127.0.0.1",
        description=f"Serve simulated services. POST <url>{PATH}/mutate?share=0.01 changes their records.",
    )
    simulate.add_argument("integrations", nargs="+", metavar="integration", help="such as github")
    simulate.add_argument("--port", type=int, default=0, help="any free one by default")
    simulate.add_argument("--seed", type=int, default=1, help="the same seed makes the same records")
    simulate.add_argument("--page-size", type=int, help="the most records on a page")
    simulate.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME.OPTION=VALUE",
        help="an option of a world: github.issues=1000, github.repositories=octo/a,octo/b",
    )
    return command


def service(name: str, chosen: argparse.Namespace) -> Service:
    world = world_of(name)(seed=chosen.seed, **options(name, chosen.set))
    return Service(hook_of(name), world, page_size=chosen.page_size)


def options(name: str, settings: Sequence[str]) -> dict[str, Any]:
    """The settings of one integration: numbers are sizes, all else are lists."""
    pairs = (setting.partition("=")[::2] for setting in settings)
    mine = {key.partition(".")[2]: value for key, value in pairs if key.partition(".")[0] == name}
    return {key: int(value) if value.isdecimal() else value.split(",") for key, value in mine.items()}


def announcement(found: Service) -> str:
    """The line for a shell, which is also how another program learns the address."""
    variable = f"AIRFLOW_CONN_{found.hook.default_conn_name.upper()}"
    return f"export {variable}={shlex.quote(found.connection())}"


if __name__ == "__main__":
    main()
