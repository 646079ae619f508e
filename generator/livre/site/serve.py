"""The site on this machine: on loopback only, built again and reloaded when a file changes.

Browsers are told by server-sent events. The script that listens for them is served by this
server and put into pages as it sends them, so that what is on disk stays what a build made;
the pages' policy allows it, because it comes from the same place as they do.
"""

from __future__ import annotations

import contextlib
import mimetypes
import posixpath
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from watchfiles import watch

from ..build import build
from ..errors import CannotWrite, LivreError
from .render import TEMPLATES
from .shells import CONFIG, THEME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "127.0.0.1"
_SCRIPT = "/__livre__/reload.js"
_EVENTS = "/__livre__/events"
_RELOAD = f"""new EventSource("{_EVENTS}?%d").addEventListener("built", () => location.reload());\n"""
"""Run in a page that was sent after so many builds: a build that ends before the page listens is not missed."""
_TYPES = {".atom": "application/atom+xml", ".bib": "application/x-bibtex; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_PULSE = 15.0
"""Seconds between two signs of life to a listening browser, by which a closed page is noticed."""


class Bell:
    """Rings when a build is done: every listener hears each ring after it began to listen, however late it looks."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._times = 0
        self._silent = False

    @property
    def times(self) -> int:
        """How often it rang; -1 once there will be no more."""
        return -1 if self._silent else self._times

    def ring(self) -> None:
        """Tell everyone."""
        with self._rung:
            self._times += 1
            self._rung.notify_all()

    def stop(self) -> None:
        """There will be no more."""
        with self._rung:
            self._silent = True
            self._rung.notify_all()

    def wait(self, heard: int, seconds: float) -> int:
        """`times`, as soon as it is not `heard` or so many seconds have passed."""
        with self._rung:
            self._rung.wait_for(lambda: self.times != heard, seconds)
            return self.times


class Server(ThreadingHTTPServer):
    """Serves the folder `site_dir` on loopback; with a bell, pages reload when it rings."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, site_dir: Path, port: int, bell: Bell | None = None) -> None:
        self.site_dir, self.bell = site_dir, bell
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where the site is."""
        return f"http://{HOST}:{self.server_address[1]}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def site(self) -> Server:
        """The server that this answers for."""
        assert isinstance(self.server, Server)
        return self.server

    def do_GET(self) -> None:
        """One file of the site, or its 404 page."""
        address = urlsplit(self.path)
        path = unquote(address.path)
        heard = int(address.query) if address.query.isdecimal() else 0
        if self.site.bell and path == _SCRIPT:
            self._send(HTTPStatus.OK, (_RELOAD % heard).encode(), _TYPES[".js"])
        elif self.site.bell and path == _EVENTS:
            self._listen(self.site.bell, heard)
        else:
            self._file(path)

    do_HEAD = do_GET

    def _file(self, path: str) -> None:
        root = self.site.site_dir
        clean = posixpath.normpath(path).lstrip("/")
        file = root / clean
        if "\x00" in path or "\\" in path or not file.resolve().is_relative_to(root):
            self._missing()
        elif file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", quote(f"/{clean}/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            try:
                file = file / "index.html" if path.endswith("/") else file
                self._send(HTTPStatus.OK, file.read_bytes(), _type(file))
            except OSError:
                self._missing()

    def _missing(self) -> None:
        page = self.site.site_dir / "404.html"
        self._send(HTTPStatus.NOT_FOUND, page.read_bytes() if page.is_file() else b"not found\n", _type(page))

    def _send(self, status: HTTPStatus, data: bytes, type_: str) -> None:
        if self.site.bell and type_.startswith("text/html"):
            data = data.replace(b"</body>", f'<script src="{_SCRIPT}?{self.site.bell.times}"></script></body>'.encode())
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _listen(self, bell: Bell, heard: int) -> None:
        """Answer until the browser goes away: `built` whenever the bell has rung more often than it heard."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        while heard >= 0:
            now = bell.wait(heard, _PULSE)
            self.wfile.write(b": still here\n\n" if now == heard else b"event: built\ndata: \n\n" if now > 0 else b"")
            self.wfile.flush()
            heard = now

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are nobody's business."""


def _type(file: Path) -> str:
    guessed = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") and "charset" not in guessed else guessed


def _listening(site_dir: Path, port: int, bell: Bell | None = None) -> Server:
    try:
        return Server(site_dir.resolve(), port, bell)
    except OSError as error:
        raise CannotWrite(f"cannot listen on {HOST}:{port}: {error.strerror}; choose another --port, or 0 for any that is free") from None


def serve_static(site_dir: Path, *, port: int, say: Callable[[str], None]) -> None:
    """Serve a built site until Ctrl-C; `port` 0 takes a free one."""
    with contextlib.suppress(KeyboardInterrupt), _listening(site_dir, port) as server:
        say(server.url)
        server.serve_forever()


def watched(root: Path) -> tuple[Path, ...]:
    """What a site is made of, as far as it changes while people write."""
    return tuple(p for p in (root / "content", root / "bib", root / CONFIG, TEMPLATES, THEME) if p.exists())


def serve(root: Path, *, port: int, say: Callable[[str], None], site_dir: Path | None = None, stop: threading.Event | None = None) -> None:
    """Build, serve, and build again whenever something changes, until Ctrl-C (or `stop`).

    A build that fails says why and leaves the last good site. The site is built for this
    address, into `site_dir`: build/serve under the root unless told otherwise.
    """
    site_dir = site_dir or root / "build" / "serve"
    stop = stop or threading.Event()
    bell = Bell()
    with contextlib.suppress(KeyboardInterrupt), _listening(site_dir, port, bell) as server:
        report = build(root, site_dir, base_url=server.url)
        say(f"{report.pages} pages in {sum(report.seconds.values()):.1f} s")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(server.url)
        try:
            for _ in watch(*watched(root), stop_event=stop, raise_interrupt=True):
                try:
                    report = build(root, site_dir, base_url=server.url)
                except LivreError as error:
                    say(str(error))
                    continue
                say(f"built again: {report.pages} pages in {sum(report.seconds.values()):.1f} s")
                bell.ring()
        finally:
            bell.stop()
            server.shutdown()
