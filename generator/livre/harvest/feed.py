"""An answer of arXiv's on disk: an Atom feed or an OAI-PMH response, read as strictly as from the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model import Candidate, Source
from . import Batch, atom, oai, record, xml
from .atom import ARXIV, ATOM
from .complete import tolerable
from .record import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read(path: Path) -> Iterator[Batch]:
    """The records of a file. Its watermark is the day it was made, or '' when it is one page of a longer list.

    Beside arXiv's own elements an Atom entry may have `<link rel="code">` and `<link rel="weights">`, and may
    lack a summary. Raises UsageError when the file cannot be opened, Malformed when it is neither format.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    what = path.name  # it goes into the record, where the folders of this machine have no place
    if xml.parse(body, what=what).tag == oai.ROOT:
        page = oai.read(body, what=what)
        yield Batch(
            candidates=page.candidates,
            refused=(*page.refused, *page.deleted),
            watermark="" if page.token else page.day,
        )
        return
    feed = atom.read(body, what=what)
    candidates: list[Candidate] = []
    refused = list(feed.refused)
    for entry in feed.entries:
        try:
            candidates.append(_candidate(entry))
        except Refusal as refusal:
            refused.append(f"{record.shown(entry.identifier)}: {refusal}")
    tolerable(refused, len(feed.seen), what=what)
    whole = feed.total in {None, len(feed.seen)}
    yield Batch(candidates=tuple(candidates), refused=tuple(refused), watermark=feed.day if whole else "")


def _candidate(entry: atom.Entry) -> Candidate:
    """The facts of one Atom entry; Refusal says why it is not taken."""
    element = entry.element
    updated = record.instant(xml.text(element, f"{ATOM}updated"))
    links = [(link.get("rel"), link.get("title"), link.get("href", "")) for link in xml.children(element, f"{ATOM}link")]
    primary = next(xml.children(element, f"{ARXIV}primary_category"), None)
    classes = [primary.get("term", "")] if primary is not None else []
    return record.candidate(
        entry.identifier,
        title=xml.text(element, f"{ATOM}title"),
        authors=[xml.text(author, f"{ATOM}name") for author in xml.children(element, f"{ATOM}author")],
        versions=record.versions(entry.version, record.instant(xml.text(element, f"{ATOM}published")), updated),
        source=Source(version=entry.version, stamp=record.day(updated), route="feed"),
        abstract=xml.text(element, f"{ATOM}summary"),
        classes=[*classes, *(c.get("term", "") for c in xml.children(element, f"{ATOM}category"))],
        journal=xml.text(element, f"{ARXIV}journal_ref"),
        comment=xml.text(element, f"{ARXIV}comment"),
        dois=[xml.text(element, f"{ARXIV}doi"), *(href for _, title, href in links if title == "doi")],
        code=[href for rel, _, href in links if rel == "code"],
        weights=[href for rel, _, href in links if rel == "weights"],
    )
