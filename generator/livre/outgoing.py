"""A night committed and pushed by who made it: for a machine that does it all (cron, systemd, GitLab), by the steps of GitHub's jobs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import bundle as bundles
from . import check, handover, landing, save, threeway
from .errors import BadData, BrokenInvariant, CannotWrite, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .bundle import Bundle

TRIES = 5
"""Pushes before a night gives way to those who push all the time; the next night does it again."""


def bring(root: Path, bundle: Bundle) -> threeway.Joined:
    """Merge a bundle's night with what is committed here, into bib/; the bundle's base must be in the history."""
    with save.writer(root / "bib"):
        base, night, person = handover.sides(root, bundle)
        joined = threeway.join(base, night=night, person=person)
        save.write(root / "bib", joined.changes(person))
    return joined


def _branch(git: landing.Git) -> str:
    done, said = git.run("symbolic-ref", "--quiet", "--short", "HEAD", may_fail=True)
    if not done:
        raise UsageError("no branch is checked out here: git switch to the one that the nights go to")
    return said.decode().strip()


def _aside(git: landing.Git, bundle: Bundle) -> None:
    """Put bib/ back to what is committed."""
    git.run("restore", "--staged", "--worktree", "--source=HEAD", "--", "bib")
    for piece in bundle.pieces:
        if not piece.before:
            (git.root / piece.path).unlink(missing_ok=True)


def _fetched(git: landing.Git, branch: str, remote: str) -> None:
    """Learn what others pushed; CannotWrite when it does not follow upon what is committed here."""
    git.run("fetch", "--quiet", "--no-tags", remote, f"refs/heads/{branch}")
    follows, _ = git.run("merge-base", "--is-ancestor", "HEAD", "FETCH_HEAD", may_fail=True)
    if not follows:
        raise CannotWrite(
            f"{branch} here and on {remote} have parted: join them (git pull --rebase --autostash {remote} {branch}), "
            "then livre push again; the night is still in bib/"
        )


def _onto(git: landing.Git, night: Bundle, there: Bundle) -> threeway.Joined:
    """Bring the night onto what was fetched, in place of what is `there` in bib/ now.

    Until that is done the night also lies in a folder of .livre/, which stays when it fails: nothing else has it then.
    """
    if handover.made(git.root, night.message) != there:
        raise CannotWrite("bib/ was changed while it was pushed, so nothing was merged: run livre push again")
    kept = Path(tempfile.mkdtemp(prefix="night-", dir=git.root / ".livre"))
    bundles.write(kept, night)
    try:
        _aside(git, there)
        git.run("merge", "--quiet", "--ff-only", "FETCH_HEAD")
        joined = bring(git.root, night)
    except (BrokenInvariant, CannotWrite, UsageError) as error:
        again = f"the night is kept in {kept}; once that is mended, `livre unbundle {kept}` brings it"
        raise type(error)(f"{error}; {again}") from error
    shutil.rmtree(kept)
    return joined


def push(git: landing.Git, message: str, *, remote: str) -> Iterator[str]:
    """Commit what bib/ changed and push it to the branch that is checked out; what was done, line by line.

    When somebody has pushed first, their commits are taken, the night is merged with them and tried again; nothing is forced.
    Unavailable after five tries, CannotWrite when the push is refused, BadData when the merged review does not pass its check.
    """
    branch = _branch(git)
    night = handover.made(git.root, message)
    bundle = night
    for _ in range(TRIES):
        if not bundle.pieces:
            yield "nothing has changed"
            return
        landed = landing.land(git, bundle, branch=branch, remote=remote)
        if landed.commit:
            git.run("update-ref", f"refs/heads/{branch}", landed.commit, bundle.base)
            git.run("read-tree", "HEAD")
            yield f"{landed.commit} is on {remote}/{branch}"
            return
        yield f"{remote}/{branch} has moved to {landed.tip}: merging with it"
        _fetched(git, branch, remote)
        yield from _onto(git, night, bundle).conflicts
        if problems := tuple(check.whole(git.root)):
            raise BadData(problems)
        bundle = handover.made(git.root, message)
    raise Unavailable(f"others pushed to {branch} {TRIES} times: nothing is lost, the next night does this one again")
