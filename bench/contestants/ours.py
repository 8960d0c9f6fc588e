"""What we measure: a declared stream through the engine that SyncOperator runs; Airflow is not imported."""

from __future__ import annotations

import time

from airflow_connectors.core import Client, Cursor, LinkHeader, NextToken, Order, Param, Stream
from airflow_connectors.sync import Destination, Options, Sync, dialects, require_complete
from bench.contestants.task import report, task

CURSOR = Cursor(field="updated_at", since=Param("since"), order=Order.OLDEST_FIRST)
STREAMS = {
    "pages": Stream(name="issues", path="/issues", pages=LinkHeader(("per_page", 100)), cursor=CURSOR),
    "cursor": Stream(
        name="issues", path="/cursor", records="items", pages=NextToken("next", "cursor"), cursor=CURSOR
    ),
}
UNDER_WAY = 8


def main() -> None:
    dialects.dialect_of("postgresql")  # imports the driver, which is start-up too
    given, began = task(), time.process_time()
    destination = Destination(given.database, "ours")
    with Client(given.url) as client:
        sync = Sync(destination, "forge", client)
        summary = sync.run(STREAMS[given.flavour], options=Options(concurrency=UNDER_WAY))
    require_complete(summary)
    report(engine_cpu_s=time.process_time() - began, new=summary.new, changed=summary.changed)


if __name__ == "__main__":
    main()
