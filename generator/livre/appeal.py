"""The contribution that would change an answer, written out: the text of the file, and a link that opens it filled in.

Whoever follows the link is led through a fork and a pull request by the host; nothing here needs a server.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from .entry import candidate_key
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .model import Identifier

ACTIONS = ("include", "exclude", "correct")
"""What a contribution can ask for."""

INBOX = "inbox"
"""The folder of contributions, under bib/."""

_LONGEST_TITLE = 200
_HOME = re.compile(r"(?P<home>https://(?P<host>github\.com|gitlab(?:\.[a-z0-9-]+)+)/[\w.-]+(?:/[\w.-]+?)+?)(?:\.git)?/?", re.ASCII)
_NEW = {
    "github": ("{home}/new/{branch}?", "filename", "value"),
    "gitlab": ("{home}/-/new/{branch}?", "file_name", "content"),
}
"""Where GitHub, and GitLab wherever it runs, makes a new file, and what it calls the file's name and text there."""
_PULLS = {"github": "pull", "gitlab": "-/merge_requests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A contribution to send: its file under the root of the review, its text, and where to send it ('' when no host is known)."""

    path: str
    text: str
    url: str


def quoted(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's, and nothing invisible is left that only JSON would allow."""
    return json.dumps(one_line(text), ensure_ascii=False)


def written(identifier: Identifier) -> str:
    """An identifier as people write it: `arXiv:2503.02104`, `doi:10.1000/182`."""
    return f"{'arXiv' if identifier.scheme == 'arxiv' else identifier.scheme}:{identifier.value}"


def contribution(
    identifier: Identifier, action: str, *, title: str = "", reason: str = "", chosen: Mapping[str, str | Sequence[str]] | None = None
) -> str:
    """The TOML of a contribution. Without a `reason` the text says where to write one, and it is refused until somebody has.

    `title` is only a comment, to see which work this is about; `chosen` are facets with their categories, and corrected fields.
    """
    lines = [f"# {one_line(title)[:_LONGEST_TITLE]}"] if one_line(title) else []
    lines += [f"paper  = {quoted(written(identifier))}", f"action = {quoted(action)}"]
    lines += [f"reason = {quoted(reason)}{'' if one_line(reason) else '  # say in one line why, between the quotes'}"]
    if chosen:
        lines += ["", "[set]"]
        for name, value in {one_line(name): value for name, value in chosen.items()}.items():
            items = quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"
            lines += [f"{name if re.fullmatch('[A-Za-z0-9_-]+', name) else quoted(name)} = {items}"]
    elif action == "correct":
        lines += ["", "[set]", '# title = "what is right"']
    return "\n".join([*lines, ""])


def appeal(
    identifier: Identifier,
    action: str,
    *,
    repository: str,
    branch: str = "main",
    title: str = "",
    reason: str = "",
    chosen: Mapping[str, str | Sequence[str]] | None = None,
) -> Appeal:
    """The contribution that asks for `action` on a work, and the link that opens it at the host of `repository` (the scope's).

    Only GitHub and GitLab are known to take a text by their address; elsewhere the text is there to be copied.
    """
    path = f"bib/{INBOX}/{candidate_key(identifier)}.toml"
    text = contribution(identifier, action, title=title, reason=reason, chosen=chosen)
    return Appeal(path=path, text=text, url=opened(path, text, repository=repository, branch=branch))


def opened(path: str, text: str, *, repository: str, branch: str = "main") -> str:
    """The address at which the host of `repository` opens a new file with this text, '' where the host is not known to do so."""
    if not (m := _HOME.fullmatch(repository)):
        return ""
    address, name, value = _NEW[m["host"].partition(".")[0]]
    query = urlencode({name: path, value: text}, quote_via=quote, safe="")
    return address.format(home=m["home"], branch=quote(branch, safe="/")) + query


def pull_request(repository: str, number: int) -> str:
    """The address of a pull request (GitHub) or merge request (GitLab) of `repository`, '' where the host is not known or there is none."""
    m = _HOME.fullmatch(repository)
    if not m or number < 1:
        return ""
    return f"{m['home']}/{_PULLS[m['host'].partition('.')[0]]}/{number}"
