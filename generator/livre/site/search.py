"""The search index of the site, made by Pagefind (https://pagefind.app), to which records are given over its service protocol.

Not its Python wrapper, which waits 0.1 s after every record, and no crawl of the finished pages: a message is base64 of JSON
and a comma, either way (Pagefind's documentation does not describe it; this is what its own clients speak at 1.5).
The only importer of pagefind_bin. Pagefind's own filters and sorts are not used: they come out in another order every time, so the
bytes would differ, they weigh five times as much as a table of our own (`pages/explore.py`), and they cannot sort across parts.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pagefind_bin import get_executable  # type: ignore[import-untyped]

from ..errors import BrokenInvariant, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

FOLDER = "search"
"""Where the index lies in the site."""
PART = 12_000
"""Records in one index. Pagefind holds all of it in memory, 130 MB for a thousand records with abstracts, so a large review has several."""
TIMEOUT = 600.0
"""Seconds after which Pagefind is taken to hang; 10,000 records with abstracts take fifteen."""
_AHEAD = 64
"""Messages sent before their answers are read: more could fill both pipes, and then each side waits for the other."""
_ENTRY = "pagefind-entry.json"
_KEPT = ("fragment/", "index/", "pagefind.", "pagefind-worker.js", _ENTRY)
"""What readers need; Pagefind's own interfaces, which nobody loads here, are half a megabyte more."""
_AGAIN = "try: pip install --force-reinstall pagefind_bin"
_MISSING = "the program that builds the search is not installed; try: pip install pagefind_bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something to be found: its address below the site, the plain text that is searched, and what a result shows of it."""

    path: str
    text: str
    meta: Mapping[str, str] = field(default_factory=dict)


def program() -> Path:
    """Pagefind's binary; UsageError says how to get it where it is missing."""
    try:
        return Path(get_executable())
    except FileNotFoundError:
        raise UsageError(_MISSING) from None


class _Service:
    """One run of Pagefind, for one index. It ends with the `with`, whatever happens in it."""

    def __init__(self, binary: Path, language: str, timeout: float) -> None:
        self._language = language
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed program and word
                [str(binary), "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise UsageError(f"the program that builds the search does not start ({error.strerror}); {_AGAIN}") from None
        self._timer = threading.Timer(timeout, self._process.kill)
        self._timer.daemon = True
        self._timer.start()
        self._answers = self._read()
        self._sent = self._waiting = self._index = 0

    def begin(self) -> None:
        self._send({"type": "NewIndex", "config": {"force_language": self._language}})
        self._index = self._answer("NewIndex")["index_id"]

    def _failed(self, why: str) -> BrokenInvariant:
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return BrokenInvariant(f"Pagefind, which builds the search, failed: {'; '.join([why, *said])[:500]}; nothing was written")

    def _send(self, payload: Mapping[str, Any]) -> None:
        assert self._process.stdin
        self._sent += 1
        message = json.dumps({"message_id": self._sent, "payload": payload}).encode()
        try:
            self._process.stdin.write(base64.b64encode(message) + b",")
            self._process.stdin.flush()
        except OSError:
            raise self._failed("it ended before it was done") from None

    def _read(self) -> Iterator[Mapping[str, Any]]:
        assert self._process.stdout
        buffer = bytearray()
        while chunk := os.read(self._process.stdout.fileno(), 1 << 20):
            start = len(buffer)
            buffer += chunk
            while (end := buffer.find(b",", start)) >= 0:
                message = bytes(buffer[:end])
                del buffer[: end + 1]
                start = 0
                try:
                    yield json.loads(base64.b64decode(message))["payload"]
                except (ValueError, KeyError, TypeError):
                    raise self._failed("it answered something else than its protocol") from None
        raise self._failed("it ended before it was done")

    def _answer(self, kind: str) -> Mapping[str, Any]:
        payload = next(self._answers)
        if payload.get("type") != kind:
            raise self._failed(str(payload.get("message") or f"it answered {payload.get('type')!r} to {kind!r}"))
        return payload

    def add(self, record: Record) -> None:
        meta = {name: value for name, value in record.meta.items() if value}
        told = {"url": f"/{record.path}", "content": record.text, "language": self._language, "meta": meta}
        self._send({"type": "AddRecord", "index_id": self._index, **told})
        self._waiting += 1
        if self._waiting >= _AHEAD:
            self._settle(_AHEAD // 2)

    def _settle(self, left: int) -> None:
        while self._waiting > left:
            self._answer("IndexedFile")
            self._waiting -= 1

    def ask(self) -> None:
        """Ask for the files, and do not wait for them: Pagefind works on its own meanwhile."""
        self._settle(0)
        self._send({"type": "GetFiles", "index_id": self._index})

    def files(self) -> Sequence[tuple[str, bytes]]:
        files = {f["path"]: base64.b64decode(f["content"]) for f in self._answer("GetFiles")["files"]}
        spoken = {f"wasm.{one['wasm'] or 'unknown'}.pagefind" for one in _languages(files[_ENTRY])}
        return sorted((path, data) for path, data in files.items() if path in spoken or path.startswith(_KEPT))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._errors):
            pipe.close()
        with suppress(OSError):  # what was not flushed went with the process
            self._process.stdin.close()


class Index:
    """The index of many records, one part after the other; the last part is made while something else is done.

    Use it in a `with`, since it runs a program. `language` is the site's: it decides how words are stemmed.
    UsageError when the program is missing, BrokenInvariant when it fails.
    """

    def __init__(self, language: str = "en", *, part: int = PART, binary: Path | None = None, timeout: float = TIMEOUT) -> None:
        self._language, self._part, self._timeout = language, part, timeout
        self._binary = binary or program()
        self._service: _Service | None = None
        self._made: list[Sequence[tuple[str, bytes]]] = []
        self._here = 0
        self.records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._service:
            self._service.__exit__(kind, value, trace)
            self._service = None

    def _collect(self) -> None:
        assert self._service
        self._made.append(self._service.files())
        self._service.__exit__(None, None, None)
        self._service, self._here = None, 0

    def add(self, records: Iterable[Record]) -> None:
        """Give all records, in the order in which scripts will know them, and let the last part be made. To be called once."""
        for record in records:
            if self._service and self._here == self._part:
                self._service.ask()
                self._collect()
            if not self._service:
                self._service = _Service(self._binary, self._language, self._timeout)
                self._service.begin()
            self._service.add(record)
            self._here += 1
            self.records += 1
        if self._service:
            self._service.ask()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the index, as (path in the site, bytes): the first part in `FOLDER`, later ones in folders inside of it."""
        if self._service:
            self._collect()
        for number, files in enumerate(self._made):
            for path, data in files:
                yield f"{FOLDER}/{number or ''}{'/' * bool(number)}{path}", data

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells this index from one of yesterday, part by part: Pagefind's own hash. To be asked for after `files`."""
        return tuple("+".join(sorted(one["hash"] for one in _languages(dict(files)[_ENTRY]))) for files in self._made)


def _languages(entry: bytes) -> Sequence[Mapping[str, Any]]:
    return tuple(json.loads(entry)["languages"].values())
