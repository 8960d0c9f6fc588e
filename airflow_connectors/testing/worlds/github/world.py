"""GitHub's manners: https://docs.github.com/en/rest"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from airflow_connectors.core import Record, Stream
from airflow_connectors.testing.exchange import Answer, Asked
from airflow_connectors.testing.routes import Route

from .actions import routes
from .records import GitHubRecords

QUOTA = 5000
HOUR = 3600
DOCUMENTATION = "https://docs.github.com/rest"


class GitHubWorld(GitHubRecords):
    """Repositories that are alike in size and unlike in what they hold, and the API in front of them."""

    patterns = {"number": r"\d+"}
    page_size = 30
    has_etags = True

    def is_wanted(self, stream: Stream, asked: Asked) -> Callable[[Record], bool] | None:
        """Issues, pull requests and milestones are the open ones unless asked otherwise."""
        state = asked.params.get("state", "open")
        if stream.name not in {"issues", "pull_requests", "milestones"} or state == "all":
            return None
        return lambda record: bool(record["state"] == state)

    def error(self, status: int, message: str = "", **more: Any) -> Answer:
        said = {"message": message or HTTPStatus(status).phrase, **more}
        return Answer.of({**said, "documentation_url": DOCUMENTATION, "status": str(status)}, status)

    def credentials(self, asked: Asked) -> Asked:
        """`Authorization: token …` does as well as `Bearer …`."""
        given = asked.headers.get("authorization", "")
        bearer = re.sub(r"(?i)^token ", "Bearer ", given)
        return replace(asked, headers={**asked.headers, "authorization": bearer})

    def unauthorized(self, asked: Asked) -> Answer:
        return self.error(
            401, "Bad credentials" if "authorization" in asked.headers else "Requires authentication"
        )

    def cost(self, asked: Asked, answer: Answer) -> int:
        """https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api"""
        return 0 if answer.status == HTTPStatus.NOT_MODIFIED or asked.path == "/rate_limit" else 1

    def quota(self) -> Mapping[str, str]:
        # An hour passes whenever it is used up: nothing here waits for a clock.
        spent = self.spent % QUOTA
        numbers = {
            "limit": QUOTA,
            "remaining": QUOTA - spent,
            "used": spent,
            "reset": int(self.clock().timestamp()) + HOUR,
        }
        return {f"x-ratelimit-{name}": str(number) for name, number in numbers.items()}

    def routes(self) -> Iterable[Route]:
        return (Route("GET", "/rate_limit", self.rate_limit), *routes(self))

    def rate_limit(self, asked: Asked) -> Record:
        numbers = {name.rpartition("-")[2]: int(text) for name, text in self.quota().items()}
        return {"resources": {"core": numbers, "search": numbers}, "rate": numbers}
