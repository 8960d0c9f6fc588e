"""The integrations under test, and where others have described and recorded their services."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.integrations.jira import JiraHook
from airflow_connectors.integrations.noaa import NoaaHook
from airflow_connectors.integrations.slack import SlackHook
from airflow_connectors.provider import ConnectorHook

from . import reference, swagger


def described(*parts: str) -> Callable[[], Path]:
    return lambda: reference.required("specs", *parts)


def described_by_slack() -> Path:
    old = json.loads(reference.required("specs", "slack", "slack_web_openapi_v2.json").read_text())
    new = Path(tempfile.mkdtemp()) / "slack.openapi3.json"
    new.write_text(json.dumps(swagger.converted(old)))
    return new


@dataclass(frozen=True)
class Vendor:
    """
    `server` is the base URL that the description's paths continue, `mount` its path on a server here.
    `recorded_under` is a pattern of what stands before our paths in the recordings. `excused` maps paths
    that the description lacks to the vendor's page that has them.
    """

    hook_class: type[ConnectorHook]
    description: Callable[[], Path]
    server: str
    mount: str = ""
    connection: dict[str, Any] = field(hash=False, default_factory=dict)
    options: dict[str, Any] = field(hash=False, default_factory=dict)
    recorded_under: str = ""
    excused: dict[str, str] = field(hash=False, default_factory=dict)

    @property
    def name(self) -> str:
        return self.hook_class.name

    def excuses(self, path: str) -> bool:
        return any(re.fullmatch(pattern, path) for pattern in self.excused)


GITHUB = Vendor(
    hook_class=GitHubHook,
    description=described("github", "api.github.com.json.gz"),
    server="https://api.github.com",
    connection={"password": "token"},
    options={"repositories": ["octo/demo"]},
)
JIRA = Vendor(
    hook_class=JiraHook,
    description=described("jira", "swagger-v3.v3.json"),
    server="https://your-domain.atlassian.net",
    connection={"login": "ada@example.com", "password": "token"},
    recorded_under="(?P<gateway>/ex/jira/[^/]+)/rest/api/3",
)
SLACK = Vendor(
    hook_class=SlackHook,
    description=described_by_slack,
    server="https://slack.com/api",
    mount="/api",
    connection={"password": "xoxb-token"},
    options={"channels": ["C0000001"]},
    # The description is of October 2020; these methods are younger.
    excused={
        r"/files\.getUploadURLExternal": "https://docs.slack.dev/reference/methods/files.getUploadURLExternal",
        r"/files\.completeUploadExternal": "https://docs.slack.dev/reference/methods/files.completeUploadExternal",
    },
)
NOAA = Vendor(
    hook_class=NoaaHook,
    description=described("nws-weather", "openapi.yaml"),
    server="https://api.weather.gov",
    connection={"extra": {"user_agent": "(example.com, data@example.com)"}},
    options={"states": ["KS"], "stations": ["KTOP"], "points": ["39.7456,-97.0892"]},
)

VENDORS = (GITHUB, JIRA, NOAA, SLACK)
