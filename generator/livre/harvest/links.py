"""Where the code, the weights and the data of a paper are, by what its abstract or comment says."""

from __future__ import annotations

import re

_URL = re.compile(
    r"(?<![\w.@/-])(?:https?://)?(?:www\.)?"
    r"(?P<host>github\.com|gitlab(?:\.[a-z0-9-]+)+|codeberg\.org|bitbucket\.org|huggingface\.co|hf\.co|zenodo\.org)"
    r"/(?P<path>[\w.~%+@/-]+)",
    re.IGNORECASE | re.ASCII,
)
_NO_MODEL = frozenset({"datasets", "spaces", "papers", "blog", "docs", "learn", "tasks"})
"""First parts of a path at Hugging Face that hold no weights."""
_WEIGHTS = re.compile(r"\b(?:weights?|checkpoints?|pre-?trained)\b", re.IGNORECASE)
_DATA = re.compile(
    r"(?<![\w.@/-])(?:https?://)?(?:www\.)?((?:huggingface\.co|hf\.co)/datasets/|physionet\.org/content/)([\w.~%+@/-]+)",
    re.IGNORECASE | re.ASCII,
)
_BEFORE = 120
"""Characters before a link to Zenodo, which holds anything, in which weights must be spoken of."""


def code_and_weights(*texts: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The https addresses of code and of weights named in these normal texts, each sorted.

    Forges hold code, Hugging Face' model pages weights; its data sets and demos are neither.
    """
    code: dict[str, str] = {}
    weights: dict[str, str] = {}
    for text in texts:
        for match in _URL.finditer(text):
            host = match["host"].lower()
            path = re.sub(r"/{2,}", "/", match["path"]).rstrip("./-~%").removesuffix(".git")
            if not path.strip("/."):
                continue
            url = f"https://{host}/{path}"
            if host in {"huggingface.co", "hf.co"}:
                if path.partition("/")[0].lower() not in _NO_MODEL:
                    weights.setdefault(url.lower(), url)
            elif host == "zenodo.org":
                if _WEIGHTS.search(text[max(0, match.start() - _BEFORE) : match.start()]):
                    weights.setdefault(url.lower(), url)
            else:
                code.setdefault(url.lower(), url)
    return tuple(sorted(code.values())), tuple(sorted(weights.values()))


def data_sets(*texts: str) -> tuple[str, ...]:
    """The https addresses of data sets at Hugging Face and PhysioNet named in these normal texts, each once, in their order."""
    found = (m for text in texts if "/" in text for m in _DATA.finditer(text))
    return tuple(dict.fromkeys(f"https://{m[1].lower()}{m[2].rstrip('./-~%')}" for m in found))
