"""The little of JQL that clients here send. Anything else is refused: a guess would hide a mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from airflow_connectors.core import Record, from_epoch_ms

INSTANT = timedelta(milliseconds=1)
CLAUSE = re.compile(
    r"updated\s*(?P<sign>>=|<=|>|<)\s*(?P<moment>\d+)|project\s*=\s*\"?(?P<project>[\w-]+)\"?",
    re.IGNORECASE,
)
ORDER = re.compile(r"\s*order\s+by\s+updated(\s+asc)?\s*", re.IGNORECASE)


class JqlError(ValueError):
    """JQL that is refused, in words like Jira's."""


@dataclass(frozen=True)
class Query:
    """Issues between two moments, both included, and of one project or of all, oldest update first."""

    since: datetime | None = None
    until: datetime | None = None
    project: str = ""

    def has(self, issue: Record) -> bool:
        return not self.project or bool(issue["fields"]["project"]["key"] == self.project)


def parse(jql: str) -> Query:
    """Read a query. Raises JqlError for what this world does not know, or what restricts nothing."""
    start = re.search(r"\border\s+by\b", jql, re.IGNORECASE)
    restriction, order = (jql[: start.start()], jql[start.start() :]) if start else (jql, "")
    if not restriction.strip():
        raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction.")
    if not ORDER.fullmatch(order):
        raise JqlError(f"Error in the JQL query: {order!r} is no order that is known here.")
    query = Query()
    for clause in re.split(r"\s+and\s+", restriction.strip(), flags=re.IGNORECASE):
        query = _narrowed(query, clause)
    return query


def _narrowed(query: Query, clause: str) -> Query:
    found = CLAUSE.fullmatch(clause)
    if not found:
        raise JqlError(f"Error in the JQL query: {clause!r} is not understood here.")
    if found["project"]:
        return Query(query.since, query.until, found["project"])
    moment, sign = from_epoch_ms(int(found["moment"])), found["sign"]
    if sign.startswith(">"):
        return Query(moment if sign == ">=" else moment + INSTANT, query.until, query.project)
    return Query(query.since, moment if sign == "<=" else moment - INSTANT, query.project)
