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


@dataclass(frozen=True)
class Fault:
    """What is wrong with a request: it is illegal, or has a parameter that the vendor does not know."""

    text: str
    is_illegal: bool


@cache
def judge_of(vendor: Vendor) -> Any:
    """The vendor's description, loaded once."""
    proxy = reference.tool("specproxy")
    return proxy.Judge(proxy.load_description(vendor.description(), vendor.server), vendor.server)


def faults_of(vendor: Vendor, method: str, target: str, headers: dict[str, str], body: bytes) -> list[Fault]:
    """Hold one request against the vendor's description; `target` continues the vendor's base URL."""
    judge = judge_of(vendor)
    asked = judge.request(method, target, headers, body)
    fault, unknown = judge.fault(asked), judge.unknown_parameters(asked)
    faults = [Fault(f"{method} {target}: {fault}", is_illegal=True)] if fault else []
    return faults + [Fault(f"{method} {target}: no parameter {name}", is_illegal=False) for name in unknown]


@dataclass
class Watch:
    """
    Listens to one client's traffic. `mount` is the path under which a server here keeps the vendor's API.

    Links that the server handed out may be followed though no description has them, such as GitHub's
    `/repositories/{id}/issues?after=...`.
    """

    vendor: Vendor
    tally: Tally
    mount: str
    faults: list[Fault] = field(default_factory=list)
    links: set[str] = field(default_factory=set)

    def over(self, client: Client) -> None:
        client.http.event_hooks["request"].append(self.judge)
        client.http.event_hooks["response"].append(self.remember)

    def judge(self, request: httpx.Request) -> None:
        target = request.url.raw_path.decode().removeprefix(self.mount)
        if self.vendor.excuses(urlsplit(target).path):
            return
        headers = {name.title(): text for name, text in request.headers.items()}
        faults = faults_of(self.vendor, request.method, target, headers, request.read())
        self.tally.requests += 1
        if str(request.url) not in self.links:
            self.report(faults)

    def report(self, faults: list[Fault]) -> None:
        self.faults += faults
        self.tally.illegal += sum(fault.is_illegal for fault in faults)
        self.tally.unknown_params += sum(not fault.is_illegal for fault in faults)

    def remember(self, response: httpx.Response) -> None:
        text = "\n".join(response.headers.get_list("link")) + response.read().decode("utf-8", "replace")
        self.links.update(re.findall(r"https?://[^\s\"'<>\\]+", text.replace("\\/", "/")))
