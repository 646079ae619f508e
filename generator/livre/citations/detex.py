r"""The text of one reference as TeX leaves it, for reading and for finding what it names. Nothing is interpreted.

Macros lose their name, not their arguments; links (`\href`, `\url`, `\doi` …) stand apart from what is around them,
so that no address runs into a word. One pass over the text, whatever it is.
"""

from __future__ import annotations

import codecs
import re

from ..latex import normal

LONGEST = 6_000
"""Characters of one reference that are read, half of them at its end: between lie the members of a collaboration."""

_STRAY = 30
"""Braces without a partner from which on they mean nothing: setting each right would take long."""
_HIDDEN = (("\\begin{comment}", "\\end{comment}"), ("\\iffalse", "\\fi"))
_PERCENT = re.compile(r"\\.|%", re.DOTALL)
_HEX = re.compile(r"[0-9A-F]{2}")
_TOKEN = re.compile(r"\\([A-Za-z@]+)\*?\s*|\\(.)|([{}])|([^\\{}]+)", re.DOTALL)
_SPACING = re.compile(r"\\(?:begin|end)\{[a-z]+\}|\\penalty\s*-?[0-9]+ ?|\\[hv]skip[^\\{}]{0,60}(?:\\relax)?")
_EPRINT = re.compile(r"\\bibinfo\s*\{(?:eprint|arxiv[a-z]*)\}", re.IGNORECASE)
_LINKS = {
    **dict.fromkeys(("url", "path", "nolinkurl", "burl", "doi", "DOI", "eprint", "arxiv", "arXiv", "doiurl", "dodoi", "doarXiv"), "t"),
    **dict.fromkeys(("href", "Eprint", "href@noop", "link"), "ts"),
    **dict.fromkeys(("bibinfo", "bibfield"), "ns"),
}
"""Macros whose arguments stand apart: a target, something shown, what is never shown."""
_LABELS = {"doi": "doi:", "DOI": "doi:", "eprint": "eprint ", "arxiv": "arXiv:", "arXiv": "arXiv:", "doarXiv": "arXiv:"}
_SIGNS = {
    "slash": "/", "textunderscore": "_", "textless": "<", "textgreater": ">", "lt": "<", "gt": ">", "textendash": "-", "textemdash": " - ",
    "newblock": " ", "par": " ", "quad": " ", "qquad": " ", "space": " ", "linebreak": " ", "newline": " ", "ldots": "...", "dots": "...",
    "textquotedblleft": "“", "textquotedblright": "”", "enquote": " ", "enquote*": " ", "times": "x",
}  # fmt: skip
_CHARS = {**{c: c for c in "_&%#$"}, **dict.fromkeys(" \n\t\\,;:", " ")}
_APART = re.compile(r" ([.,;])(?= |$)")
_DOI_SO_FAR = re.compile(r"10\.[0-9]{4,9}\Z")


def text(data: bytes) -> str:
    """The bytes of a TeX file as text with LF ends: UTF-16 if it says so, UTF-8 if it is, else Latin-1, which every byte is."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = data.decode("utf-16", "replace")
    else:
        try:
            found = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            found = data.decode("latin-1")
    return found.replace("\r\n", "\n").replace("\r", "\n")


def _in_address(before: str) -> bool:
    """Whether a text ends in the middle of an address or a DOI."""
    return "/" in before[max(before.rfind(c) for c in " \n\t{}") + 1 :]


def uncommented(tex: str) -> str:
    r"""TeX without its comments: each takes the end of its line with it, so a word that BibTeX broke with `%` is whole again.

    A `%2F` in the middle of an address is no comment, though only some macros make it so.
    """
    out, at = [], 0
    for m in _PERCENT.finditer(tex):
        if m[0] != "%" or m.start() < at:
            continue
        if _HEX.match(tex, m.end()) and _in_address(tex[max(0, m.start() - 200) : m.start()]):
            continue
        out.append(tex[at : m.start()])
        end = tex.find("\n", m.end())
        at = len(tex) if end < 0 else end + 1
        while tex[at : at + 1] in {" ", "\t"}:
            at += 1
    return _shown("".join([*out, tex[at:]]))


def _shown(tex: str) -> str:
    r"""TeX without what stands in `comment` environments and after `\iffalse`."""
    for begin, end in _HIDDEN:
        out, at = [], 0
        while (start := tex.find(begin, at)) >= 0 and (close := tex.find(end, start)) >= 0:
            out.append(tex[at:start])
            at = close + len(end)
        tex = "".join([*out, tex[at:]])
    return tex


def settled(tex: str) -> str:
    """Uncommented TeX of one reference in the form that `plain` reads: accents are letters, `LONGEST` characters at most."""
    if len(tex) > LONGEST:
        tex = f"{tex[: LONGEST // 2]} {tex[-LONGEST // 2 :]}"
    if abs(tex.count("{") - tex.count("}")) > _STRAY:
        tex = tex.replace("{", " ").replace("}", " ")
    return normal(_EPRINT.sub(r"\\eprint", _SPACING.sub(" ", tex)))


def plain(tex: str, *, links: bool = True) -> str:
    """The text of settled TeX on one line; with `links=False` without the targets of links."""
    out: list[str] = []
    groups: list[tuple[bool, bool, str]] = []  # stands apart, is hidden, which arguments follow it
    awaited = label = ""
    hidden = 0
    for command, sign, brace, run in (m.groups(default="") for m in _TOKEN.finditer(tex)):
        if awaited and not brace and run.isspace():
            continue
        if label and brace != "{":
            out.append(label.rstrip(":"))
        if brace == "{":
            hides = awaited[:1] == "n" or (awaited[:1] == "t" and not links)
            groups.append((bool(awaited), hides, awaited[1:]))
            out.append((" " if hides else " " + label) if awaited else "")
            hidden, awaited = hidden + hides, ""
        elif brace == "}":
            apart, hides, awaited = groups.pop() if groups else (False, False, "")
            hidden -= hides
            out.append(" " if apart else "")
        else:
            awaited = _LINKS.get(command, "")
            shown = run or _SIGNS.get(command, "") or _CHARS.get(sign, "")
            if sign == "/" and out and _DOI_SO_FAR.search(out[-1]):
                shown = "/"  # JSON's escape, which some exports leave
            out.append("" if hidden else shown)
        label = "" if brace or not command else _LABELS.get(command, "")
    return _APART.sub(r"\1", " ".join("".join(out).replace("~", " ").replace("$", "").split()))
