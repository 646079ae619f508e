"""Every family of pages, so that whoever looks at the site, a person or a program, looks at all of it."""

from __future__ import annotations

import gzip
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ONE = {
    "home": "",
    "papers": "papers/",
    "search": "papers/?q=model",
    "authors": "authors/",
    "categories": "categories/",
    "timeline": "timeline/",
    "graph": "graph/",
    "main-path": "graph/main-path/",
    "models": "models/",
    "new": "new/",
    "methods": "methods/",
    "why": "why/",
    "submit": "submit/",
    "lists": "lists/",
    "how": "how/",
    "404": "404.html",
}
"""Pages of which there is one, by name; a review that lacks one is not asked for it."""
LARGEST = {
    "paper": "papers/*/index.html",
    "record": "methods/records/month-*/index.html",
    "author": "authors/*-*/index.html",
    "letter": "authors/letter_*/index.html",
    "chapter": "categories/*/index.html",
    "year": "timeline/????/index.html",
    "month": "timeline/????-??/index.html",
    "flow": "methods/flow/*/index.html",
    "night": "methods/flow/????-??-??/index.html",
    "records": "methods/records/[!m]*/index.html",
}
"""Families of generated pages: the one with the most to show stands for all."""
SMALLEST = {"thin-paper": "papers/*/index.html", "name": "authors/*-*/index.html", "thin-category": "categories/*/index.html"}
"""Families of which the one with the least to show is worth a look as well."""


def families(site: Path) -> Mapping[str, str]:
    """Name → address below the site's root, of one page for each kind that this built site has; the same for the same site."""
    found = {name: path for name, path in ONE.items() if (site / _file(path)).is_file()}
    for patterns, choose in ((LARGEST, max), (SMALLEST, min)):
        for name, pattern in patterns.items():
            if pages := [p for p in site.glob(pattern) if p.stat().st_size]:
                found[name] = f"{choose(pages, key=lambda p: (p.stat().st_size, p)).parent.relative_to(site).as_posix()}/"
    return found


def _file(path: str) -> str:
    plain = path.partition("?")[0]
    return plain if plain.endswith(".html") else f"{plain}index.html"


class Host(SimpleHTTPRequestHandler):
    """Files as hosts of static sites serve them: in a folder, compressed, 404.html for what is not there; and no narration."""

    protocol_version = "HTTP/1.1"
    folder = "/review/"
    late = 0.0
    """Seconds by which scripts come later than all else, as on a slow line: what moves then moves here."""
    packed = (".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml", ".txt", ".atom", ".csv", ".bib")

    def do_GET(self) -> None:
        asked = unquote(urlsplit(self.path).path)
        path = Path(self.directory, asked.removeprefix(self.folder)) if asked.startswith(self.folder) else Path()
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        path = path if path.is_file() else Path(self.directory, "404.html")
        if path.suffix in {".js", ".mjs"}:
            time.sleep(self.late)
        data = path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix in self.packed:
            data = gzip.compress(data, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Content-Length", str(len(data)))
        with suppress(ConnectionError):  # a browser that left the page before all of it came
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def hosted(site: Path, *, late: float = 0.0) -> Iterator[str]:
    """The site on loopback, at the address given, as a project's pages have theirs: below `/review/`. It stops by itself."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(type("Late", (Host,), {"late": late}), directory=str(site)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{Host.folder}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
