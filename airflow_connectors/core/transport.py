"""
urllib3 below httpx: a page of 170 kB costs half the CPU that it costs over httpx's own transport.

It reads a body in one piece where httpx's takes it in pieces of 64 kB, through a parser written in Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import getproxies

import httpx
import urllib3
from urllib3 import exceptions

CONNECTIONS = 32  # kept alive; more are opened as needed
WHOLE = 2**20  # a body up to this size is read in one piece
PIECE = 2**18
# Most specific first: to urllib3 a refused connection is a timeout of connecting.
TRANSLATED: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (exceptions.NewConnectionError, httpx.ConnectError),
    (exceptions.ConnectTimeoutError, httpx.ConnectTimeout),
    (exceptions.SSLError, httpx.ConnectError),
    (exceptions.ReadTimeoutError, httpx.ReadTimeout),
    (exceptions.TimeoutError, httpx.ReadTimeout),
    (exceptions.LocationValueError, httpx.UnsupportedProtocol),
    (exceptions.HTTPError, httpx.RemoteProtocolError),
    (ValueError, httpx.LocalProtocolError),
    (OSError, httpx.ReadError),
)


def pooled(*, verify: bool) -> httpx.BaseTransport | None:
    """The fast way to services. None where the environment sends us through a proxy: httpx knows how."""
    return None if getproxies() else PooledTransport(verify=verify)


class PooledTransport(httpx.BaseTransport):
    """Carries out httpx's requests over urllib3's connection pools."""

    def __init__(self, *, verify: bool = True) -> None:
        context = httpx.create_ssl_context(verify=verify)
        self._pools = urllib3.PoolManager(maxsize=CONNECTIONS, ssl_context=context)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _translating(request):
            pool = self._pools.connection_from_host(url.host, url.port, url.scheme)
            raw = pool.urlopen(
                request.method,
                url.raw_path.decode("ascii"),
                body=_body(request),
                headers=urllib3.HTTPHeaderDict(request.headers.multi_items()),
                timeout=_timeout(request),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                chunked="transfer-encoding" in request.headers,
            )
        return httpx.Response(raw.status, headers=list(raw.headers.items()), stream=Body(raw, request))

    def close(self) -> None:
        self._pools.clear()


class Body(httpx.SyncByteStream):
    """A response's body, as it comes from the connection: not yet decompressed."""

    def __init__(self, raw: urllib3.BaseHTTPResponse, request: httpx.Request) -> None:
        self._raw, self._request = raw, request

    def __iter__(self) -> Iterator[bytes]:
        with _translating(self._request):
            if (self._raw.length_remaining or WHOLE + 1) <= WHOLE:
                yield self._raw.read(decode_content=False)
            else:
                yield from self._raw.stream(PIECE, decode_content=False)

    def close(self) -> None:
        """Give the connection back, or give it up if the body was not read to its end."""
        self._raw.close()


def _body(request: httpx.Request) -> bytes | httpx.SyncByteStream | None:
    if isinstance(request.stream, httpx.ByteStream):
        return request.read() or None
    return request.stream if isinstance(request.stream, httpx.SyncByteStream) else None


def _timeout(request: httpx.Request) -> urllib3.Timeout:
    given = request.extensions.get("timeout", {})
    return urllib3.Timeout(connect=given.get("connect"), read=given.get("read"))


@contextmanager
def _translating(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except (exceptions.HTTPError, OSError, ValueError) as error:
        kind = next(known for found, known in TRANSLATED if isinstance(error, found))
        raise kind(str(error), request=request) from error
