r"""Reference lists as LaTeX leaves them: `\bibitem` in all its dialects, biblatex's `\entry`, and .bib files at need.

BibTeX styles mark a title with `\newblock` or `\bibinfo`, IEEE's by quotation marks, others not at all; biblatex names
every field. What a reference names is found in its text (see `named`), whichever dialect it is in.
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..bibtex import foreign_entries
from ..errors import Malformed
from . import Reference
from .detex import LONGEST, plain, settled, uncommented
from .named import identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST = 10_000
"""References of one work; a list of more is refused."""
MOST_FROM_BIB = 3_000
"""Entries of .bib files that are read, which takes a thousand times longer than a .bbl."""

_MARK = re.compile(
    r"\\(?:begin\s*\{(?P<begin>thebibliography|references)\}|end\s*\{(?P<end>thebibliography|references|document)\}"
    r"|(?P<item>bibitem|harvarditem)(?![A-Za-z@]))"
)
_SPACE = re.compile(r"\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BRACKET = re.compile(r"\\.|[{}\]]", re.DOTALL)
_TITLE = re.compile(r"\\(?:bibinfo\s*\{\s*title\s*\}|showarticletitle|batitle)\s*\{")
_NEWBLOCK = re.compile(r"\\newblock(?![A-Za-z])")
_QUOTED = re.compile(r"(?:``|“|\")(.{8,400}?)(?:''|”|\")")
_DATED = re.compile(r"[\s,.(]*(?:\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s*)?(?:19|20)[0-9]{2}[a-z]?\)?[\s.,]*\Z")
_ENTRY = re.compile(r"\\entry\s*\{([^{}]*)\}\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_FIELD = re.compile(r"\\(?:field(?:\[[^\[\]{}]*\])*\{(?P<field>[a-z]+)\}\{|verb\{(?P<verb>[a-z]+)\}\s*\\verb (?P<value>[^\n]*))")
_FAMILY = re.compile(r"\bfamily=\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|\{\{(?:[a-z]+=[^{}]*\}\{)?([^{}=]+)\}\{", re.MULTILINE)
_CITE = re.compile(r"\\[A-Za-z]*cite[A-Za-z]*\*?\s*(?:\[[^\[\]]{0,300}\]\s*){0,2}\{([^{}]{1,5000})\}")
_BIB_BLOCK = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)\s*[{(]\s*([^\s,{}()=]*)", re.MULTILINE)
_SETS_A_LIST = re.compile(r"\\(?:bibliography\s*\{|printbibliography|(?:input|include)\s*\{[^{}]*\.bbl\s*\})")
_ROOT = re.compile(r"\\document(?:class|style)(?![A-Za-z])")
_NAMING = (
    "doi",
    "eprint",
    "url",
    "journaltitle",
    "journal",
    "booktitle",
    "volume",
    "number",
    "note",
    "howpublished",
    "addendum",
    "pubstate",
)
"""The fields, of biblatex or BibTeX, in which a work's own identifier is found."""
_NO_WORK = frozenset({"set", "xdata", "comment", "preamble", "string"})


def _close(text: str, at: int, mark: re.Pattern[str] = _BRACE) -> int:
    """Where the group closes whose inside begins at `at`, within half of `LONGEST` characters; -1 if it does not."""
    depth = 0
    for m in mark.finditer(text, at, at + LONGEST // 2):
        if depth == 0 and m[0] in {"}", "]"}:
            return m.start()
        depth += {"{": 1, "}": -1}.get(m[0], 0)
    return -1


def _stretches(mark: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each match, and where the next one begins or the text ends."""
    before = None
    for m in mark.finditer(text):
        if before:
            yield before, m.start()
        before = m
    if before:
        yield before, len(text)


def _title(tex: str, text: str) -> str:
    """The title as the style marks it; "" when it does not."""
    if m := _TITLE.search(tex):
        return plain(tex[m.end() : end] if (end := _close(tex, m.end())) > 0 else "", links=False)
    if len(blocks := _NEWBLOCK.split(tex, maxsplit=2)) > 1:
        return _DATED.sub("", plain(blocks[1], links=False)).strip(" .,;")
    return m[1].strip(" .,;") if (m := _QUOTED.search(text[:1500])) else ""


def _item(text: str, at: int, end: int) -> tuple[str, str]:
    r"""The key and the contents of a `\bibitem[label]{key} …`."""
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    if text[at : at + 1] == "[" and (close := _close(text, at + 1, _BRACKET)) > 0:
        at = _SPACE.match(text, close + 1).end()  # type: ignore[union-attr]
    if text[at : at + 1] == "{" and 0 < (close := _close(text, at + 1)) < end:
        return " ".join(text[at + 1 : close].split()), text[close + 1 : end]
    return "", text[at:end]


def _items(tex: str, *, whole: bool) -> Iterator[tuple[str, Reference]]:
    r"""The `\bibitem`s of uncommented TeX; with `whole` also those that stand in no environment."""
    inside = whole and not any(m["begin"] for m in _MARK.finditer(tex))
    for m, end in _stretches(_MARK, tex):
        if inside and m["item"]:
            key, contents = _item(tex, m.end(), end)
            if contents.strip() and "#" not in key:
                contents = settled(contents)
                text = plain(contents)
                yield key, Reference(identifiers=identifiers(text), title=_title(contents, text), text=text)
        inside = bool(m["begin"]) or (inside and not m["end"])


def _text(value: str) -> str:
    return plain(settled(value))


def _reference(fields: Mapping[str, str], people: str) -> Reference:
    """A reference whose fields are known."""
    kind = fields.get("eprinttype", fields.get("archiveprefix", "")).lower()
    told = {name: _text(fields[name]) for name in _NAMING if fields.get(name)}
    if "eprint" in told:
        told["eprint"] = f"{kind or 'eprint'}:{told['eprint']}"
    if "doi" in told:
        told["doi"] = f"doi:{told['doi']}"
    title = ": ".join(part for name in ("title", "subtitle") if (part := plain(settled(fields.get(name, "")), links=False).strip(" .")))
    naming = [text for text in told.values() if text]
    text = ". ".join(part for part in (people, title, _text(fields.get("year", fields.get("date", ""))), " ; ".join(naming)) if part)
    return Reference(identifiers=tuple(sorted({i for t in naming for i in identifiers(t)})), title=title, text=text)


def _fields(block: str) -> dict[str, str]:
    """The fields of a biblatex entry; the first of two counts."""
    found: dict[str, str] = {}
    at = 0
    while m := _FIELD.search(block, at):
        at = m.end()
        if m["verb"]:
            found.setdefault(m["verb"], m["value"].strip())
        elif (end := _close(block, at)) > 0:
            found.setdefault(m["field"], block[at:end])
            at = end
        else:
            break
    return found


def _entries(tex: str) -> Iterator[tuple[str, Reference]]:
    r"""biblatex's `\entry`s, once each though several lists hold them."""
    for m, end in _stretches(_ENTRY, tex):
        if m[2] in _NO_WORK or "dataonly" in m[3] or "skipbib" in m[3]:
            continue
        block = tex[m.end() : end].partition("\\endentry")[0]
        people = ", ".join(dict.fromkeys(_text(f[1] or f[2]) for f in _FAMILY.finditer(block[:LONGEST])))
        yield m[1], _reference(_fields(block), people)


def _bib_entries(texts: Iterable[str], cited: frozenset[str]) -> Iterator[tuple[str, Reference]]:
    """The entries of .bib files that are cited; all of them where `*` is."""
    chosen: list[str] = []
    for text in texts:
        for m, end in _stretches(_BIB_BLOCK, text):
            kind, key = m[1].lower(), m[2].casefold()
            if kind == "string" or (kind not in _NO_WORK and (key in cited or "*" in cited)):
                chosen.append(text[m.start() : min(end, m.start() + LONGEST)])
    if len(chosen) > MOST_FROM_BIB:
        raise Malformed(f"the .bib files hold more than {MOST_FROM_BIB} entries that are cited")
    entries, _ = foreign_entries("\n".join(chosen), path="")
    for entry in entries:
        fields = dict(entry.fields)
        yield entry.key.casefold(), _reference(fields, _text(fields.get("author", fields.get("editor", ""))))


def _cited(tex: Iterable[str]) -> frozenset[str]:
    return frozenset(key.strip().casefold() for text in tex for m in _CITE.finditer(text) for key in m[1].split(","))


def _typeset(bbl: Mapping[str, str], tex: Mapping[str, str]) -> list[str]:
    """Of several .bbl files those that a document uses: of its own name, or read by name; all when that tells nothing."""
    stems = {str(PurePosixPath(name).with_suffix("")) for name, text in tex.items() if _ROOT.search(text)}
    read = " ".join(m[0] for text in tex.values() for m in _SETS_A_LIST.finditer(text) if "bbl" in m[0])
    used = [name for name in bbl if name.rpartition(".")[0] in stems or PurePosixPath(name).name in read]
    return used or list(bbl)


def references(files: Mapping[str, str]) -> tuple[Reference, ...]:
    """The reference list of a work from the texts of its .bbl, .tex and .bib files, by path; empty when they have none.

    What is typeset counts: the .bbl of the document, a list in the TeX itself, and only where there is neither the
    entries of .bib files whose keys are cited. Each key counts once. One reference may name several works.
    Raises Malformed when there are more than `MOST`.
    """
    by_kind: dict[str, dict[str, str]] = {"bbl": {}, "bib": {}, "tex": {}}
    for name, text in files.items():
        kind = PurePosixPath(name).suffix[1:].lower()
        by_kind[kind if kind in by_kind else "tex"][name] = text if kind == "bib" else uncommented(text)
    bbl, tex = by_kind["bbl"], by_kind["tex"]
    inline = [pair for text in tex.values() for pair in _few(_items(text, whole=False))]
    found = inline
    if not inline or any(_SETS_A_LIST.search(text) for text in tex.values()):
        lists = [pair for name in _typeset(bbl, tex) for pair in _few(chain(_entries(bbl[name]), _items(bbl[name], whole=True)))]
        found = [*lists, *inline] or list(_bib_entries(by_kind["bib"].values(), _cited(tex.values())))
    unique: dict[str | int, Reference] = {}
    for number, (key, reference) in enumerate(found):
        unique.setdefault(key or number, reference)
    return tuple(unique.values())


def _few(pairs: Iterable[tuple[str, Reference]]) -> Iterator[tuple[str, Reference]]:
    for number, pair in enumerate(pairs):
        if number >= MOST:
            raise Malformed(f"the work lists more than {MOST} references")
        yield pair
