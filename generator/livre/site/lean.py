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


def _configured(m: re.Match[str]) -> str:
    config = json.loads(m[2])
    config["features"] = [name for name in config.get("features") or () if name in _ASKED]
    return m[1] + json.dumps(config, separators=(",", ":")) + m[3]


def lean(html: str) -> str:
    """The frame of a family of generated pages without what they do not need; its `<pre>`s and scripts are as they were, or gone."""
    return _GAP.sub("", _WORD.sub(r"\1\2", _CONFIG.sub(_configured, _TOP.sub("", _TABBED.sub("", html)))))
