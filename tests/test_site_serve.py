"""The local server: on loopback, inside its folder, and reloading when something changes."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from livre.errors import CannotWrite
from livre.site import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

REVIEW = Path(__file__).parent / "data" / "review"
PATIENCE = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    (site / "papers" / "a").mkdir(parents=True)
    (site / "index.html").write_text("<html><body>home</body></html>")
    (site / "404.html").write_text("<html><body>nothing here</body></html>")
    (site / "papers" / "a" / "index.html").write_text("<html><body>paper</body></html>")
    (site / "papers" / "a" / "a.bib").write_text("@misc{a,}")
    (site / "feed.atom").write_text("<feed/>")
    (tmp_path / "secret.txt").write_text("secret")
    return site


@pytest.fixture
def server(folder: Path) -> Iterator[serve.Server]:
    with serve.Server(folder, 0) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def get(server: serve.Server, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", int(server.server_address[1]), timeout=10)
    connection.putrequest(method, path, skip_host=False)
    connection.endheaders()
    answer = connection.getresponse()
    out = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return out


@pytest.mark.parametrize(
    ("path", "type_", "body"),
    [
        ("/", "text/html; charset=utf-8", b"home"),
        ("/?q=1", "text/html; charset=utf-8", b"home"),
        ("/papers/a/", "text/html; charset=utf-8", b"paper"),
        ("/papers/a/a.bib", "application/x-bibtex; charset=utf-8", b"@misc"),
        ("/papers/%61/a.bib", "application/x-bibtex; charset=utf-8", b"@misc"),
        ("/feed.atom", "application/atom+xml", b"<feed/>"),
    ],
)
def test_files_come_with_their_type(server: serve.Server, path: str, type_: str, body: bytes) -> None:
    status, headers, data = get(server, path)
    assert (status, headers["content-type"]) == (200, type_)
    assert body in data


def test_a_folder_without_its_slash_leads_to_it(server: serve.Server) -> None:
    status, headers, _ = get(server, "/papers/a")
    assert (status, headers["location"]) == (301, "/papers/a/")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/papers/",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/papers/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/a%00b",
        "//secret.txt",
        "/x\\..\\y",
    ],
)
def test_what_is_not_in_the_site_is_its_404_page(server: serve.Server, path: str) -> None:
    status, _, data = get(server, path)
    assert status == 404
    assert b"nothing here" in data


def test_a_link_that_leaves_the_folder_is_not_followed(server: serve.Server, folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    assert get(server, "/link.txt")[0] == 404


def test_head_has_headers_only(server: serve.Server) -> None:
    status, headers, data = get(server, "/", "HEAD")
    assert (status, data) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_only_this_machine_can_connect(server: serve.Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.url.startswith("http://127.0.0.1:")


def test_without_a_bell_pages_are_sent_as_they_are(server: serve.Server, folder: Path) -> None:
    assert get(server, "/")[2] == (folder / "index.html").read_bytes()
    assert get(server, "/__livre__/reload.js")[0] == 404


def test_a_port_that_is_taken_is_said_so(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotWrite, match="choose another --port"):
            serve.serve_static(folder, port=taken.getsockname()[1], say=print)


def test_an_interrupt_ends_the_server_without_a_traceback(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from livre.site import serve;"
        "serve.serve_static(Path(sys.argv[1]), port=0, say=lambda s: print(s, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stderr
        assert child.stdout.readline().startswith("http://127.0.0.1:")
        child.send_signal(signal.SIGINT)
        assert child.wait(PATIENCE) == 0
        assert child.stderr.read() == ""


@pytest.mark.slow
def test_a_change_is_built_and_told_and_a_mistake_leaves_the_last_good_site(tmp_path: Path) -> None:
    root = tmp_path / "review"
    shutil.copytree(REVIEW, root)
    said: list[str] = []
    stop = threading.Event()
    thread = threading.Thread(target=serve.serve, args=(root,), kwargs={"port": 0, "say": said.append, "stop": stop})
    thread.start()

    def until(wanted: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while not (found := [s for s in said if wanted in s]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert found, said
        said.clear()
        return found[0]

    try:
        port = int(until("http://").rstrip("/").rpartition(":")[2])
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/how/")
        assert b'<script src="/__livre__/reload.js?0"></script></body>' in connection.getresponse().read()
        assert b"__livre__" not in (root / "build" / "serve" / "how" / "index.html").read_bytes()
        connection.request("GET", "/__livre__/reload.js")
        assert b"EventSource" in connection.getresponse().read()
        listening = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        listening.request("GET", "/__livre__/events")
        events = listening.getresponse()
        assert events.getheader("content-type") == "text/event-stream"

        (root / "content" / "how.md").write_text("# How\n\nA mistake [@nobody].\n")
        assert "content/how.md:3" in until("content/how.md")
        connection.request("GET", "/how/")
        assert b"A chapter without front matter" in connection.getresponse().read()

        (root / "content" / "how.md").write_text("# How\n\n<h2 id='references'>Mended</h2>\n")
        until("built again")
        assert b"event: built" in events.readline()
        connection.request("GET", "/how/")
        assert b"Mended" in connection.getresponse().read()
        listening.close()
        connection.close()
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()
