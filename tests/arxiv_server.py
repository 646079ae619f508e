"""A small arXiv on loopback: OAI-PMH and the Atom API over a list of records, with faults to order.

It speaks the dialects of the two servers that arXiv runs since 2025 (github.com/arXiv/oaipmh; the API
as recorded in April 2026): tokens that are offsets, errors of OAI-PMH with HTTP 200, those of the API
with HTTP 400, and ids that it does not know dropped in silence.
"""

from __future__ import annotations

import gzip
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

from arxiv_dialect import Record, Words, atom_entry, atom_error, atom_page, changed, oai_header, oai_page, oai_record, record, set_specs

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent. `manner` is how: whole, gzip, short, chunk, reset, stall, trickle or trickle-headers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: when (monotonic seconds), what, and how many were being served at once, this one included."""

    at: float
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    busy: int


Fault = Callable[[Answer, dict[str, str]], Answer]
"""What goes wrong: from the right answer and the request's query to what is sent instead."""


def body(change: Callable[[bytes], bytes]) -> Fault:
    """A fault that changes the bytes of the body."""
    return lambda answer, _: replace(answer, body=change(answer.body))


def manner(name: str) -> Fault:
    """A fault in how the answer is sent."""
    return lambda answer, _: replace(answer, manner=name)


def status(code: int, text: bytes = b"", **headers: str) -> Fault:
    """An answer with another status; `retry_after="3"` is the header Retry-After."""
    return lambda _answer, _query: Answer(body=text, status=code, headers={k.replace("_", "-").title(): v for k, v in headers.items()})


class ArxivServer:
    """The server, running inside a `with`. Change `records`, `now`, `faults` and `always` while it runs.

    Each request takes the next of `faults` (None for none), then `always`. `before(n)` is called ahead of the nth request.
    Records changed after the day of `now` are not there yet. `log` has every request. With `news` a paper on the
    history of mathematics comes every day, because arXiv as a whole is never silent.
    """

    def __init__(self, records: Iterable[Record] = (), *, page: int = 2500, now: str = "2025-04-01T06:17:00Z", news: bool = True) -> None:
        self.records = list(records)
        self.page = page
        self.news = news
        self.now = now
        self.log: list[Asked] = []
        self.faults: deque[Fault | None] = deque()
        self.always: Fault | None = None
        self.before: Callable[[int], None] = lambda _: None
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._busy = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.oai = f"{self.url}/oai"
        self.api = f"{self.url}/api/query"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def begin(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Fault:
        """Note a request; what is to go wrong with its answer."""
        with self._lock:
            self._busy += 1
            self.log.append(Asked(at=time.monotonic(), path=path, query=query, headers=headers, busy=self._busy))
            self.before(len(self.log))
            return (self.faults.popleft() if self.faults else None) or self.always or (lambda answer, _: answer)

    def end(self) -> None:
        """A request is all but answered."""
        with self._lock:
            self._busy -= 1

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """The right answer to a request."""
        here = [r for r in self.records if changed(r) <= self.now[:10]]
        if self.news:
            here.append(record(99999, title="Elsewhere", abstract="", categories="math.HO", versions=[self.now]))
        if path == "/oai":
            inner = self._list(here, query)
            return Answer(body=oai_page(inner, self.now), headers={"Content-Type": "text/xml"})
        if path == "/api/query":
            return self._query(here, query)
        return Answer(status=404, body=b"nothing here")

    def _list(self, here: list[Record], query: dict[str, str]) -> str:
        def error(code: str, text: str) -> str:
            return f"<error code='{code}'>{escape(text)}</error>"

        verb = query.get("verb", "")
        if verb not in {"ListRecords", "ListIdentifiers"}:
            return error("badVerb", "only ListRecords and ListIdentifiers are served here")
        skip, resumed = 0, "resumptionToken" in query
        if resumed:
            query = dict(parse_qsl(unquote(query["resumptionToken"])))
            if not query.get("skip", "").isdigit():
                return error("badResumptionToken", "Token decoding failed or format is invalid.")
            skip = int(query.pop("skip"))
        if query.get("metadataPrefix") != "arXivRaw":
            return error("cannotDisseminateFormat", "Did not recognize requested format")
        wanted = query.get("set", "")
        known = {"", "cs", "econ", "eess", "math", "q-bio", "q-fin", "stat", "physics"}
        if wanted.partition(":")[0] not in known:
            return error("badArgument", "Set does not exist")
        first, last = query.get("from", "0"), query.get("until", "9")
        found = sorted(
            (
                r
                for r in here
                if first <= changed(r) <= last and any(f"{s}:".startswith(f"{wanted}:" if wanted else "") for s in set_specs(r))
            ),
            key=lambda r: (changed(r), r["id"]),
        )[skip:]
        if not found:
            return error("noRecordsMatch", "No records match the request.")
        shown = found[: self.page]
        token = "<resumptionToken/>" if resumed else ""
        if len(found) > self.page:
            day, same = changed(found[self.page]), sum(changed(r) == changed(found[self.page]) for r in shown)
            more = {**query, "skip": str(skip + self.page)} if same == len(shown) else {**query, "from": day, "skip": str(same)}
            token = f"<resumptionToken expires='{self.now}'>{quote(urlencode(more))}</resumptionToken>"
        return f"<{verb}>{''.join(map(oai_record if verb == 'ListRecords' else oai_header, shown))}{token}</{verb}>"

    def _query(self, here: list[Record], query: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/atom+xml; charset=utf-8"}
        start, size = int(query.get("start", 0)), int(query.get("max_results", 10))
        found = here
        if ids := [i for i in query.get("id_list", "").split(",") if i]:
            if bad := [i for i in ids if not re.fullmatch(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?", i)]:
                return Answer(body=atom_error(f"incorrect id format for {bad[0]}", self.now), status=400, headers=kind)
            names = {re.sub(r"v\d+$", "", i) for i in ids}
            found = [r for r in found if r["id"] in names]
        if text := query.get("search_query", ""):
            found = [r for r in found if Words(text).any_of(r)]
        if not ids and not text:
            found = []
        found = sorted(found, key=lambda r: (r["versions"][0], r["id"]), reverse=query.get("sortOrder") != "ascending")
        shown = found[start : start + size]
        return Answer(body=atom_page(map(atom_entry, shown), len(found), start, size, self.now), headers=kind)


def _handler(server: ArxivServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            self.close_connection = True
            fault = server.begin(url.path, query, {k.lower(): v for k, v in self.headers.items()})
            try:
                self.send(fault(server.answer(url.path, query), query))
            except OSError:
                pass  # the client has gone
            finally:
                self.done()

        def done(self) -> None:
            if not self.__dict__.get("ended"):
                self.ended = True
                server.end()

        def send(self, answer: Answer) -> None:
            if answer.manner == "stall":
                server.stopping.wait(60)
                return
            if answer.manner == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            headers = {"Date": self.date_time_string(), **answer.headers, "Connection": "close"}
            content = answer.body
            if answer.manner == "gzip":
                content, headers["Content-Encoding"] = gzip.compress(content), "gzip"
            if answer.manner == "chunk":
                headers["Transfer-Encoding"] = "chunked"
                content = f"{len(content) // 2:x}\r\n".encode() + content[: len(content) // 2] + b"\r\nzz\r\nbroken"
            else:
                headers.setdefault("Content-Length", str(len(content) + (99 if answer.manner == "short" else 0)))
            headers = {k: v for k, v in headers.items() if v}  # an empty one is left out, to send a body without a length
            head = f"HTTP/1.1 {answer.status} Fabricated\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
            slow = {"trickle": (head.encode(), content), "trickle-headers": (b"", head.encode())}.get(answer.manner)
            if slow:
                self.wfile.write(slow[0])
                for at in range(len(slow[1])):
                    self.wfile.write(slow[1][at : at + 1])
                    if server.stopping.wait(0.02):
                        return
                return
            everything = head.encode() + content
            self.wfile.write(everything[:-1])
            self.done()
            self.wfile.write(everything[-1:])

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler
