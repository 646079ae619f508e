r"""Titles and abstracts as HTML: text escaped, `$…$` as MathML through an allow-list, nothing else.

The texts come from strangers. Whatever they hold, the output consists of escaped characters,
the elements of `TAGS` with the attributes of `ATTRIBUTES`, and bare `<em>`, `<strong>`, `<code>`,
`<sup>`, `<sub>`. Fit for the inside of elements, never for an attribute.
`latex2mathml.convert` is never called: it un-escapes its own output, and `\text{<script>}`
would reach the page. Its element tree is safe to read, and is written out here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING

from latex2mathml.converter import convert_to_element

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

TAGS = frozenset(
    [
        *("math", "mrow", "mstyle", "mpadded", "mphantom", "merror", "menclose", "none"),
        *("mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"),
        *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd"),
    ]
)
"""The elements of MathML that may reach a page."""
_FLAG, _LENGTH = r"true|false", r"-?[0-9.]{1,6}[a-z%]{0,3}"
ATTRIBUTES = {
    name: re.compile(pattern)
    for pattern, names in {
        _FLAG: "stretchy fence separator accent accentunder largeop movablelimits symmetric displaystyle",
        _LENGTH: "lspace rspace width height depth minsize maxsize",
        r"inline|block": "display",
        r"[a-z-]{1,40}": "mathvariant",
        r"prefix|infix|postfix": "form",
        r"[0-9.]{1,6}[a-z%]{0,3}|thin|medium|thick": "linethickness",
        r"[a-z ]{1,80}": "columnalign notation",
        r"\d{1,2}": "rowspan columnspan",
        r"[+-]?\d": "scriptlevel",
    }.items()
    for name in names.split()
}
"""The attributes that may reach a page, each with the pattern that its whole value must match."""
_DEEPEST, _LONGEST = 60, 600
_NUMBER = re.compile(r"[0-9.,]+ ?(?:\\%)?")
_SCRIPT = re.compile(r"(?:\{\})?([\^_])(?:([A-Za-z0-9])|\{([A-Za-z0-9+-]{1,12})\})")


class _Unsupported(Exception):
    """A formula that has no safe or no readable MathML; its TeX is shown instead."""


def _written(element: Element, depth: int = 0) -> str:
    tag, text = element.tag, unescape(element.text or "")
    if tag not in TAGS or depth > _DEEPEST or ("\\" in text and text.strip() != "\\"):
        raise _Unsupported(tag)
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in element.attrib.items() if name in ATTRIBUTES and ATTRIBUTES[name].fullmatch(value)
    )
    inside = "".join(_written(child, depth + 1) + escape(unescape(child.tail or "")) for child in element)
    return f"<{tag}{attributes}>{escape(text)}{inside}</{tag}>"


_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_STYLED = re.compile(r"\\(textbf|textit|emph|texttt|textsl)\s*" + _GROUP)
_TAG = {"textbf": "strong", "textit": "em", "emph": "em", "textsl": "em", "texttt": "code"}
_HREF = re.compile(r"\\(?:href|textcolor|colorbox)\s*" + _GROUP + _GROUP)
_BARE = re.compile(
    r"\\(?:url|textsc|textsf|textrm|textnormal|textmd|textup|underline|uline|text|mbox|hbox|textsuperscript|textsubscript|mathrm|ensuremath)\s*"
    + _GROUP
)
_GONE = re.compile(r"\\(?:cite[a-z]*|ref|eqref|label|footnote|vspace|hspace|thanks)\*?(?:\[[^\]]*\])?\s*" + _GROUP)
_TEXTUAL = re.compile(r"\\(?:text(?:bf|it|tt|rm|sf|sc|sl)?|emph|mbox)\{(?:[^{}\\$^_]|\\[%&#_])*\}")
_SWITCH = re.compile(r"\\(?:em|it|bf|tt|sc|rm|sf|sl|bfseries|itshape|small|large|noindent|xspace|protect)(?![A-Za-z])\s?")
_SIGNS = {
    "S": "§", "dag": "†", "ddag": "‡", "copyright": "©", "pounds": "£", "ldots": "…", "dots": "…", "deg": "°", "degree": "°",
    "textdegree": "°", "times": "×", "pm": "±", "sim": "~", "approx": "≈", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "ll": "≪",
    "gg": "≫", "rightarrow": "→", "to": "→", "leftarrow": "←", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "omega": "ω", "Delta": "Δ",
    "ell": "ℓ", "infty": "∞", "cdot": "·", "bullet": "•", "textbackslash": "\ue004", "LaTeX": "LaTeX", "TeX": "TeX", "eg": "e.g.",
    "ie": "i.e.", "etal": "et al.", "lbrace": "\ue005", "rbrace": "\ue006", "textregistered": "®", "texttrademark": "™",
    "textquotedblleft": "“", "textquotedblright": "”", "textless": "<", "textgreater": ">", "eta": "η",
    "textendash": "–", "textemdash": "—", "quad": " ",
    "qquad": " ", "newline": " ", "par": " ",
}  # fmt: skip
_SIGN = re.compile(r"\\(" + "|".join(sorted(_SIGNS, key=len, reverse=True)) + r")(?:\{\}|(?![A-Za-z])\s?)")
_DASH = re.compile(r"(?<=\w)---?(?=\w)|(?<=\s)---?(?=\s)|(?<=\w)---(?=\s)")
_BRACES = re.compile(r"(?<!\\)\{([^{}\\]*)\}")
_MARK = re.compile("([\ue001\ue003])([a-z]+)\ue002")
_PRIVATE = re.compile("[\ue000-\ue00f]")
_LIVELY = re.compile(r"""[\\${}<>&"`'~\ue000-\ue00f]|--""")
_DOLLAR = re.compile(r"(?<!\\)\$")
_DISPLAY = re.compile(r"(?<!\\)\$\$([^$]+)(?<!\\)\$\$")
_PAREN = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]")


def _styled(match: re.Match[str]) -> str:
    tag = _TAG[match[1]]
    return f"\ue001{tag}\ue002{match[2]}\ue003{tag}\ue002"


def _words(text: str) -> str:
    """The text between formulas; private-use characters stand for what must survive escaping."""
    if "\\" in text:
        text = _GONE.sub("", text)
        for _ in range(3):
            text = _STYLED.sub(_styled, _BARE.sub(r"\1", _HREF.sub(r"\2", text)))
        text = _SWITCH.sub("", text)
        text = _SIGN.sub(lambda m: _SIGNS[m[1]], text)
        text = text.replace("\\\\", " ").replace("\\{", "\ue005").replace("\\}", "\ue006").replace("\\,", "\u2009").replace("\\ ", " ")
        text = re.sub(r"\\([&%#_$@:;!/-])", r"\1", text)
    if "{" in text:
        for _ in range(3):
            text = _BRACES.sub(r"\1", text)
    text = text.replace("``", "“").replace("''", "”")
    text = _DASH.sub(lambda m: "—" if m[0] == "---" else "–", text)
    text = re.sub(r"(?<=\w)~(?=[\\\w])", "\u00a0", text)
    return escape(text, quote=False).replace('"', "&quot;")


def _finished(out: str) -> str:
    """Turn the private-use marks into what they stand for; styles that do not nest are dropped."""
    out = out.replace("\ue004", "\\").replace("\ue005", "{").replace("\ue006", "}")
    open_: list[str] = []
    for mark in _MARK.finditer(out):
        if mark[1] == "\ue001":
            open_.append(mark[2])
        elif not open_ or open_.pop() != mark[2]:
            return _MARK.sub("", out)
    if open_:
        return _MARK.sub("", out)
    return _MARK.sub(lambda m: f"<{m[2]}>" if m[1] == "\ue001" else f"</{m[2]}>", out)


@lru_cache(maxsize=4096)
def formula(source: str) -> str:
    r"""TeX without its dollars as `<math>`, or as `<code>` holding the source where that cannot be done well.

    A bare number or `\text{…}` is text, and a lone exponent or index (`R2Gen$^2$`) is `<sup>` or `<sub>`.
    """
    source = source.strip()
    if not source or _NUMBER.fullmatch(source):
        return escape(source.replace("\\%", "%"))
    if m := _SCRIPT.fullmatch(source):
        tag = "sup" if m[1] == "^" else "sub"
        return f"<{tag}>{m[2] or m[3]}</{tag}>"
    if _TEXTUAL.fullmatch(source):
        return _finished(_words(source))
    try:
        if len(source) > _LONGEST:
            raise _Unsupported(source)
        out = _written(convert_to_element(source, display="inline"))
    except Exception:
        # latex2mathml raises what it likes at hostile input; the source is a good answer to all of it.
        return f'<code class="lv-tex">{escape(source)}</code>'
    return out.replace("<math", f'<math alttext="{escape(source)}"', 1)


@lru_cache(maxsize=65536)
def tex(text: str) -> str:
    r"""A text in the normal form of `latex.normal` as HTML that is safe inside any element.

    `$…$`, `\(…\)` and `\[…\]` become MathML; TeX that only styles a text is obeyed or dropped;
    macros that nobody knows stay readable as they were written.
    """
    if not _LIVELY.search(text):
        return text
    text = _DISPLAY.sub(r"$\1$", _PRIVATE.sub("", text))
    if "\\(" in text or "\\[" in text:
        text = _PAREN.sub(lambda m: f"${m[1] or m[2]}$", text)
    parts = _DOLLAR.split(text)
    if len(parts) % 2 == 0:
        parts[-2:] = [parts[-2] + "\\$" + parts[-1]]
    return "".join(formula(part) if i % 2 else _finished(_words(part)) for i, part in enumerate(parts))
