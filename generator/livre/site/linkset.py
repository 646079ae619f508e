"""The links of Signposting once more, for machines that want those of many papers at once: a linkset a month (RFC 9264).

A page names its month's file; each paper is there under the address of its page, so there is none where the site has no address.
See https://signposting.org/FAIR/.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .metadata import signposts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model import Paper
    from .render import Site


def path_of(paper: Paper) -> str:
    """The file of a paper's month."""
    return f"data/linksets/{paper.shard}.json"


def context(paper: Paper, site: Site) -> dict[str, Any]:
    """All links of one paper's page, by their relation."""
    page = f"{site.url}papers/{paper.key}/"
    out: dict[str, Any] = {"anchor": page}
    for rel, href, kind in (*signposts(paper), ("describedby", f"{page}{paper.key}.bib", "application/x-bibtex")):
        out.setdefault(rel, []).append({"href": href, **({"type": kind} if kind else {})})
    return out


def files(papers: Iterable[Paper], site: Site) -> Iterator[tuple[str, bytes]]:
    """Every linkset by its path, one paper a line."""
    if not site.url:
        return
    for path, of in groupby(sorted(papers, key=lambda p: (p.shard, p.key)), key=path_of):
        lines = (json.dumps(context(p, site), ensure_ascii=False, separators=(",", ":")) for p in of)
        yield path, ('{"linkset": [\n' + ",\n".join(lines) + "\n]}\n").encode()
