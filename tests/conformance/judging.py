"""Hold every request a client sends against the vendor's description, as it leaves for the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from airflow_connectors.core import Client

from . import reference
from .tally import Tally
from .vendors import Vendor


@cache
def judge_of(vendor: Vendor) -> Any:
    """The vendor's description, loaded once."""
    proxy = reference.tool("specproxy")
    description = vendor.description()
    return proxy.Judge(proxy.load_description(description, vendor.server), vendor.server)


@dataclass
class Watch:
    """
    Listens to one client's traffic. `mount` is the path under which a server here keeps the vendor's API.

    Links that the server handed out may be followed though no description has them, such as GitHub's
    `/repositories/{id}/issues?after=...`; they are counted as requests and not judged.
    """

    vendor: Vendor
    tally: Tally
    mount: str = ""
    faults: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)

    def over(self, client: Client) -> None:
        client.http.event_hooks["request"].append(self.judge)
        client.http.event_hooks["response"].append(self.remember)

    def judge(self, request: httpx.Request) -> None:
        self.tally.requests += 1
        if str(request.url) in self.links:
            return
        target = request.url.raw_path.decode().removeprefix(self.mount)
        headers = {name.title(): text for name, text in request.headers.items()}
        self.hold(request.method, target, headers, request.read())

    def hold(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        """Judge one request; what is wrong with it goes to `faults` and the tally."""
        if self.vendor.excuses(urlsplit(target).path):
            return
        judge = judge_of(self.vendor)
        asked = judge.request(method, target, headers, body)
        if fault := judge.fault(asked):
            self.tally.illegal += 1
            self.faults.append(f"{method} {target}: {fault}")
        for name in judge.unknown_parameters(asked):
            self.tally.unknown_params += 1
            self.faults.append(f"{method} {target}: the description has no parameter {name}")

    def remember(self, response: httpx.Response) -> None:
        text = "\n".join(response.headers.get_list("link")) + response.read().decode("utf-8", "replace")
        self.links.update(re.findall(r"https?://[^\s\"'<>\\]+", text.replace("\\/", "/")))
