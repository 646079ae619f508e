"""The arXiv ids and DOIs that a reference names in its text, and none that it does not.

An arXiv id counts where the text says that it is one (`arXiv:`, `abs/`, an address, an archive before it or in
brackets behind it), since pages, dates and report numbers look the same. A DOI begins with `10.`, but nothing
says where it ends, so what addresses and punctuation add to it is cut off, and what is left of a broken one is dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..model import Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|econ|eess|funct-an|gr-qc"
    "|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|q-fin|quant-ph|solv-int"
    "|stat|supr-con"
)
_SHAPE = re.compile(
    rf"""
    (?: (?<![0-9]) (?<![0-9]\.) (?P<month>[0-9]{{4}}) \. \s? (?P<number>[0-9]{{4,5}})
      | (?<![a-z0-9]) (?<![a-z0-9]-) (?P<archive>{_ARCHIVES}) (?:\.[a-z]{{2}}|\.[a-z]+-[a-z]+)? / \s? (?P<old>[0-9]{{7}})
      | (?<![0-9]) (?:19|20)[0-9]{{2}} arxiv (?P<ads>[0-9]{{9}}|[0-9]{{4}}\.[0-9]{{4}}) (?=[a-z]?(?![a-z0-9]))
    )
    (?:v[0-9]{{1,2}})? (?![0-9]|\.[0-9])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_CODE = re.compile(r"[a-z]{2}|(?:19|20)[0-9]{2}|v[0-9]")
"""A class of arXiv's, a year or a version, which may stand there too."""
_LONG = len("2503.02104")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_LATEST = 3
"""Years after its preprint in which a work is published, at most, when nothing else says what its number is."""
_CLASS = re.compile(rf"\s?[\[(](?:{_ARCHIVES})(?:\.[a-z-]{{2,17}})?\.?[\])]", re.IGNORECASE)
_CUE = re.compile(r"arxiv|(?<![a-z])(?:e-?print|corr)(?![a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_FILLER = frozenset({
    "abs", "and", "at", "available", "com", "cornell", "corr", "e", "eprint", "eprints", "format", "html", "http", "https", "id",
    "identifier", "labs", "no", "number", "org", "p", "paper", "pdf", "preprint", "preprints", "print", "prints", "ps", "repository",
    "server", "src", "the", "university", "via", "www", *re.split(r"[|-]", _ARCHIVES),
})  # fmt: skip
"""Words that may stand between a cue and its id."""
_HOSTS = re.compile(r"arxiv|ar5iv|lanl\.gov|huggingface\.co/papers|semanticscholar\.org/arxiv|alphaxiv")
_BEFORE = 60
"""Characters before an id in which the text must say that it is one."""
_ANOTHER = re.compile(r"\s?(?:[,;&]|and)\s?(?:and\s)?")
_DIGITS = 5
_FIRST, _FIVE_DIGITS = "0704", "1501"

_DOI = re.compile(r"(?<![0-9.])10\.[0-9]{4,9}/\s?([!-~]{0,300})([^\s]?)")
_GLUED = re.compile(
    r"https?:|www\.|\[?arXiv:|doi:|\.?(?:URL|ISSN|ISBN|PMID|PMCID|MR[0-9])|''|[\"<>\\{}|?#&,`]|;(?!2(?![0-9]))", re.IGNORECASE
)
_ADDED = re.compile(
    r"(?:/(?:full|abs|abstract|pdf|epdf|pdfdirect|meta|fulltext|html|summary|references|citation|download|figures|tables|issuetoc))+/?$",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:\.(?:full|abstract|short|long|full-text|pdf|html?))+$", re.IGNORECASE)
_PREPRINT_VERSION = re.compile(r"(10\.(?:1101|64898)/(?:[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.)?[0-9]+)v[0-9]+.*")
_SUPPLEMENT = re.compile(r"supplement(?:al|ary)?(?: |/|-|_)?(?:material|information|data|video|movie|10\.)?s?[^.;]{0,60}$|/suppl")
_PART = re.compile(r"\.[sgt][0-9]{3}$")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ENCODED = re.compile(r"%(2F|28|29|3A|3B|3C|3E|5B|5D|5F)", re.IGNORECASE)


def _ahead(text: str, at: int) -> str:
    """What stands before a place without a space between, in lower case."""
    return text[max(0, at - 200) : at].rpartition(" ")[2].lower()


def _said(text: str, start: int, end: int) -> bool:
    """Whether the text around a new-style id says that it is one."""
    before = text[max(0, start - _BEFORE) : start].lower()
    ahead = _ahead(text, start)
    if "/" in ahead and ("://" in ahead or "www." in ahead or ".org/" in ahead) and not _HOSTS.search(ahead):
        return False
    if before.rstrip().endswith("abs/") or "huggingface.co/papers/" in ahead:
        return True
    if _CLASS.match(text, end) or (before.endswith("[") and text[end : end + 1] == "]"):
        return True
    if cues := list(_CUE.finditer(before)):
        return all(w in _FILLER or _CODE.fullmatch(w) for w in _WORD.findall(before[cues[-1].end() :]))
    # Some styles end with the bare id: five digits after the point are no page, unless the year beside them comes too early.
    if not before.endswith((", ", ") ")) or end - start < _LONG or text[end : end + 9].strip(" .") or len(text) > end + 9:
        return False
    years = [int(y) - 2000 - int(text[start : start + 2]) for y in _YEAR.findall(text[:start])]
    return not years or any(0 <= late <= _LATEST for late in years)


def _new_style(month: str, number: str) -> bool:
    """Whether arXiv could have given this id: it has five digits since 2015, four before, and is not zero."""
    return "01" <= month[2:] <= "12" and month >= _FIRST and len(number) == (5 if month >= _FIVE_DIGITS else 4) and number.strip("0") != ""


def _arxiv(text: str) -> Iterator[Identifier]:
    last = -1
    for m in _SHAPE.finditer(text):
        if m["old"]:
            month, ahead = m["old"][:4], _ahead(text, m.start())
            if not "01" <= month[2:] <= "12" or not (month >= "9107" or month <= "0703") or m["old"][4:] == "000":
                continue
            if ahead == "-" or ahead[-1:] not in {"/", ".", "-", ":"} or _HOSTS.search(ahead) or ahead.endswith(("eprint:", "abs/")):
                yield Identifier("arxiv", f"{m['archive'].lower()}/{m['old']}")
            continue
        month, number = (m["month"], m["number"]) if m["month"] else (m["ads"][:4], m["ads"][4:].lstrip("."))
        another = 0 <= last < m.start() and len(number) == _DIGITS and bool(_ANOTHER.fullmatch(text, last, m.start()))
        if _new_style(month, number) and (m["ads"] or another or _said(text, m.start(), m.end())):
            last = m.end()
            yield Identifier("arxiv", f"{month}.{number}")


def _trimmed(doi: str, *, address: bool) -> str:
    """A DOI without what follows it: glued text, the rest of an address, punctuation, brackets that were not opened."""
    if glued := _GLUED.search(doi, doi.index("/") + 1):
        doi = doi[: glued.start()]
    doi = _PREPRINT_VERSION.sub(r"\1", doi)
    before = ""
    while doi != before:
        before = doi
        doi = doi.rstrip(".,;:'!/*")
        for open_, close in ("()", "[]"):
            if doi.endswith(open_) or (doi.endswith(close) and doi.count(close) > doi.count(open_)):
                doi = doi[:-1]
        doi = _ADDED.sub("", _ENDING.sub("", doi) if address else doi)
    return doi


def _dois(text: str) -> Iterator[Identifier]:
    at = 0
    while m := _DOI.search(text, at):
        run, strange, at = m[1], m[2], m.end(1)
        if strange.isalnum() or "<" in run:
            continue  # no DOI has such letters; and of one with `<…>` (SICI), which no identifier here has, a part would name another work
        ahead = _ahead(text, m.start())
        address = ("://" in ahead or "www." in ahead) and "doi.org" not in ahead
        if _SUPPLEMENT.search(text[max(0, m.start() - 120) : m.start()].lower()):
            continue
        doi = _trimmed(text[m.start() : m.start(1)].rstrip() + run, address=address)
        at = m.start() + len(doi)
        if _PART.search(doi) or not any(c.isdigit() for c in doi.partition("/")[2]):
            continue
        try:
            found = Identifier.parse(doi)
        except ValueError:
            continue
        if found.scheme == "arxiv" or not found.value.startswith("10.48550/"):
            yield found


def identifiers(text: str) -> tuple[Identifier, ...]:
    """The arXiv ids and DOIs that a text on one line names, sorted, each once; arXiv's own DOIs are arXiv ids.

    Old-style ids lose their subject class (`math.GT/0309136` is `math/0309136`), as in arXiv's own answers.
    """
    text = _ENCODED.sub(lambda m: chr(int(m[1], 16)), text.translate(_DASHES))
    return tuple(sorted({*_arxiv(text), *_dois(text)}))
