"""What httpx asks for, carried out by urllib3 over real sockets: also where it goes wrong."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from airflow_connectors.core.transport import WHOLE, PooledTransport, pooled

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
PIECES = 200_000


class Server:
    """Answers each request on a connection with the next of its answers; without one it hangs up."""

    def __init__(self, *answers: bytes) -> None:
        self.answers, self.asked, self.connections = list(answers), list[bytes](), 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                conn, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            with conn, suppress(ConnectionError):
                while self.answers and self._answered(conn):
                    pass

    def _answered(self, conn: socket.socket) -> bool:
        text = b""
        while b"\r\n\r\n" not in text or not _is_whole(text):
            if not (more := conn.recv(65536)):
                return False
            text += more
        self.asked.append(text)
        conn.sendall(self.answers.pop(0))
        return b"X-Hang-Up" not in self.asked[-1]


def _is_whole(text: bytes) -> bool:
    head, _, body = text.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        return body.endswith(b"0\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or 0)


@contextmanager
def serving(*answers: bytes) -> Iterator[Server]:
    server = Server(*answers)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.socket.shutdown(socket.SHUT_RDWR)
        server.socket.close()
        thread.join(5)


@contextmanager
def client(**settings) -> Iterator[httpx.Client]:
    with httpx.Client(transport=PooledTransport(), **settings) as one:
        yield one


def sized(body: bytes, *headers: bytes) -> bytes:
    return HEAD + b"".join(b"%s\r\n" % h for h in headers) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def test_a_request_is_sent_as_httpx_built_it():
    with serving(sized(b"yes")) as server, client() as one:
        answer = one.post(f"{server.url}/a%20b", params={"q": "ü&"}, json={"x": 1}, headers={"X-Own": "1"})
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "yes", "text/plain")
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a%20b?q=%C3%BC%26 HTTP/1.1\r\n")
    assert body == b'{"x":1}'
    assert all(head.lower().count(name) == 1 for name in (b"host:", b"user-agent:", b"accept-encoding:"))
    assert b"x-own: 1" in head.lower()


def test_a_connection_is_used_again_once_its_answer_is_read():
    with serving(sized(b"1"), sized(b"2"), sized(b"3")) as server, client() as one:
        assert [one.get(server.url).text for _ in range(3)] == ["1", "2", "3"]
        assert server.connections == 1


def test_an_answer_that_is_not_read_to_its_end_costs_its_connection():
    with serving(sized(b"x" * PIECES), sized(b"2")) as server, client() as one:
        with one.stream("GET", server.url, headers={"X-Hang-Up": "1"}) as answer:
            assert answer.status_code == 200
        assert one.get(server.url).text == "2"
        assert server.connections == 2


def test_a_connection_that_the_service_has_closed_is_not_used_again():
    with serving(sized(b"1"), sized(b"2")) as server, client() as one:
        one.get(server.url, headers={"X-Hang-Up": "1"})
        assert one.get(server.url).text == "2"


def test_compressed_chunked_and_large_answers_are_whole():
    packed, large = gzip.compress(b"packed"), b"z" * (WHOLE + 1)
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    answers = (sized(packed, b"Content-Encoding: gzip"), chunked, sized(large), HEAD + b"\r\nto the end")
    with serving(*answers) as server, client() as one:
        found = [one.get(server.url, headers={"X-Hang-Up": "1"}).content for _ in answers]
    assert found == [b"packed", b"abcde", large, b"to the end"]


def test_a_body_can_be_sent_in_pieces():
    with serving(sized(b"")) as server, client() as one:
        one.put(server.url, content=iter([b"abc", b"de"]))
    assert server.asked[0].partition(b"\r\n\r\n")[2] == b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


def test_repeated_headers_arrive_as_they_came():
    with serving(sized(b"", b"Set-Cookie: a=1", b"Set-Cookie: b=2")) as server, client() as one:
        assert one.get(server.url).headers.get_list("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", httpx.RemoteProtocolError),
        (b"not http\r\n\r\n", httpx.RemoteProtocolError),
        (HEAD + b"Content-Length: 9\r\n\r\nshort", httpx.RemoteProtocolError),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", httpx.RemoteProtocolError),
        (sized(b"not packed", b"Content-Encoding: gzip"), httpx.DecodingError),
    ],
)
def test_a_broken_answer_is_an_error_of_httpx(answer, kind):
    with (
        serving(answer) as server,
        client(headers={"X-Hang-Up": "1"}) as one,
        pytest.raises(kind) as raised,
    ):
        one.get(server.url)
    assert raised.value.request.url == server.url


def test_a_service_that_does_not_answer_in_time_is_a_timeout():
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        client(timeout=0.1) as one,
        pytest.raises(httpx.ReadTimeout),
    ):
        one.get(f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_a_host_that_is_not_there_is_a_connect_error():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with client() as one:
        for there in (url, "http://nowhere.invalid"):
            with pytest.raises(httpx.ConnectError):
                one.get(there)


def test_a_scheme_that_is_not_http_is_unsupported():
    with client() as one, pytest.raises(httpx.UnsupportedProtocol):
        one.get("ftp://127.0.0.1/x")


def test_a_header_that_would_begin_another_is_refused():
    with serving() as server, client() as one, pytest.raises(httpx.LocalProtocolError):
        one.get(server.url, headers={"X": "a\r\nY: b"})


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy"])
def test_where_a_proxy_is_set_httpx_goes_its_own_way(monkeypatch, name):
    assert isinstance(pooled(verify=True), PooledTransport)
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert pooled(verify=True) is None
