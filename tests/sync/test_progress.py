"""How far a run is, said now and then."""

from __future__ import annotations

import logging

from airflow_connectors.sync.progress import Progress


def test_it_speaks_every_five_seconds_of_pages_records_rate_and_share(caplog):
    moments = iter([0.0, 1.0, 4.9, 5.0, 6.0])
    progress = Progress("issues", clock=lambda: next(moments), total=1000)
    with caplog.at_level(logging.INFO):
        for _ in range(4):
            progress.saw(100)
    assert [record.message for record in caplog.records] == [
        "issues: 3 pages, 300 records, 60/s, 30% of 1,000"
    ]


def test_it_claims_no_share_where_the_service_gives_no_total():
    assert Progress("issues", clock=lambda: 0.0).describe(1.0) == "issues: 0 pages, 0 records, 0/s"
