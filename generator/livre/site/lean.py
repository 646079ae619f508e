"""The frame without what a generated page has no use for: each of many thousand pages carries it, and one of a paper may weigh 16 KB.

What is cut is known by its exact form; where a theme writes it otherwise, it stays, and the page weighs a little more.
"""

from __future__ import annotations

import json
import re

_TABBED = re.compile(r"<script>var target=document\.getElementById\([^<]*__tabbed_[^<]*</script>")
"""Opens the content tabs of Material's extension, which no generated page has."""
_TOP = re.compile(r'<button type="button" class="md-top[^"]*"[^>]*>.*?</button>\s*', re.DOTALL)
"""Leads back to the top, which on pages of a screen or two every browser does."""
_CONFIG = re.compile(r'(<script id="__config" type="application/json">)(\{.*?\})(</script>)', re.DOTALL)
_ASKED = frozenset({"announce.dismiss", "content.tooltips", "header.autohide"})
"""Features that the theme's script asks for and that a page without a table of contents can have."""
_WORD = re.compile(r'(<(?:a|span)\b[^<>]*class="md-(?:tabs__link|ellipsis)"[^<>]*>)\n([^<\n]*)\n(?=</)')
_GAP = re.compile(r"(?<=>)\n(?=</?(?:aside|article|body|button|form|head|html|input|label|li|ol|script|svg|ul)\b)")
"""Line breaks beside what is laid out as a block, or in a row with gaps of its own."""


_ICONS = {
    "M12 18c-.89 0-1.74-.2-2.5-.55C11.56 16.5 13 14.42 13 12s-1.44-4.5-3.5-5.45C10.26 6.2 11.11 6 12 6a6 6 0 0 1 6 6 6 6 0 0 1-6 6m8-9.31V4"
    "h-4.69L12 .69 8.69 4H4v4.69L.69 12 4 15.31V20h4.69L12 23.31 15.31 20H20v-4.69L23.31 12z": "dusk",
    "M12 8a4 4 0 0 0-4 4 4 4 0 0 0 4 4 4 4 0 0 0 4-4 4 4 0 0 0-4-4m0 10a6 6 0 0 1-6-6 6 6 0 0 1 6-6 6 6 0 0 1 6 6 6 6 0 0 1-6 6m8-9.31V4"
    "h-4.69L12 .69 8.69 4H4v4.69L.69 12 4 15.31V20h4.69L12 23.31 15.31 20H20v-4.69L23.31 12z": "noon",
    "M12 8a3 3 0 0 0 3-3 3 3 0 0 0-3-3 3 3 0 0 0-3 3 3 3 0 0 0 3 3m0 3.54C9.64 9.35 6.5 8 3 8v11c3.5 0 6.64 1.35 9 3.54 2.36-2.19 5.5-3.54 "
    "9-3.54V8c-3.5 0-6.64 1.35-9 3.54": "home",
    "M9.5 3A6.5 6.5 0 0 1 16 9.5c0 1.61-.59 3.09-1.56 4.23l.27.27h.79l5 5-1.5 1.5-5-5v-.79l-.27-.27A6.52 6.52 0 0 1 9.5 16 6."
    "5 6.5 0 0 1 3 9.5 6.5 6.5 0 0 1 9.5 3m0 2C7 5 5 7 5 9.5S7 14 9.5 14 14 12 14 9.5 12 5 9.5 5": "seek",
}
"""Signs of Material Design Icons (Apache-2.0) that livre.css draws as well: the path of each, and the class that stands for it."""


def _configured(m: re.Match[str]) -> str:
    config = json.loads(m[2])
    config["features"] = [name for name in config.get("features") or () if name in _ASKED]
    return m[1] + json.dumps(config, separators=(",", ":")) + m[3]


def lean(html: str) -> str:
    """The frame of a family of generated pages without what they do not need; its `<pre>`s and scripts are as they were, or gone."""
    for path, name in _ICONS.items():
        html = html.replace(f'<svg viewBox="0 0 24 24"><path d="{path}"/></svg>', f'<i class="lv-sign lv-{name}"></i>')
    return _GAP.sub("", _WORD.sub(r"\1\2", _CONFIG.sub(_configured, _TOP.sub("", _TABBED.sub("", html)))))
