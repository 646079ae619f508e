"""As much of GitHub's REST interface on loopback as `watch` and `propose` ask for, with its rules on who may and what is there."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

TOKEN = "fabricated"


class GithubServer:
    """Running inside a `with`. `workflows` are states by file, `issues` and `pulls` what there is, `denied` paths that are refused."""

    def __init__(self, repository: str = "ada-example/skin") -> None:
        self.workflows = {"nightly.yml": "active", "watch.yml": "active"}
        self.runs: list[dict[str, Any]] = []
        self.labels: set[str] = set()
        self.issues: list[dict[str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.comments: list[tuple[int, str]] = []
        self.dispatched: list[str] = []
        self.denied: set[str] = set()
        self.broken = 0
        self.log: list[tuple[str, str]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, f"/repos/{repository}"))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def issue(self, title: str, *labels: str, state: str = "open") -> dict[str, Any]:
        self.issues.append({"number": len(self.issues) + 1, "title": title, "state": state, "labels": list(labels)})
        return self.issues[-1]

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        """The status and the JSON of an answer; None for none."""
        if any(path.startswith(p) for p in self.denied):
            return 403, {"message": "Resource not accessible by integration"}
        if found := re.fullmatch(r"/actions/workflows/([\w.]+)(/enable|/runs|/dispatches)?", path):
            return self._workflow(method, found[1], found[2] or "", query, body)
        if (method, path) == ("POST", "/labels"):
            there = body["name"] in self.labels
            self.labels.add(body["name"])
            return (422, {"errors": [{"code": "already_exists"}]}) if there else (201, body)
        if path == "/issues":
            if method == "POST":
                made = self.issue(body["title"], *body["labels"])
                made["body"] = body["body"]
                return 201, made
            listed = [i for i in self.issues if i["state"] == query["state"] and query["labels"] in i["labels"]]
            return 200, listed[: int(query["per_page"])]
        if found := re.fullmatch(r"/issues/(\d+)(/comments)?", path):
            if found[2]:
                self.comments.append((int(found[1]), body["body"]))
            else:
                self.issues[int(found[1]) - 1] |= body
            return 200, {}
        if path == "/pulls":
            if method == "GET":
                return 200, [p for p in self.pulls if p["head"] == query["head"].partition(":")[2]]
            self.pulls.append({**body, "html_url": f"https://github.invalid/pull/{len(self.pulls) + 1}"})
            return 201, self.pulls[-1]
        return 404, {"message": "Not Found"}

    def _workflow(self, method: str, name: str, what: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        if name not in self.workflows:
            return 404, {"message": "Not Found"}
        if what == "/enable":
            self.workflows[name] = "active"
            return 204, None
        if what == "/dispatches":
            if self.workflows[name] != "active":
                return 422, {"message": "Cannot trigger a 'workflow_dispatch' on a disabled workflow"}
            self.dispatched.append(body["ref"])
            return 204, None
        if what == "/runs":
            return 200, {"total_count": len(self.runs), "workflow_runs": self.runs[: int(query["per_page"])]}
        return 200, {"state": self.workflows[name]}


def _handler(server: GithubServer, root: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            asked = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else {}
            server.log.append((self.command, asked.path))
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, said = 401, {"message": "Bad credentials"}
            elif server.broken:
                server.broken -= 1
                status, said = 502, {"message": "Unicorn!"}
            else:
                assert asked.path.startswith(root)
                status, said = server.answer(self.command, asked.path.removeprefix(root), dict(parse_qsl(asked.query)), body)
            data = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = _serve

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
