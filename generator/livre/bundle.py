"""What a night changed, as a folder that one job hands to another: a manifest, and the new bytes named by their digest.

The job that harvests runs much code of others and may not push; the job that may push runs only this, git and Python itself. So this
module, and what it imports, is nothing but the standard library; and whatever stands in a bundle is checked again by who takes it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import BrokenInvariant, CannotWrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MANIFEST = "bundle.json"
FORMAT = 1

PATHS = re.compile(
    r"bib/(?:(?:papers|candidates)/[0-9]{4}-[0-9]{2}\.bib|(?:decisions|citations|references|filings|summaries)/[0-9]{4}-[0-9]{2}\.tsv"
    r"|(?:nights|audits)/[0-9]{4}\.tsv|evaluation\.json|proposal\.tsv)"
)
"""What a night writes; the rules of the review (TOML) and all outside of bib/ are not among it."""

INBOX = re.compile(r"bib/inbox/[A-Za-z0-9_-][A-Za-z0-9_. +-]*")
"""What a night may only remove, because it has applied it."""

MOST = 5000
"""Files in a bundle."""

LARGEST = 16 << 20
"""Bytes of a file."""

TOTAL = 256 << 20
"""Bytes of all of them."""

_MESSAGE = 65_536
_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ENTRY = re.compile(rb"^@\w+\{([^,\s]+),", re.MULTILINE)
_SHOWN = 5


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Piece:
    """One file of a bundle: its path from the root, and the SHA-256 of its old and its new bytes, '' where there are none."""

    path: str
    before: str
    after: str
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What changed since the commit `base`, with the message to commit it with; `contents` are the new bytes by digest."""

    base: str
    message: str
    pieces: tuple[Piece, ...]
    contents: Mapping[str, bytes] = field(repr=False)

    def after(self, path: str) -> bytes | None:
        """The new bytes of a path; None when the bundle removes it."""
        (piece,) = (p for p in self.pieces if p.path == path)
        return self.contents[piece.after] if piece.after else None


def sha256(data: bytes | None) -> str:
    """The digest of these bytes; '' for a file that is not there."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def pack(base: str, message: str, changes: Mapping[str, tuple[bytes | None, bytes | None]]) -> Bundle:
    """The bundle of these changes: path from the root → bytes before and after, None where there is no file."""
    pieces, contents = [], dict[str, bytes]()
    for path, (old, new) in sorted(changes.items()):
        if old != new:
            pieces.append(Piece(path=path, before=sha256(old), after=sha256(new), size=len(new or b"")))
            contents |= {sha256(new): new} if new is not None else {}
    bundle = Bundle(base=base, message=message, pieces=tuple(pieces), contents=contents)
    _refuse(_faults(bundle))
    return bundle


def _manifest(bundle: Bundle) -> bytes:
    pieces = [{"path": p.path, "before": p.before, "after": p.after, "size": p.size} for p in bundle.pieces]
    return json.dumps({"format": FORMAT, "base": bundle.base, "message": bundle.message, "pieces": pieces}, indent=1).encode()


def write(folder: Path, bundle: Bundle) -> str:
    """Write a bundle into a new or empty folder; the digest of its manifest, which stands for all of it. CannotWrite if it is in use."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CannotWrite(f"{folder} is not empty: name a new folder for the bundle")
        for digest, data in bundle.contents.items():
            (folder / digest).write_bytes(data)
        (folder / MANIFEST).write_bytes(_manifest(bundle))
    except OSError as error:
        raise CannotWrite(f"{error.filename or folder}: {error.strerror}; the bundle was not written") from error
    return sha256(_manifest(bundle))


def _refuse(faults: Iterator[str]) -> None:
    found = list(faults)
    if found:
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise BrokenInvariant("the bundle is refused, nothing was committed: " + "; ".join(found[:_SHOWN]) + more)


def _faults(bundle: Bundle) -> Iterator[str]:
    """What is wrong with a bundle by itself: its base, its message, its paths, sizes and digests."""
    if not _COMMIT.fullmatch(bundle.base):
        yield f"its base is {bundle.base[:80]!r}, not a commit"
    if not bundle.message.strip() or len(bundle.message) > _MESSAGE or any(ord(c) < ord(" ") and c != "\n" for c in bundle.message):
        yield "its message is empty, too long or not plain text"
    if len(bundle.pieces) > MOST:
        yield f"it has {len(bundle.pieces)} files; {MOST} at most"
    if sum(p.size for p in bundle.pieces) > TOTAL:
        yield f"it has more than {TOTAL} bytes"
    if [p.path for p in bundle.pieces] != sorted({p.path for p in bundle.pieces}):
        yield "its files are not sorted, or one is there twice"
    if bundle.contents.keys() != {p.after for p in bundle.pieces if p.after}:
        yield "its contents are not those that it lists"
    for piece in bundle.pieces:
        path = ascii(piece.path[:200])
        if not PATHS.fullmatch(piece.path) and not (INBOX.fullmatch(piece.path) and not piece.after):
            yield f"{path} is not for a night to write"
        elif piece.before == piece.after:
            yield f"{path} does not change"
        elif piece.after:
            data = bundle.contents.get(piece.after, b"")
            if sha256(data) != piece.after:
                yield f"the bytes of {path} are not those that it promises"
            elif len(data) != piece.size or piece.size > LARGEST:
                yield f"{path} has {len(data)} bytes; {piece.size} were promised, and {LARGEST} are the most"


def _parsed(data: bytes, folder: Path) -> Bundle:
    """A bundle from its manifest; ValueError, KeyError or TypeError when it does not have the form of one."""
    said = json.loads(data)
    if said["format"] != FORMAT or said.keys() != {"format", "base", "message", "pieces"}:
        raise ValueError("another format")
    pieces = tuple(Piece(**piece) for piece in said["pieces"])
    for text in (said["base"], said["message"], *(cell for p in pieces for cell in (p.path, p.before, p.after))):
        if not isinstance(text, str):
            raise TypeError("no text")
    digests = {p.after for p in pieces} - {""}
    if not all(_DIGEST.fullmatch(d) for d in digests | {p.before for p in pieces} - {""}) or any(type(p.size) is not int for p in pieces):
        raise ValueError("no digest, or no size")
    if len(pieces) > MOST:
        raise ValueError("too many files")
    contents, total = {}, 0
    for digest in sorted(digests):
        file = folder / digest
        if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST:
            raise ValueError(f"{digest} is missing or too large")
        total += file.stat().st_size
        if total > TOTAL:  # before it is read, for the sizes that are promised may be lies
            raise ValueError("too many bytes")
        contents[digest] = file.read_bytes()
    return Bundle(base=said["base"], message=said["message"], pieces=pieces, contents=contents)


def read(folder: Path, *, digest: str = "") -> Bundle:
    """The bundle in a folder, every promise of it checked, and its manifest against `digest` where one was told another way.

    BrokenInvariant when it is not whole, or holds what a night does not write.
    """
    try:
        data = (folder / MANIFEST).read_bytes() if (folder / MANIFEST).stat().st_size <= LARGEST else b""
        if digest and sha256(data) != digest:
            raise BrokenInvariant(f"{folder} is not the bundle that was handed over: its digest is another")
        bundle = _parsed(data, folder)
    except OSError as error:
        raise BrokenInvariant(f"{error.filename or folder}: {error.strerror}: this is no bundle of a night") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenInvariant(f"{folder} is no bundle of a night: {str(error)[:200]!a}") from error
    _refuse(_faults(bundle))
    return bundle


def _losses(bundle: Bundle, before: Mapping[str, bytes]) -> Iterator[str]:
    """Papers and decisions that would be gone; read as text, so that no other code has a say."""
    papers, decisions = Counter[bytes](), Counter[bytes]()
    for piece in bundle.pieces:
        old, new = before.get(piece.path, b""), bundle.contents.get(piece.after, b"")
        if piece.path.startswith("bib/papers/"):
            papers.update(dict.fromkeys(_ENTRY.findall(old), 1))
            papers.subtract(dict.fromkeys(_ENTRY.findall(new), 1))
        elif piece.path.startswith("bib/decisions/"):
            decisions.update(old.split(b"\n")[1:-1])
            decisions.subtract(new.split(b"\n")[1:-1])
    for what, lost in (("papers", +papers), ("decisions", +decisions)):
        if lost:
            yield f"these {what} would disappear: " + ", ".join(ascii(x.decode(errors="replace"))[:120] for x in sorted(lost)[:_SHOWN])


def verify(bundle: Bundle, before: Callable[[str], bytes | None]) -> None:
    """Raise BrokenInvariant unless the bundle fits what stands at its base, told by `before`, and loses no paper and no decision."""
    old = {p.path: before(p.path) for p in bundle.pieces}
    _refuse(f"{p.path!a} is not what the bundle was made from" for p in bundle.pieces if sha256(old[p.path]) != p.before)
    _refuse(_losses(bundle, {path: data for path, data in old.items() if data is not None}))
