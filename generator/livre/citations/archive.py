"""The TeX files of an arXiv e-print, streamed: nothing is written to disk, and whatever was sent, little is held.

An e-print is a gzipped tar or one gzipped TeX file, or what stands in its place: a PDF, an HTML page. It comes
from strangers, so every quantity has a limit, and the whole is refused when one is passed. Of tarfile only the
reading of one header block is used: TarFile keeps all it saw and holds extended headers of any size.
"""

from __future__ import annotations

import codecs
import re
import tarfile
import time
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from ..errors import Malformed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUFFIXES = frozenset({".bbl", ".bib", ".tex", ".ltx"})
"""Which files are read; all others are passed over."""

LONGEST_PATH = 255
CUT_OFF = "the e-print is cut off"

_CHUNK = 1 << 16
_BLOCK = tarfile.BLOCKSIZE
_GZIP = b"\x1f\x8b"
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml")
_FILES = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE})
_ABOUT_THE_NEXT = frozenset({
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
})  # fmt: skip
_SPARSE_MORE, _SPARSE_MORE_STILL = 482, 504
"""Where GNU's sparse headers say that another follows."""
_LENGTH = re.compile(rb"([0-9]{1,9}) ")
_SIZE = re.compile(rb"[0-9]{1,12}")


class NoSource(Malformed):
    """The e-print is whole and has no TeX: a PDF, PostScript, nothing. Asking on another night will not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one e-print may cost: bytes but for `members`, `ratio` (bytes out for one in), `nested` (gzip in gzip) and `seconds`.

    `total` counts all that is unpacked, pictures included; `kept` the files that are read.
    """

    total: int = 400_000_000
    kept: int = 8_000_000
    member: int = 4_000_000
    members: int = 5_000
    header: int = 65_536
    ratio: int = 200
    nested: int = 2
    seconds: float = 15


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file that could matter: its path in the e-print and its bytes, which are None when it is larger than allowed."""

    name: str
    data: bytes | None


class _Purse:
    """What has been spent of the limits."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._end = clock() + limits.seconds
        self._in = self._out = self._members = 0

    def received(self, count: int) -> None:
        self._in += count

    def unpacked(self, count: int) -> None:
        """Account for bytes that came out; Malformed when they are too many, too many for what went in, or too slow."""
        self._out += count
        if self._out > self.limits.total:
            raise Malformed(f"the e-print unpacks to more than {self.limits.total / 1e6:g} MB")
        if self._out > self.limits.ratio * self._in + _CHUNK * 16:
            raise Malformed(f"the e-print unpacks to more than {self.limits.ratio} times its size")
        if self._clock() > self._end:
            raise Malformed(f"the e-print takes longer than {self.limits.seconds:g} s to unpack")

    def member(self) -> None:
        self._members += 1
        if self._members > self.limits.members:
            raise Malformed(f"the e-print has more than {self.limits.members} files")


class _Flow:
    """Bytes that come in pieces (none empty), taken in the sizes that are wanted."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def some(self) -> bytes:
        """The next piece, of any size; b"" at the end."""
        piece, self._held = self._held or next(self._pieces, b""), b""
        return piece

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end, left where they are."""
        if len(self._held) < size:
            parts = [self._held]
            count = len(self._held)
            while count < size and (piece := next(self._pieces, b"")):
                parts.append(piece)
                count += len(piece)
            self._held = b"".join(parts)
        return self._held[:size]

    def take(self, size: int) -> bytes:
        """So many bytes; Malformed when there are fewer."""
        data = self.peek(size)
        if len(data) < size:
            raise Malformed(CUT_OFF)
        self._held = self._held[size:]
        return data

    def put_back(self, data: bytes) -> None:
        """Have these bytes come first."""
        self._held = data + self._held

    def drain(self) -> None:
        """Pass over the rest, at whose end the checksum is."""
        while self.some():
            pass

    def skip(self, size: int) -> None:
        """Pass over so many bytes, holding none; Malformed when there are fewer."""
        while size > 0:
            piece = self.some()
            if not piece:
                raise Malformed(CUT_OFF)
            if len(piece) > size:
                self._held = piece[size:]
            size -= len(piece)


def _received(stream: BinaryIO, purse: _Purse) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        purse.received(len(piece))
        yield piece


def _inflated(packed: _Flow, purse: _Purse) -> Iterator[bytes]:
    """The contents of gzip members one after another, checksums compared; what follows the last one is passed over."""
    while packed.peek(len(_GZIP)) == _GZIP:
        purse.member()
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        piece = packed.some()
        while not inflater.eof:
            try:
                out = inflater.decompress(piece, _CHUNK)
            except zlib.error as error:
                raise Malformed(f"the e-print is corrupt: {error}") from None
            purse.unpacked(len(out))
            if out:
                yield out
            if inflater.eof:
                break
            piece = inflater.unconsumed_tail or packed.some()
            if not piece and not out:
                raise Malformed(CUT_OFF)
        packed.put_back(inflater.unused_data)


def _header(block: bytes) -> tarfile.TarInfo | None:
    """What a header block says; None when it is none."""
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return None
    return info if info.size >= 0 else None


def _records(data: bytes) -> dict[bytes, bytes]:
    """The keywords of an extended header (POSIX pax); Malformed when its lengths do not add up."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data) and (length := _LENGTH.match(data, at)):
        end = at + int(length[1])
        keyword, is_, value = data[length.end() : end - 1].partition(b"=")
        if end <= length.end() or end > len(data) or not is_:
            break
        found[keyword] = value
        at = end
    if data[at:].strip(b"\0"):
        raise Malformed("the e-print is corrupt: an extended header cannot be read")
    return found


def _untarred(flow: _Flow, purse: _Purse) -> Iterator[Member]:
    limits, left = purse.limits, purse.limits.kept
    said: dict[bytes, bytes] = {}
    while (block := flow.peek(_BLOCK)) and block.strip(b"\0"):
        purse.member()
        info = _header(flow.take(_BLOCK))
        if info is None:
            raise Malformed("the e-print is corrupt: what should be a tar header is none")
        if info.type in _ABOUT_THE_NEXT:
            if info.size > limits.header:
                raise Malformed(f"the e-print has a header of more than {limits.header} bytes")
            data = flow.take(info.size)
            flow.skip(-info.size % _BLOCK)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                said[b"path"] = data.rstrip(b"\0")
            elif info.type in {tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE}:
                said |= _records(data)
            continue
        more = info.type == tarfile.GNUTYPE_SPARSE and block[_SPARSE_MORE]
        while more:
            purse.member()
            more = flow.take(_BLOCK)[_SPARSE_MORE_STILL]
        size = int(length[0]) if (length := _SIZE.fullmatch(said.get(b"size", b""))) else info.size
        if not info.isreg() and info.type in tarfile.SUPPORTED_TYPES:
            size = 0  # a link, a folder or a device has no contents, whatever its header says
        name = _name(said.get(b"path", b"").decode("utf-8", "surrogateescape") or info.name)
        if name and info.type in _FILES and not any(k.startswith(b"GNU.sparse") for k in said):
            fits = size <= min(limits.member, left)
            left -= size if fits else 0
            data = flow.take(size) if fits else b""
            flow.skip((0 if fits else size) + -size % _BLOCK)
            yield Member(name=name, data=data if fits else None)
        else:
            flow.skip(size + -size % _BLOCK)
        said = {}
    if said:
        raise Malformed(CUT_OFF)
    flow.drain()


def _name(path: str) -> str:
    """The path of a file that is read, as arXiv would unpack it; "" for any other and for a path that leads elsewhere."""
    pure = PurePosixPath(path)
    odd = len(path) > LONGEST_PATH or not path.isprintable() or "\\" in path or pure.is_absolute() or ".." in pure.parts
    return "" if odd or pure.name.startswith(".") or pure.suffix.lower() not in SUFFIXES else str(pure)


def _refuse_what_is_no_tex(head: bytes) -> None:
    start = head.lstrip()[:64].lower()
    if start.startswith(b"%pdf-"):
        raise NoSource("it is a PDF")
    if start.startswith(b"%!ps"):
        raise NoSource("it is PostScript")
    if start.startswith(_PAGES):
        raise Unavailable("the answer is a page, not an e-print")
    if start.startswith(_GZIP):
        raise Malformed("the e-print is packed over and over")


def members(stream: BinaryIO, *, limits: Limits = LIMITS, clock: Callable[[], float] = time.monotonic) -> Iterator[Member]:
    """The `.bbl`, `.bib` and `.tex` files of an e-print, in its order; one gzipped TeX file is `main.tex`.

    Symbolic and hard links, devices, sparse files and names that lead elsewhere are passed over. Raises NoSource when
    the e-print is something else than TeX, Malformed when it is cut off, corrupt, or passes a limit, and Unavailable
    when it is no e-print: only an iteration that ends without an error has seen the whole.
    """
    purse = _Purse(limits, clock)
    flow = _Flow(_received(stream, purse))
    if not flow.peek(1):
        raise Unavailable("the answer is empty")
    for _ in range(limits.nested):
        if flow.peek(len(_GZIP)) == _GZIP:
            flow = _Flow(_inflated(flow, purse))
    head = flow.peek(_BLOCK)
    _refuse_what_is_no_tex(head)
    if not head.strip(b"\0\r\n\t "):
        flow.drain()
        raise NoSource("it is empty")
    if len(head) == _BLOCK and _header(head):
        yield from _untarred(flow, purse)
        return
    data = flow.peek(limits.member + 1)
    if (b"\0" in data or _CONTROL.search(head)) and not data.startswith(_UTF16):
        raise Malformed("the e-print is neither an archive nor a text")
    flow.drain()
    if b"\\" not in data and b"%" not in data:
        raise Unavailable("the answer is a text, but no TeX")
    yield Member(name="main.tex", data=data if len(data) <= limits.member else None)
