"""The SDK against what is no gateway: proxies, broken servers, hostile answers."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import BailmentError, Malformed, Unavailable
from bailment.phone import wire
from bailment.phone.client import PhoneClient
from bailment.phone.key import make_key
from bailment.phone.problems import GatewayBusy, GatewayProblem, Refused, problem_of

Answer = Callable[[BaseHTTPRequestHandler], object]


@contextmanager
def answering(answer: Answer) -> Iterator[PhoneClient]:
    """Run a server that answers everything with `answer`, and give a client of it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with PhoneClient(f"http://127.0.0.1:{server.server_port}", make_key(), timeout_s=2) as client:
                yield client
        finally:
            server.shutdown()
            thread.join(10)


def reply(status: int, body: bytes, length: int | None = None, **headers: str) -> Answer:
    """Return an answer with these bytes; `length` may lie."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return answer


GOOD = json.dumps({"friends": [], "sync": "s"}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, b"not JSON"),
        reply(200, b"[]"),
        reply(200, b"\xff"),
        reply(200, b"[" * 100_000),
        reply(200, GOOD, length=len(GOOD) + 1),
        reply(200, gzip.compress(GOOD)[:-9], Content_Encoding="gzip"),
        reply(200, GOOD, Content_Encoding="gzip"),
        lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"),
    ],
    ids=["text", "list", "latin", "deep", "short", "cut gzip", "no gzip", "no http"],
)
def test_a_broken_answer_is_no_answer(answer: Answer) -> None:
    """An answer that is cut off, not JSON or not HTTP is unavailable, and nothing of it is believed."""
    with answering(answer) as client, pytest.raises(Unavailable):
        client.friends()


@pytest.mark.parametrize("body", [b"{}", b'{"friends":1,"sync":""}', b'{"friends":[1],"sync":""}'])
def test_another_shape_is_malformed(body: bytes) -> None:
    """JSON of another shape is malformed."""
    with answering(reply(200, body)) as client, pytest.raises(Malformed):
        client.friends()
    with answering(reply(201, body)) as client, pytest.raises(Malformed):
        client.enrol("x")


@pytest.mark.parametrize(("status", "body"), [(302, b""), (500, b"<h1>oops"), (502, b""), (204, b"")])
def test_what_something_else_says_is_shown(status: int, body: bytes) -> None:
    """A redirect is not followed with the token, and another's error is raised with its status."""
    answer = reply(status, body, Location="http://127.0.0.1:9/", Content_Type="text/html")
    with answering(answer) as client, pytest.raises(GatewayProblem) as caught:
        client.me()
    assert caught.value.status == status
    assert caught.value.detail == body.decode()


def test_a_huge_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small body that unfolds beyond the limit is not unfolded further."""
    monkeypatch.setattr(wire, "MOST_BODY", 10_000)
    bomb = gzip.compress(b" " * 1_000_000 + GOOD)
    assert len(bomb) < 10_000
    with answering(reply(200, bomb, Content_Encoding="gzip")) as client, pytest.raises(Unavailable):
        client.friends()


def test_a_silent_server_times_out() -> None:
    """A server that takes the request and says nothing is unavailable after the timeout."""
    ended = threading.Event()
    with answering(lambda _: ended.wait(10)) as client:
        with pytest.raises(Unavailable, match="timed out"):
            client.friends()
        ended.set()


def test_an_enrolment_is_sent_once() -> None:
    """When the connection breaks during an enrolment it is not sent again: the code may be spent."""
    seen: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.command)
        handler.close_connection = True

    with answering(answer) as client, pytest.raises(Unavailable):
        client.enrol("code")
    assert seen == ["POST"]


@given(st.integers(400, 599), st.text(max_size=40), st.binary(max_size=200))
def test_any_error_is_a_problem(status: int, content_type: str, body: bytes) -> None:
    """Whatever an error response holds, it becomes one exception of our family that can be printed."""
    problem = problem_of(status, content_type, body)
    assert isinstance(problem, BailmentError)
    assert str(problem)


def test_problems_have_classes() -> None:
    """A kind has its class; rule and remedy are attributes; an unknown kind is the base class."""
    refused = b'{"type":"urn:bailment:problem:refused","title":"t","rule":"r","detail":"d"}'
    problem = problem_of(403, "application/problem+json; charset=utf-8", refused, "receipt")
    assert isinstance(problem, Refused)
    assert (problem.rule, problem.remedy, problem.receipt, str(problem)) == ("r", "d", "receipt", "t: r: d")
    busy = b'{"type":"urn:bailment:problem:unavailable"}'
    assert isinstance(problem_of(503, "application/problem+json", busy), GatewayBusy)
    assert type(problem_of(418, "application/problem+json", b'{"type":"x"}')) is GatewayProblem
