"""A sync in a process of its own, which may kill itself around a commit."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.engine.default import DefaultDialect

from airflow_connectors.core import Client, ConnectorError
from airflow_connectors.sync import Destination, DestinationError, Superseded, Sync

from .streams import Kind

PATIENCE = 2.0


class When(StrEnum):
    """Where in its life a sync is killed."""

    INSTANT = "at an instant"
    BEFORE = "before a commit"
    DURING = "during a commit"
    AFTER = "after a commit"
    NEVER = "never"


class Ending(StrEnum):
    """How a sync ended, if it was not killed. What is not here is a fault of its own."""

    DONE = "done"
    SUPERSEDED = "superseded"
    DESTINATION = "destination lost"
    SERVICE = "service failed"
    FAULT = "fault"


CODES = {ending: 10 + number for number, ending in enumerate(Ending)}


@dataclass(frozen=True)
class Fate:
    """When a sync is to be killed: around its nth commit, or by the harness after so many seconds."""

    when: When = When.NEVER
    number: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Errand:
    """What one run is told to do."""

    run: int
    url: str
    schema: str
    base: str
    world: str
    kind: Kind
    commit_bytes: int
    notes: Path

    def leave(self, summary: dict[str, Any]) -> None:
        """Leave word of what the run says that it did: all of it, or nothing if it is killed."""
        draft = self.notes / f"{self.run}.draft"
        draft.write_text(json.dumps(summary, default=str))
        draft.rename(draft.with_suffix(".json"))


def launch(errand: Errand, fate: Fate) -> int:
    """Fork a process for a run: all is imported already, so that it begins at once."""
    sys.stdout.flush()
    if not (pid := os.fork()):
        _live(errand, fate)
    return pid


def _live(errand: Errand, fate: Fate) -> NoReturn:
    ending = Ending.FAULT
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        random.seed()
        _arm(fate)
        ending = _run(errand)
    finally:
        if ending is Ending.FAULT:
            (errand.notes / f"{errand.run}.fault").write_text(traceback.format_exc())
        os._exit(CODES[ending])


def _run(errand: Errand) -> Ending:
    logging.disable(logging.CRITICAL)
    destination = Destination(errand.url, errand.schema)
    client = Client(errand.base, headers={"X-Run": str(errand.run)}, patience=PATIENCE)
    options, stream = errand.kind.options(errand.commit_bytes), errand.kind.stream(errand.world)
    boxes = [box or None for box in errand.kind.boxes]
    try:
        summary = Sync(destination, "chaos", client).run(stream, boxes, options)
    except Superseded:
        return Ending.SUPERSEDED
    except DestinationError:
        return Ending.DESTINATION
    except ConnectorError:
        return Ending.SERVICE
    errand.leave(asdict(summary))
    return Ending.DONE


def _arm(fate: Fate) -> None:
    """Every commit passes here, on its way to the driver."""
    commits, commit = count(1), DefaultDialect.do_commit

    def armed(dialect: DefaultDialect, conn: Any) -> None:
        is_mine = next(commits) == fate.number
        if is_mine and fate.when is When.BEFORE:
            die()
        if is_mine and fate.when is When.DURING:
            threading.Thread(target=_die_soon, daemon=True).start()
        commit(dialect, conn)
        if is_mine and fate.when is When.AFTER:
            die()
        if is_mine and fate.when is When.DURING:
            threading.Event().wait()  # it was faster than its killer, who is on the way

    DefaultDialect.do_commit = armed  # type: ignore[method-assign]  # this process is here to be hurt


def _die_soon() -> None:
    time.sleep(random.uniform(0, 0.002))  # noqa: S311 - any instant will do
    die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
