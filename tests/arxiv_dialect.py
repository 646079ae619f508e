"""Fabricated records in the words of arXiv's two servers, and the API's query language."""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]
"""id; title, authors (a list or arXiv's own line), abstract, categories, versions (ISO times, the first is v1), datestamp (day of
the last change), comments, journal_ref, doi, withdrawn (the newest version), deleted."""


def record(number: int, **facts: Any) -> Record:
    """A fabricated record, plain to see; `facts` replace its facts."""
    return {
        "id": f"9901.{number:05d}",
        "title": f"Example {number}: a fabricated paper on skin",
        "authors": ["Ada Example", "Ben Sample"],
        "abstract": f"Fabricated abstract number {number}.",
        "categories": "cs.CL cs.AI",
        "versions": ["2025-03-04T10:00:00Z"],
        **facts,
    }


def changed(one: Record) -> str:
    """The day of a record's last change."""
    return one.get("datestamp") or one["versions"][-1][:10]


def authors_of(one: Record) -> list[str]:
    line = one["authors"]
    return re.split(r",\s*(?:and\s+)?|\s+and\s+", line) if isinstance(line, str) else line


def element(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text))}</{name}>" if text else ""


def set_specs(one: Record) -> list[str]:
    """The sets of a record, as `cs:cs:CL` and `physics:hep-th`."""
    groups = {"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"}
    return [f"{a if a in groups else 'physics'}:{c.replace('.', ':')}" for c in one["categories"].split() for a in [c.partition(".")[0]]]


def oai_header(one: Record) -> str:
    """The header of a record, which is all that ListIdentifiers tells of it."""
    specs = "".join(element("setSpec", s) for s in set_specs(one))
    gone = ' status="deleted"' if one.get("deleted") else ""
    return f"<header{gone}><identifier>oai:arXiv.org:{one['id']}</identifier><datestamp>{changed(one)}</datestamp>{specs}</header>"


def oai_record(one: Record) -> str:
    """One record in arXivRaw."""
    header = oai_header(one)
    if one.get("deleted"):
        return f"<record>{header}</record>"
    line = one["authors"] if isinstance(one["authors"], str) else ", ".join(one["authors"])
    versions = ""
    for number, time_ in enumerate(one["versions"], 1):
        stamp = datetime.fromisoformat(time_).strftime("%a, %d %b %Y %H:%M:%S GMT")
        kind = "I" if one.get("withdrawn") and number == len(one["versions"]) else "D"
        versions += f'<version version="v{number}"><date>{stamp}</date><size>9kb</size><source_type>{kind}</source_type></version>'
    return (
        f'<record>{header}<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{one["id"]}</id><submitter>Ada Example</submitter>'
        f"{versions}{element('title', one['title'])}{element('authors', line)}{element('categories', one['categories'])}"
        f"{element('comments', one.get('comments'))}{element('acm-class', 'wrong on purpose')}"
        f"{element('journal-ref', one.get('journal_ref'))}{element('doi', one.get('doi'))}"
        f"{element('abstract', one.get('abstract') and '  ' + one['abstract'])}</arXivRaw></metadata></record>"
    )


def oai_page(inner: str, now: str) -> bytes:
    """An OAI-PMH answer around its verb's element."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>{now}</responseDate><request>http://127.0.0.1/oai</request>{inner}</OAI-PMH>"
    ).encode()


def atom_entry(one: Record) -> str:
    """One record as the API shows it."""
    address, number = f"arxiv.org/abs/{one['id']}v{len(one['versions'])}", one["categories"].split()
    return (
        f"<entry><id>http://{address}</id>{element('title', one['title'])}<updated>{one['versions'][-1]}</updated>"
        f'<link href="https://{address}" rel="alternate" type="text/html"/>{element("summary", one.get("abstract"))}'
        + "".join(f'<category term="{c}" scheme="http://arxiv.org/schemas/atom"/>' for c in number)
        + f"<published>{one['versions'][0]}</published>{element('arxiv:comment', one.get('comments'))}"
        f'<arxiv:primary_category term="{number[0]}"/>{element("arxiv:journal_ref", one.get("journal_ref"))}'
        + "".join(f"<author>{element('name', a)}</author>" for a in authors_of(one))
        + (
            f"{element('arxiv:doi', one['doi'])}<link rel='related' title='doi' href='https://doi.org/{one['doi']}'/>"
            if one.get("doi")
            else ""
        )
        + "</entry>"
    )


def atom_page(entries: Iterable[str], total: int, start: int, size: int, now: str) -> bytes:
    """A feed of the API."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
        f"<id>https://arxiv.org/api/fabricated</id><title>arXiv Query: fabricated</title><updated>{now}</updated>"
        f"<opensearch:itemsPerPage>{size}</opensearch:itemsPerPage><opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{''.join(entries)}</feed>"
    ).encode()


def atom_error(text: str, now: str) -> bytes:
    """The feed with which the API says what is wrong."""
    entry = (
        f"<entry><id>https://arxiv.org/api/errors#{text.replace(' ', '_')}</id><title>Error</title><updated>{now}</updated>"
        f"{element('summary', text)}<author><name>arXiv api core</name></author></entry>"
    )
    return atom_page([entry], 1, 0, 1, now)


class Words:
    """The API's query language: fields, phrases, AND, OR, ANDNOT, brackets, submittedDate:[… TO …]."""

    def __init__(self, text: str) -> None:
        self.tokens = deque(re.findall(r'[()]|submittedDate:\[\d{12} TO \d{12}\]|(?:\w+:)?"[^"]*"|[^\s()]+', text))

    def any_of(self, one: Record) -> bool:
        found = self.all_of(one)
        while self.tokens and self.tokens[0] == "OR":
            self.tokens.popleft()
            found = self.all_of(one) or found
        return found

    def all_of(self, one: Record) -> bool:
        found = self.term(one)
        while self.tokens and self.tokens[0] in {"AND", "ANDNOT"}:
            positive = self.tokens.popleft() == "AND"
            found = (self.term(one) == positive) and found
        return found

    def term(self, one: Record) -> bool:
        token = self.tokens.popleft()
        if token == "(":
            found = self.any_of(one)
            self.tokens.popleft()
            return found
        if token.startswith("submittedDate:"):
            first, last = re.findall(r"\d{12}", token)
            return first <= re.sub(r"\D", "", one["versions"][0])[:12] <= last
        name, _, words = token.rpartition(":")
        where = {
            "ti": one["title"],
            "abs": one.get("abstract", ""),
            "cat": one["categories"],
            "au": " ".join(authors_of(one)),
            "id": one["id"],
        }
        text = where[name] if name in where else " ".join(where.values())
        return re.search(rf"(?<!\w){re.escape(words.strip(chr(34)))}(?!\w)".replace(r"\*(?!\w)", ""), text, re.IGNORECASE) is not None
