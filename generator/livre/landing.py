"""Commits what a job without any rights has made, and pushes it: only ever forward, only what a bundle may hold.

Nothing but Python itself and git runs here, and git runs no hook, filter or attribute of the repository: the commit is made from
blobs, not from a working tree, so that neither the name nor the content of a file can make anything happen.
"""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import bundle as bundles
from .errors import BrokenInvariant, CannotWrite
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .bundle import Bundle

BOT = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""Who commits on GitHub: the name and address under which its own token is shown."""

_SECONDS = 300
_PLAIN = ("--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "push.gpgSign=false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """The commit that was pushed, or '' when somebody else had pushed first: then `tip` is what stands there now."""

    commit: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """git in one repository, with what it needs to commit and to push.

    `author` is a name and an address, or None for whom git is told to commit as; `token` is for a server that asks for one.
    """

    root: Path
    author: tuple[str, str] | None = BOT
    token: str = ""
    server: str = "https://github.com"

    def _environment(self, index: str) -> dict[str, str]:
        who = zip(("NAME", "EMAIL"), self.author or (), strict=False)
        said = {f"GIT_{role}_{what}": text for what, text in who for role in ("AUTHOR", "COMMITTER")}
        said |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"} | ({"GIT_INDEX_FILE": index} if index else {})
        if self.token:  # in the environment and not in the arguments, which every process on the machine may read
            basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
            said |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"http.{self.server}/.extraheader"}
            said["GIT_CONFIG_VALUE_0"] = f"AUTHORIZATION: basic {basic}"
        return {**os.environ, **said}

    def run(self, *arguments: str, given: bytes = b"", index: str = "", may_fail: bool = False) -> tuple[bool, bytes]:
        """What git says, and whether it succeeded; CannotWrite when it fails and may not."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                ["git", "-C", str(self.root), *_PLAIN, *arguments],  # noqa: S607 - the git of whoever runs this
                input=given,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env=self._environment(index),
            )
        except FileNotFoundError:
            raise CannotWrite("git is not installed, and only git can commit") from None
        except subprocess.TimeoutExpired:
            raise CannotWrite(f"git {arguments[0]} did not end within {_SECONDS} s") from None
        if done.returncode and not may_fail:
            raise CannotWrite(f"git {arguments[0]}: {one_line(done.stderr.decode(errors='replace'))[-500:] or 'it failed without a word'}")
        return done.returncode == 0, done.stdout + done.stderr if done.returncode else done.stdout

    def line(self, *arguments: str, given: bytes = b"", index: str = "") -> str:
        """The one line that git prints."""
        return self.run(*arguments, given=given, index=index)[1].decode().strip()

    def blob(self, commit: str, path: str) -> bytes | None:
        """The bytes of a file in a commit; None when it is not there, or is no plain file."""
        listed = self.line("ls-tree", "-z", "--full-tree", commit, "--", f":(literal){path}").rstrip("\0")
        mode, kind, name = [*listed.partition("\t")[0].split(" "), "", ""][:3]
        return self.run("cat-file", "blob", name)[1] if (mode, kind) == ("100644", "blob") else None

    def commit(self, parent: str, files: Mapping[str, bytes | None], message: str) -> str:
        """A commit upon `parent` in which these files stand (None: are gone), and nothing else differs; no branch is moved."""
        with tempfile.TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            self.run("read-tree", parent, index=index)
            lines = []
            for path, data in files.items():
                name = "0" * len(parent) if data is None else self.line("hash-object", "-w", "--no-filters", "--stdin", given=data)
                lines.append(f"{'0' if data is None else '100644'} {name}\t{path}\0".encode())
            self.run("update-index", "-z", "--index-info", given=b"".join(lines), index=index)
            tree = self.line("write-tree", index=index)
        differ = set(self.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", parent, tree)[1].decode().split("\0")) - {""}
        if strange := differ - files.keys():
            raise BrokenInvariant(f"the commit would change {min(strange)}, which it should not; nothing was pushed")
        return self.line("commit-tree", "-p", parent, "-F", "-", tree, given=message.encode())

    def tip(self, remote: str, branch: str) -> str:
        """The commit at which a branch stands over there; '' when there is none."""
        return self.line("ls-remote", "--refs", remote, f"refs/heads/{branch}").partition("\t")[0]

    def push(self, remote: str, commit: str, branch: str, *, base: str) -> Landed:
        """Push a commit made upon `base`, if the branch still stands there; CannotWrite when it does and is refused all the same."""
        done, said = self.run("push", "--porcelain", "--no-verify", remote, f"{commit}:refs/heads/{branch}", may_fail=True)
        tip = commit if done else self.tip(remote, branch)
        if tip not in {base, commit}:
            return Landed(commit="", tip=tip)
        if tip == base:
            why = one_line(said.decode(errors="replace"))[-500:]
            raise CannotWrite(f"{branch} does not take the commit: {why}; see whether a rule protects the branch from who pushes here")
        return Landed(commit=commit, tip=tip)


def land(git: Git, bundle: Bundle, *, branch: str, remote: str = "origin") -> Landed:
    """Commit a bundle upon its base and push that to `branch`; `Landed.commit` is '' when somebody has pushed in between.

    BrokenInvariant when the bundle does not fit its base or loses anything, CannotWrite when the push is refused for another reason.
    """
    if git.line("rev-parse", "--verify", "--end-of-options", f"{bundle.base}^{{commit}}") != bundle.base:
        raise BrokenInvariant(f"{bundle.base} is not a commit here")
    bundles.verify(bundle, lambda path: git.blob(bundle.base, path))
    commit = git.commit(bundle.base, {p.path: bundle.after(p.path) for p in bundle.pieces}, bundle.message)
    return git.push(remote, commit, branch, base=bundle.base)
