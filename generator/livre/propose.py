"""Turns one contribution, made from an issue by a job without rights, into a pull request.

Whatever stands in the folder that is handed over is checked again here: nothing in it can be more than one small new file in the
inbox, a branch of a fixed form and a few plain words.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .errors import BrokenInvariant, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from .forge import Forge
    from .landing import Git

SAID = "contribution.json"
"""What `livre add --issue --json` printed, beside the file that it wrote."""

LARGEST = 65_536
_WORDS = r"[A-Za-z0-9 .:()/,#-]{1,200}"
_FORMS = {
    "path": r"bib/inbox/[a-z0-9-]{1,100}\.toml",
    "branch": r"submit/issue-[0-9]{1,9}",
    "subject": _WORDS,
    "text": _WORDS,
    "author": r"(?:[A-Za-z0-9-]{1,39}(?:\[bot\])? <[0-9]{1,12}\+[A-Za-z0-9-]{1,39}(?:\[bot\])?@users\.noreply\.github\.com>)?",
}


def read(folder: Path) -> tuple[dict[str, str], bytes]:
    """What is to be proposed: its words by name, and the file's bytes. BrokenInvariant when it is anything but that."""
    try:
        said = json.loads((folder / SAID).read_bytes()[:LARGEST])
        words = {name: said[name] for name in _FORMS}
        wrong = [name for name, form in _FORMS.items() if not isinstance(words[name], str) or not re.fullmatch(form, words[name], re.ASCII)]
        file = folder / words["path"] if not wrong else folder
        data = b"" if wrong or file.resolve() != folder.resolve() / words["path"] else file.read_bytes()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenInvariant(f"{folder} holds no contribution from an issue: {type(error).__name__}; nothing was proposed") from None
    if wrong:
        raise BrokenInvariant(f"{folder / SAID}: {', '.join(wrong)} is not of the form that it must have; nothing was proposed")
    if not data or len(data) > LARGEST:
        raise BrokenInvariant(f"{words['path']} has {len(data)} bytes, and may have 1 to {LARGEST}; nothing was proposed")
    return words, data


def propose(git: Git, ask: Forge, folder: Path, *, into: str, remote: str = "origin") -> str:
    """Open the pull request for the contribution in `folder`, or renew the one that is there; its address.

    The branch is only ever moved forward. CannotWrite when it, or the pull request, is refused, Unavailable when somebody else moves it.
    """
    words, data = read(folder)
    base = git.line("rev-parse", "HEAD")
    parent = git.tip(remote, words["branch"])
    if parent:
        git.run("fetch", "--no-tags", "--depth=1", remote, f"refs/heads/{words['branch']}")
    if git.blob(parent or base, words["path"]) != data:
        credit = f"\n\nCo-authored-by: {words['author']}" if words["author"] else ""
        commit = git.commit(parent or base, {words["path"]: data}, f"{words['subject']}\n\n{words['text']}{credit}\n")
        if not git.push(remote, commit, words["branch"], base=parent).commit:
            raise Unavailable(f"somebody else pushed to {words['branch']} meanwhile, and nothing was proposed: put the label on once more")
    owner = ask.repository.partition("/")[0]
    pulls: list[dict[str, Any]] = ask("GET", f"/pulls?state=open&head={owner}:{words['branch']}&per_page=1") or []
    if not pulls:
        body = {"title": words["subject"], "head": words["branch"], "base": into, "body": words["text"], "maintainer_can_modify": True}
        pulls = [ask("POST", "/pulls", body)]
    return str(pulls[0]["html_url"])
