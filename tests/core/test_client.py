"""Requests over a transport that answers from a list: retries, errors, and where credentials may go."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from airflow_connectors.core import (
    ApiKey,
    AuthError,
    BearerToken,
    Client,
    ConfigError,
    ConnectorError,
    RateLimited,
    RejectedError,
    TransientError,
    UnreachableError,
    get,
    post,
)
from airflow_connectors.core.middleware import Flow, Handler
from airflow_connectors.core.request import Request

BASE = "https://api.invalid/v1"
TOKEN = "t0p-s3cret-value"


def client(*answers, **settings) -> tuple[Client, list[httpx.Request]]:
    asked: list[httpx.Request] = []
    queue = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(found, Exception):
            raise found
        return found

    return Client(BASE, BearerToken(TOKEN), transport=httpx.MockTransport(answer), **settings), asked


def test_a_request_carries_credentials_and_parameters():
    one, asked = client(httpx.Response(200, json={"ok": 1}))
    assert one.send(get("/things", page=2)).json == {"ok": 1}
    assert str(asked[0].url) == f"{BASE}/things?page=2"
    assert asked[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_an_anonymous_request_carries_none():
    one, asked = client(httpx.Response(200))
    one.send(Request("PUT", "/upload", content=b"x", anonymous=True))
    assert "authorization" not in asked[0].headers


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (400, {}, RejectedError),
        (401, {}, AuthError),
        (403, {}, AuthError),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9"}, RateLimited),
        (403, {"retry-after": "9"}, RateLimited),
        (404, {}, RejectedError),
        (429, {}, RateLimited),
        (500, {}, TransientError),
        (503, {}, TransientError),
    ],
)
def test_a_status_becomes_the_error_that_says_what_to_do(status, headers, kind):
    one, _ = client(httpx.Response(status, headers={"x-request-id": "r1", **headers}), patience=0)
    with pytest.raises(kind) as caught:
        one.send(get("/things"))
    assert (type(caught.value), caught.value.status, caught.value.request_id) == (kind, status, "r1")
    assert str(caught.value).startswith(f"GET /things: {status}")


def test_a_read_is_tried_again_and_a_write_that_may_have_happened_is_not():
    busy, fine = httpx.Response(503, headers={"retry-after": "0"}), httpx.Response(200, json=1)
    one, asked = client(busy, fine)
    assert one.send(get("/things")).json == 1
    one, asked = client(busy, fine)
    with pytest.raises(TransientError):
        one.send(post("/things", {}))
    assert len(asked) == 1


def test_a_write_that_was_not_acted_on_is_tried_again():
    limited = httpx.Response(429, headers={"retry-after": "0"})
    one, asked = client(limited, httpx.Response(201, json=1))
    assert one.send(post("/things", {})).status == 201
    assert len(asked) == 2


def test_a_wait_longer_than_the_patience_is_raised_with_its_length():
    one, _ = client(httpx.Response(429, headers={"retry-after": "1200"}), patience=60)
    with pytest.raises(RateLimited) as caught:
        one.send(get("/things"))
    assert caught.value.retry_after == 1200


def test_waits_are_counted():
    one, _ = client(httpx.Response(429, headers={"retry-after": "0.01"}), httpx.Response(200))
    one.send(get("/things"))
    assert (one.usage.requests, one.usage.waited) == (2, 0.01)


def test_an_unreachable_host_is_named():
    one, _ = client(httpx.ConnectError("no route"), patience=0)
    with pytest.raises(UnreachableError, match="check the host"):
        one.send(post("/things"))


@pytest.mark.parametrize("path", ["https://evil.invalid/v1/things", "http://api.invalid/v1/things"])
def test_a_link_to_another_origin_is_refused_and_gets_no_credentials(path):
    one, asked = client(httpx.Response(200))
    with pytest.raises(RejectedError, match="refused"):
        one.send(get(path))
    assert asked == []


def test_a_redirect_to_another_host_is_refused():
    one, asked = client(httpx.Response(302, headers={"location": "https://evil.invalid/"}))
    with pytest.raises(RejectedError, match=r"evil\.invalid"):
        one.send(get("/things"))
    assert len(asked) == 1


def test_a_redirected_write_is_an_error_and_not_a_read():
    one, asked = client(httpx.Response(301, headers={"location": f"{BASE}/new"}))
    with pytest.raises(RejectedError, match="301"):
        one.send(post("/things", {}))
    assert [request.method for request in asked] == ["POST"]


def test_a_declared_host_may_be_linked_to():
    one, asked = client(httpx.Response(200), hosts=["files.invalid"])
    one.send(get("https://files.invalid/x"))
    assert asked[0].url.host == "files.invalid"


def test_the_async_client_decides_the_same():
    limited = httpx.Response(429, headers={"retry-after": "0"})
    one, asked = client(limited, httpx.Response(200, json=7))
    assert asyncio.run(one.asend(get("/things"))).json == 7
    assert len(asked) == 2


def test_middleware_wraps_every_request():
    def stamped(handler: Handler) -> Handler:
        def handle(request: Request) -> Flow:
            return (yield from handler(request.with_headers(X_Stamp="yes")))

        return handle

    one, asked = client(httpx.Response(200), middleware=[stamped])
    one.send(get("/things"))
    assert asked[0].headers["x-stamp"] == "yes"


def test_no_secret_is_shown_by_errors_or_reprs():
    body = f'Authorization: Bearer {TOKEN}, access_token={TOKEN}, "client_secret": "{TOKEN}"'
    one, _ = client(httpx.Response(400, text=body))
    with pytest.raises(ConnectorError) as caught:
        one.send(get("/things", api_key=TOKEN))
    shown = f"{caught.value} {caught.value!r} {one!r} {BearerToken(TOKEN)!r} {get('/x', key=TOKEN)!r}"
    assert TOKEN not in shown


def test_an_api_key_goes_into_its_header_or_parameter():
    _, asked = client(httpx.Response(200))
    transport = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200))
    Client(BASE, ApiKey("k", header="X-Key"), transport=transport).send(get("/a"))
    Client(BASE, ApiKey("k", param="key"), transport=transport).send(get("/b", q=1))
    assert asked[0].headers["x-key"] == "k"
    assert dict(asked[1].url.params) == {"q": "1", "key": "k"}


@pytest.mark.parametrize("url", ["https://host:port", "https://", "not a url at all"])
def test_a_host_that_is_no_url_is_named(url):
    with pytest.raises(ConfigError, match="host of the connection"):
        Client(url)


@pytest.mark.parametrize("secret", ["line\nbreak-7f3a", "ümlaut-7f3a"])
def test_a_secret_that_no_header_can_carry_is_refused_without_being_shown(secret):
    with pytest.raises(ConfigError, match="enter it again") as caught:
        BearerToken(secret)
    assert "7f3a" not in str(caught.value)
