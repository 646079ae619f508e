"""A source of reference lists on loopback, with faults to order, and the answers that were recorded of the real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from arxiv_server import Answer, ArxivServer, Fault, body, manner, status
from clock import Clock
from livre.corpus import Corpus
from livre.harvest.transport import Transport
from livre.model import Identifier, Name, Paper

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = Path(__file__).parents[1] / "../shared/data/api-responses"


class ApiServer(ArxivServer):
    """Answers by path; `posted` are the bodies of POST requests."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.answers: dict[str, Answer] = {}
        self.posted: list[Any] = []
        for path, content in (answers or {}).items():
            self.put(path, content)
        server, handler = self, self._http.RequestHandlerClass

        class Posting(handler):  # type: ignore[misc,valid-type]
            def do_POST(self) -> None:
                server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.do_GET()

        self._http.RequestHandlerClass = Posting

    def put(self, path: str, content: object, **headers: str) -> None:
        """Answer to this path: with these bytes, or with a value as JSON."""
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.answers[path] = Answer(body=raw, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        del query
        return self.answers.get(path, Answer(status=404, body=b"<!doctype html><title>404 Not Found</title>"))


def door(folder: Path, **options: Any) -> Transport:
    """A transport without pauses, which takes a stalling server for dead after a quarter of a second."""
    clock = Clock()
    settings: dict[str, Any] = {"delay": 0, "read": 0.25, "total": 0.5, "tries": 2, "size": 300_000, **options}
    return Transport(user_agent="livre/0 (+https://example.org)", folder=folder, clock=clock, sleep=clock.sleep, **settings)


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def paper(number: int = 1, *, doi: str = "", arxiv: bool = True, date: str = "2099-01-05", **facts: Any) -> Paper:
    """A fabricated paper, `9901.00001` if it is the first."""
    names = [Identifier("arxiv", f"9901.{number:05d}")] if arxiv else []
    names += [Identifier("doi", doi)] if doi else []
    return Paper(
        key=f"example2099n{number}",
        shard="2099-01",
        identifiers=tuple(names),
        title=f"A fabricated paper, the {number}th",
        authors=(Name(family="Example", given="Ada"),),
        date=date,
        added="2099-01-06",
        **facts,
    )


def corpus_of(*papers: Paper) -> Corpus:
    return Corpus(papers={p.key: p for p in papers})


def _shape(change: Callable[[Any], Any]) -> Fault:
    return body(lambda raw: json.dumps(change(json.loads(raw or b"null"))).encode())


def _nulls(value: Any) -> Any:
    """The same answer with a null in every list."""
    if isinstance(value, list):
        return [None, *map(_nulls, value)]
    return {k: _nulls(v) for k, v in value.items()} if isinstance(value, dict) else value


FAULTS: dict[str, Fault] = {
    "404 with HTML": status(404, b"<!doctype html><title>404 Not Found</title>"),
    "404 with text labelled JSON": status(404, b"Resource not found.", content_type="application/json"),
    "410": status(410),
    "400 with an empty body": status(400),
    "401": status(401, b'{"error": "Invalid API key"}'),
    "429 for 15 hours": status(429, b'{"error": "Rate limit exceeded"}', retry_after="54000"),
    "500": status(500),
    "503": status(503, retry_after="60"),
    "half of the JSON": body(lambda raw: raw[: len(raw) // 2]),
    "a number": _shape(lambda _: 7),
    "null": _shape(lambda _: None),
    "objects for lists": _shape(
        lambda value: {"message": {"reference": {}}, "referenced_works": {}, "id": "https://openalex.org/W1", "x": value}
    ),
    "nulls in lists": _shape(_nulls),
    "nothing": body(lambda _: b""),
    "HTML with status 200": body(lambda _: b"<!doctype html><title>We are down</title>"),
    "nesting without end": body(lambda _: b"[" * 200_000),
    "a number of a million digits": body(lambda _: b"9" * 250_000),
    "silence": manner("stall"),
    "a trickle": manner("trickle"),
    "reset": manner("reset"),
    "cut short": manner("short"),
    "a huge body": body(lambda raw: raw + b" " * 400_000),
    "another host": status(302, location="http://127.0.0.2:9/elsewhere"),
    "a circle": lambda _answer, _query: Answer(status=302, headers={"Location": "/works"}),
}
"""What goes wrong with sources."""

_WORDS = st.sampled_from(
    ["id", "doi", "DOI", "referenced_works", "results", "locations", "landing_page_url", "display_name", "message", "reference", "cited",
     "reference-count", "unstructured", "article-title", "externalIds", "references", "referenceCount", "ArXiv"]
)  # fmt: skip
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.floats(allow_nan=True),
    st.text(max_size=5),
    st.sampled_from(
        [
            "https://openalex.org/W1",
            "https://openalex.org/W2",
            "10.9999/a",
            "doi:10.9999/b pmid:1",
            "9901.00002",
            "https://arxiv.org/abs/9901.00002",
        ]
    ),
)
anything = st.recursive(
    _LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_WORDS, inner, max_size=5)), max_leaves=12
)
"""JSON as a source might send it if it had gone mad."""
