"""The jobs that hold a token which may write, on a bare Python: `python3 -m livre.bare WORD`. They install nothing.

    due                          whether tonight still needs a night, for catch-ups that skip when it is done
    address                      where the site will be: SITE_URL, else mkdocs.yml's site_url, else that of GitHub Pages
    commit FOLDER DIGEST BRANCH retry|fail
                                 commit and push a night's bundle; when somebody has pushed first, say landed=false, or fail
    propose FOLDER BRANCH        open the pull request for a contribution that came as an issue
    watch BRANCH                 keep the schedule alive, start a night that never began, keep one "stale" issue

Each reads the review in the current folder, says what it did in a line or two, and tells later steps by `GITHUB_OUTPUT`.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import bundle, heartbeat, landing, propose, runner, watch
from .errors import LivreError, Unavailable, UsageError
from .forge import API, REPOSITORY, Forge
from .plaintext import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,199}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:-]+/(?:[A-Za-z0-9_./~-]*/)?")
_ARGUMENTS = {"due": 0, "address": 0, "commit": 4, "propose": 2, "watch": 1}


def now(environment: Mapping[str, str]) -> datetime:
    """The time that counts as now."""
    text = environment.get("LIVRE_NOW", "")
    try:
        at = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise UsageError(f"LIVRE_NOW is {text!r}; write an ISO time such as 2026-07-02T06:17:00+00:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def address(root: Path, environment: Mapping[str, str]) -> str:
    """The site's public address, with a slash at its end; '' where nothing tells it."""
    config = root / "mkdocs.yml"
    written = re.search(r"^site_url:[ \t]*[\"']?([^\s\"'#]+)", config.read_text(encoding="utf-8") if config.is_file() else "", re.MULTILINE)
    url = environment.get("SITE_URL", "").strip() or (written[1] if written else "")
    if not url and REPOSITORY.fullmatch(repository := environment.get("GITHUB_REPOSITORY", "")):
        owner, name = repository.split("/")
        host = f"{owner.lower()}.github.io"
        url = f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
    if url and not _ADDRESS.fullmatch(url := url.rstrip("/") + "/"):
        raise UsageError(f"{url[:200]!r} is no address for a site: write one such as https://example.org/review/")
    return url


def _git(root: Path, environment: Mapping[str, str]) -> landing.Git:
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    return landing.Git(root=root, token=environment.get("GITHUB_TOKEN", ""), server=server)


def _forge(environment: Mapping[str, str]) -> Forge:
    token = environment.get("GITHUB_TOKEN", "")
    if not token:
        raise UsageError("GITHUB_TOKEN is not set, and without it nothing can be asked of GitHub")
    return Forge(repository=environment.get("GITHUB_REPOSITORY", ""), token=token, base=environment.get("GITHUB_API_URL", API))


def _branch(name: str) -> str:
    if not _BRANCH.fullmatch(name) or ".." in name or name.endswith(("/", ".lock")):
        raise UsageError(f"{name!r} is no branch")
    return name


def run(words: list[str], root: Path, environment: Mapping[str, str]) -> tuple[list[str], dict[str, str], LivreError | None]:
    """Do what the words ask: the lines to say, the values for later steps, and what failed beside that."""
    if not words or _ARGUMENTS.get(words[0]) != len(words) - 1:
        raise UsageError((__doc__ or "").partition("\n\n")[2].partition("\n\nEach")[0])
    verb, *rest = words
    day = now(environment).date().isoformat()
    done = heartbeat.done(heartbeat.nights(root / "bib"), day)
    if verb == "due":
        return [f"the night of {day} is {'complete: nothing to do' if done else 'due'}"], {"due": str(not done).lower()}, None
    if verb == "address":
        return [url := address(root, environment)], {"url": url}, None
    if verb == "commit":
        folder, digest, branch, lost = rest
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or lost not in {"retry", "fail"}:
            raise UsageError(f"{digest!r} is no digest, as `livre bundle` tells one, or {lost!r} is neither retry nor fail")
        landed = landing.land(_git(root, environment), bundle.read(Path(folder), digest=digest), branch=_branch(branch))
        if not landed.commit and lost == "fail":
            raise Unavailable(f"others pushed to {branch} each time: nothing is lost, the next run does this night again")
        said = f"{landed.commit} is on {branch}" if landed.commit else f"{branch} has moved to {landed.tip}: merge again"
        return [said], {"landed": str(bool(landed.commit)).lower(), "commit": landed.commit}, None
    if verb == "propose":
        return [propose.propose(_git(root, environment), _forge(environment), Path(rest[0]), into=_branch(rest[1]))], {}, None
    forge, server = _forge(environment), environment.get("GITHUB_SERVER_URL", "https://github.com")
    pulse = heartbeat.pulse(root)
    told, failures = watch.watch(
        forge, pulse, now=now(environment), done=done, branch=_branch(rest[0]), repository=forge.repository, server=server
    )
    state = "out of date" if pulse.stale(now(environment)) else "fresh"
    state = f"last complete harvest: {pulse.harvested or 'none yet'}; the review is {state}"
    return [state, *told, *map(str, failures[1:])], {}, failures[0] if failures else None


def main() -> int:
    """Run as a program; the exit code is that of `livre` (see `errors`)."""
    try:
        lines, values, failure = run(sys.argv[1:], Path.cwd(), os.environ)
        for line in lines:
            sys.stdout.write(one_line(line) + "\n")
        runner.output(os.environ, values)
        if failure:
            raise failure
    except LivreError as error:
        sys.stderr.write(f"livre: {error if isinstance(error, UsageError) else one_line(str(error))}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
