"""A night handed from one job to another: what may be in it, what is refused, and that a push only ever goes forward."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from github_runner import environment
from github_server import TOKEN, GithubServer
from livre import bare, bundle, check, forge, handover, landing, outgoing, propose, runner, save
from livre.errors import BrokenInvariant, CannotWrite, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
BIB = "bib/papers/2099-01.bib"
LEDGER = "bib/decisions/2099-01.tsv"
PAPER = "@misc{example2099dragons,\n  title = {Dragons},\n}\n"
OTHER = "@misc{sample2099wyrms,\n  title = {Wyrms},\n}\n"
HEAD = "paper\ton\tverdict\tcriterion\tscore\tby\twhy\n"
ROW = "arxiv:9901.00001\t2099-01-02\tinclude\tskin\t1.00\trules\tfabricated\n"


def git(root: Path, *words: str) -> str:
    here = environment(root.parent)
    return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True, env=here).stdout.strip()


def put(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of a review with one paper; its server is beside it."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    made = tmp_path / "made"
    put(made, {BIB: PAPER, LEDGER: HEAD + ROW, "bib/inbox/one.toml": "fabricated\n", "bib/scope.toml": "", "README.md": "Fabricated.\n"})
    git(made, "init", "-q", "-b", "main")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "Begin")
    git(made, "clone", "-q", "--bare", str(made), str(tmp_path / "origin.git"))
    git(made, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "work"))
    return tmp_path / "work"


def night(root: Path) -> bundle.Bundle:
    """A night that adds a paper and a decision, and empties the inbox."""
    put(root, {BIB: PAPER + "\n" + OTHER, LEDGER: HEAD + ROW + ROW.replace("00001", "00002")})
    (root / "bib/inbox/one.toml").unlink()
    return handover.made(root, "Night of 2099-01-02: 1 included\n\noai: complete\n")


def test_a_night_arrives_as_it_was_made(root: Path, tmp_path: Path) -> None:
    made = night(root)
    assert [(p.path, bool(p.before), bool(p.after)) for p in made.pieces] == [
        (LEDGER, True, True),
        ("bib/inbox/one.toml", True, False),
        (BIB, True, True),
    ]
    digest = bundle.write(tmp_path / "bundle", made)
    assert bundle.read(tmp_path / "bundle", digest=digest) == made
    landed = landing.land(landing.Git(root=root), made, branch="main")
    origin = tmp_path / "origin.git"
    assert git(origin, "rev-parse", "main") == landed.commit
    assert git(origin, "show", f"main:{BIB}") == (PAPER + "\n" + OTHER).strip()
    assert git(origin, "diff", "--name-status", "main~1", "main").splitlines() == [f"M\t{LEDGER}", "D\tbib/inbox/one.toml", f"M\t{BIB}"]
    assert git(origin, "log", "-1", "--format=%an|%cn|%s|%b", "main") == (
        "github-actions[bot]|github-actions[bot]|Night of 2099-01-02: 1 included|oai: complete"
    )


def test_the_commit_is_made_beside_the_working_tree_and_runs_nothing_of_the_repository(root: Path, tmp_path: Path) -> None:
    made = night(root)
    git(root, "restore", ".")
    (root / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("pre-commit", "pre-push", "post-commit", "reference-transaction"):
        (root / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (root / ".git" / "hooks" / hook).chmod(0o755)
    git(root, "config", "filter.evil.clean", f"touch {tmp_path}/ran; cat")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    before = git(root, "rev-parse", "HEAD")
    assert landing.land(landing.Git(root=root), made, branch="main").commit
    assert not (tmp_path / "ran").exists()
    assert (git(root, "rev-parse", "HEAD"), git(root, "status", "--short")) == (before, "?? .livre/")


def test_who_pushes_first_stays_and_the_night_is_told_to_merge(root: Path, tmp_path: Path) -> None:
    made = night(root)
    human = tmp_path / "human"
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(human))
    put(human, {"README.md": "By a person.\n"})
    git(human, "commit", "-q", "-a", "-m", "By a person")
    git(human, "push", "-q", "origin", "main")
    tip = git(human, "rev-parse", "HEAD")
    assert landing.land(landing.Git(root=root), made, branch="main") == landing.Landed(commit="", tip=tip)
    assert git(tmp_path / "origin.git", "rev-parse", "main") == tip


def test_a_branch_that_takes_no_push_is_an_error_that_names_the_reason(root: Path, tmp_path: Path) -> None:
    hook = tmp_path / "origin.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho protected by a fabricated rule >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(CannotWrite, match="protected by a fabricated rule"):
        landing.land(landing.Git(root=root), night(root), branch="main")


def test_a_server_that_is_gone_is_an_error(root: Path) -> None:
    git(root, "remote", "set-url", "origin", str(root.parent / "nowhere.git"))
    with pytest.raises(CannotWrite, match="git ls-remote"):
        landing.land(landing.Git(root=root), night(root), branch="main")


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/nightly.yml",
        "mkdocs.yml",
        "content/index.md",
        "generator/livre/save.py",
        "bib/scope.toml",
        "bib/taxonomy.toml",
        "bib/models.toml",
        "bib/sentinels/one.csv",
        "bib/inbox/two.toml",
        "bib/papers/../../mkdocs.yml",
        "bib/papers/2099-01.bib/x",
        "bib/papers/evil.bib",
        "bib/Papers/2099-01.bib",
        "BIB/papers/2099-01.bib",
        "/bib/papers/2099-01.bib",
        "bib/papers/2099-01.bib\n",
        "bib/.git/config",
        "bib/.gitattributes",
        "",
    ],
)
def test_a_bundle_that_touches_what_a_night_does_not_write_is_refused(root: Path, tmp_path: Path, path: str) -> None:
    made = night(root)
    piece = replace(made.pieces[-1], path=path, before="")
    for folder, pieces in (("one", (piece,)), ("two", tuple(sorted((*made.pieces, piece))))):
        said = bundle._manifest(replace(made, pieces=pieces))
        (tmp_path / folder).mkdir()
        (tmp_path / folder / bundle.MANIFEST).write_bytes(said)
        for digest, data in made.contents.items():
            (tmp_path / folder / digest).write_bytes(data)
        with pytest.raises(BrokenInvariant, match="refused"):
            bundle.read(tmp_path / folder)


def forged(change: Callable[[dict[str, object]], object]) -> Callable[[Path], object]:
    def forge(folder: Path) -> None:
        said = json.loads((folder / bundle.MANIFEST).read_text())
        changed = change(said)
        (folder / bundle.MANIFEST).write_text(json.dumps(said if changed is None else changed))

    return forge


def first_piece(**values: object) -> Callable[[Path], object]:
    return forged(lambda said: said["pieces"][0].update(values))  # type: ignore[index]


def _link(folder: Path) -> None:
    name = json.loads((folder / bundle.MANIFEST).read_text())["pieces"][0]["after"]
    (folder / name).rename(folder / "elsewhere")
    (folder / name).symlink_to(folder / "elsewhere")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda f: (f / bundle.MANIFEST).unlink(),
        lambda f: (f / bundle.MANIFEST).write_text("{"),
        lambda f: (f / bundle.MANIFEST).write_text("[" * 100_000),
        lambda f: (f / bundle.MANIFEST).write_bytes(b"\xff\xfe"),
        lambda f: next(x for x in f.iterdir() if x.name != bundle.MANIFEST).write_text("other bytes"),
        lambda f: next(x for x in f.iterdir() if x.name != bundle.MANIFEST).unlink(),
        _link,
        forged(lambda said: []),
        forged(lambda said: said.update(format=2)),
        forged(lambda said: said.update(more="x")),
        forged(lambda said: said.update(base="main")),
        forged(lambda said: said.update(base="--upload-pack=evil")),
        forged(lambda said: said.update(base=7)),
        forged(lambda said: said.update(message="")),
        forged(lambda said: said.update(message="x\x1b[2J")),
        forged(lambda said: said.update(message="x" * 100_000)),
        forged(lambda said: said["pieces"].append(said["pieces"][0])),
        forged(lambda said: said["pieces"].reverse()),
        first_piece(size=3),
        first_piece(size="3"),
        first_piece(size=True),
        first_piece(after="../../../etc/passwd"),
        first_piece(after="0" * 64),
        first_piece(before="x"),
        first_piece(mode="120000"),
        first_piece(path=None),
    ],
)
def test_a_bundle_that_is_not_whole_is_refused(root: Path, tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    bundle.write(tmp_path / "bundle", night(root))
    spoil(tmp_path / "bundle")
    with pytest.raises(BrokenInvariant):
        bundle.read(tmp_path / "bundle")


def test_more_bytes_than_a_bundle_may_have_are_not_even_read(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle.write(tmp_path / "bundle", night(root))
    monkeypatch.setattr(bundle, "TOTAL", 100)
    with pytest.raises(BrokenInvariant, match="too many bytes"):
        bundle.read(tmp_path / "bundle")


def test_a_bundle_that_was_swapped_on_the_way_is_refused(root: Path, tmp_path: Path) -> None:
    made = night(root)
    digest = bundle.write(tmp_path / "one", made)
    bundle.write(tmp_path / "two", replace(made, message="Another night\n"))
    with pytest.raises(BrokenInvariant, match="not the bundle that was handed over"):
        bundle.read(tmp_path / "two", digest=digest)


@pytest.mark.parametrize(
    ("files", "lost"),
    [
        ({BIB: OTHER}, "example2099dragons"),
        ({BIB: ""}, "example2099dragons"),
        ({LEDGER: HEAD}, "arxiv:9901.00001"),
        ({LEDGER: HEAD + ROW.replace("include", "exclude")}, "arxiv:9901.00001"),
    ],
)
def test_a_bundle_that_loses_a_paper_or_a_decision_is_refused(root: Path, files: dict[str, str], lost: str) -> None:
    put(root, files)
    with pytest.raises(BrokenInvariant, match=lost):
        landing.land(landing.Git(root=root), handover.made(root, "Lose\n"), branch="main")


def test_a_paper_may_move_to_another_file_and_a_decision_too(root: Path) -> None:
    put(root, {BIB: "", "bib/papers/2099-02.bib": PAPER, LEDGER: HEAD, "bib/decisions/2099-02.tsv": HEAD + ROW})
    assert landing.land(landing.Git(root=root), handover.made(root, "Move\n"), branch="main").commit


def test_a_bundle_from_another_state_of_the_review_is_refused(root: Path) -> None:
    made = night(root)
    for wrong in (replace(made, base="0" * 40), replace(made, pieces=tuple(replace(p, before="0" * 64) for p in made.pieces))):
        with pytest.raises((BrokenInvariant, CannotWrite)):
            landing.land(landing.Git(root=root), wrong, branch="main")


@pytest.mark.parametrize("spoil", ["README.md", "bib/scope.toml", "new.txt", "content/x.md"])
def test_a_night_that_changed_something_else_makes_no_bundle(root: Path, spoil: str) -> None:
    put(root, {spoil: "changed\n"})
    with pytest.raises(BrokenInvariant):
        handover.made(root, "Night\n")


def test_a_link_or_a_program_makes_no_bundle(root: Path) -> None:
    (root / BIB).chmod(0o755)
    with pytest.raises(BrokenInvariant):
        handover.made(root, "Night\n")
    (root / BIB).unlink()
    (root / BIB).symlink_to("/etc/passwd")
    with pytest.raises(BrokenInvariant):
        handover.made(root, "Night\n")


@pytest.mark.parametrize("committed", [True, False])
def test_half_a_night_is_never_taken_for_all_of_it(root: Path, committed: bool) -> None:
    """A night that was killed while it saved: after its commit point the rest is put in place, before it nothing is taken."""
    changes = {"papers/2099-01.bib": (PAPER + OTHER).encode(), "papers/2099-02.bib": OTHER.replace("sample", "third").encode()}
    stages = sorted((path, bundle.sha256(data)) for path, data in changes.items())
    save._stage(root / "bib", stages, dict(changes))
    if committed:
        os.replace(root / "bib" / ".saving" / "0", root / "bib" / stages[0][0])
    else:
        (root / "bib" / ".saving" / "manifest.json").unlink()
    taken = [piece.path for piece in handover.made(root, "Night\n").pieces]
    assert taken == (["bib/papers/2099-01.bib", "bib/papers/2099-02.bib"] if committed else [])


def test_a_folder_in_use_is_not_written_over(root: Path, tmp_path: Path) -> None:
    made = night(root)
    bundle.write(tmp_path / "bundle", made)
    with pytest.raises(CannotWrite, match="not empty"):
        bundle.write(tmp_path / "bundle", made)


def test_everything_that_nights_have_written_here_may_be_in_a_bundle() -> None:
    by_people = ("bib/sentinels/", "bib/inbox/")
    files = [f.relative_to(ROOT).as_posix() for f in (ROOT / "bib").rglob("*") if f.is_file()]
    written = [f for f in files if not f.endswith(".toml") and not f.startswith(by_people) and "/." not in f]
    assert written
    assert [f for f in written if not bundle.PATHS.fullmatch(f)] == []


def test_a_token_is_in_no_argument_and_reaches_only_its_server(root: Path) -> None:
    here = landing.Git(root=root, token="fabricated-token", server="https://forge.example")
    assert here.line("config", "--get-urlmatch", "http.extraheader", "https://forge.example/a/b").startswith("AUTHORIZATION: basic ")
    assert here.run("config", "--get-urlmatch", "http.extraheader", "https://elsewhere.example/a", may_fail=True)[0] is False
    assert "GIT_CONFIG_COUNT" not in landing.Git(root=root)._environment("")


@pytest.mark.parametrize(
    "words",
    [[], ["nothing"], ["due", "more"], ["commit", "f", "short", "main", "retry"], ["commit", "f", "0" * 64, "main", "never"]],
)
def test_words_that_mean_nothing_are_refused(root: Path, words: list[str]) -> None:
    with pytest.raises(UsageError):
        bare.run(words, root, {})


@pytest.mark.parametrize("branch", ["", "-f", "+main", "main:other", "a..b", "a b", "x.lock", "refs/heads/$(id)", "main\n"])
def test_a_name_that_is_no_branch_is_refused(root: Path, tmp_path: Path, branch: str) -> None:
    digest = bundle.write(tmp_path / "bundle", night(root))
    with pytest.raises(UsageError, match="no branch"):
        bare.run(["commit", str(tmp_path / "bundle"), digest, branch, "retry"], root, {})


def test_the_last_try_fails_where_the_others_say_so(root: Path, tmp_path: Path) -> None:
    digest = bundle.write(tmp_path / "bundle", night(root))
    human = tmp_path / "human"
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(human))
    git(human, "commit", "-q", "--allow-empty", "-m", "By a person")
    git(human, "push", "-q", "origin", "main")
    lines, values, _ = bare.run(["commit", str(tmp_path / "bundle"), digest, "main", "retry"], root, {})
    assert (values, "merge again" in lines[0]) == ({"landed": "false", "commit": ""}, True)
    with pytest.raises(Unavailable, match="nothing is lost"):
        bare.run(["commit", str(tmp_path / "bundle"), digest, "main", "fail"], root, {})


@pytest.mark.parametrize(
    ("said", "config", "url"),
    [
        ({"GITHUB_REPOSITORY": "Ada-Example/skin"}, "", "https://ada-example.github.io/skin/"),
        ({"GITHUB_REPOSITORY": "ada/Ada.github.io"}, "", "https://ada.github.io/"),
        ({"GITHUB_REPOSITORY": "ada/skin"}, "site_url: https://skin.example/\n", "https://skin.example/"),
        ({"GITHUB_REPOSITORY": "ada/skin"}, "# site_url: https://no.example/\n", "https://ada.github.io/skin/"),
        ({"SITE_URL": "https://said.example/review"}, "site_url: https://skin.example/\n", "https://said.example/review/"),
        ({}, "", ""),
    ],
)
def test_the_sites_address_is_told_or_follows_from_the_repository(tmp_path: Path, said: dict[str, str], config: str, url: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Skin\n{config}")
    assert bare.address(tmp_path, said) == url


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x/?q", "https://x/ y", "ftp://x/", "https://x/$(id)"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        bare.address(tmp_path, {"SITE_URL": url})


@pytest.mark.parametrize("values", [{"a": "x\ny=z"}, {"a": "$(id)"}, {"a b": "x"}, {"a": "x y"}])
def test_only_plain_words_are_told_to_later_steps(tmp_path: Path, values: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="no plain word"):
        runner.output({"GITHUB_OUTPUT": str(tmp_path / "output")}, values)
    assert not (tmp_path / "output").exists()


def test_as_a_program_a_refusal_is_one_line_and_its_code(root: Path, tmp_path: Path) -> None:
    bundle.write(tmp_path / "bundle", night(root))
    here = {**environment(tmp_path), "PYTHONPATH": str(ROOT / "generator"), "GITHUB_OUTPUT": str(tmp_path / "output")}
    command = [sys.executable, "-S", "-m", "livre.bare", "commit", str(tmp_path / "bundle"), "0" * 64, "main", "retry"]
    done = subprocess.run(command, cwd=root, env=here, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (70, 1, ""), done.stderr
    assert not (tmp_path / "output").exists()
    assert os.listdir(root)


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of the fabricated review, with somebody to commit as."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    shutil.copytree(ROOT / "tests" / "data" / "review", tmp_path / "made")
    git(tmp_path / "made", "init", "-q", "-b", "main")
    git(tmp_path / "made", "add", "-A")
    git(tmp_path / "made", "commit", "-q", "-m", "Begin")
    git(tmp_path / "made", "clone", "-q", "--bare", str(tmp_path / "made"), str(tmp_path / "origin.git"))
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "work"))
    return tmp_path / "work"


def decided(review: Path) -> None:
    """A night that changes its record alone."""
    file = sorted((review / "bib" / "nights").glob("*.tsv"))[-1]
    head, *_ = file.read_text().splitlines()
    cells = dict.fromkeys(head.split("\t"), "0") | {"night": "2099-12-30", "source": "oai", "outcome": "complete"}
    cells |= {n: "" for n in ("at", "since", "until", "watermark") if n in cells}
    file.write_text(file.read_text() + "\t".join(cells.values()) + "\n")
    assert not tuple(check.whole(review))


def test_one_machine_commits_and_pushes_by_itself(review: Path, tmp_path: Path) -> None:
    decided(review)
    lines = list(outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin"))
    origin = git(tmp_path / "origin.git", "rev-parse", "main")
    assert lines == [f"{origin} is on origin/main"]
    assert (git(review, "rev-parse", "HEAD"), git(review, "status", "--short")) == (origin, "?? .livre/")
    assert git(review, "log", "-1", "--format=%an|%s") == "Ada Example|Night"
    assert list(outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin")) == ["nothing has changed"]


def test_one_machine_merges_with_what_others_pushed(review: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "human"))
    put(tmp_path / "human", {"content/how.md": "# By a person\n", "bib/inbox/one.toml": "fabricated = true\n"})
    git(tmp_path / "human", "add", "-A")
    git(tmp_path / "human", "commit", "-q", "-m", "By a person")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    (tmp_path / "human" / "bib" / "inbox" / "one.toml").unlink()
    git(tmp_path / "human", "commit", "-q", "-a", "-m", "Take it back")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    decided(review)
    lines = list(outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin"))
    assert "merging with it" in lines[0]
    origin = tmp_path / "origin.git"
    assert git(origin, "rev-parse", "main~1") == git(tmp_path / "human", "rev-parse", "HEAD")
    assert "2099-12-30" in git(origin, "show", "main:" + git(origin, "diff", "--name-only", "main~1", "main"))
    assert git(review, "status", "--short") == "?? .livre/"
    assert (review / "content" / "how.md").read_text() == "# By a person\n"


def test_a_branch_that_has_parted_is_not_pushed(review: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "human"))
    git(tmp_path / "human", "commit", "-q", "--allow-empty", "-m", "By a person")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    git(review, "commit", "-q", "--allow-empty", "-m", "Here alone")
    decided(review)
    with pytest.raises(CannotWrite, match="have parted"):
        list(outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin"))
    assert "2099-12-30" in git(review, "diff", "--", "bib/nights"), "what was not pushed is still there"
    git(review, "checkout", "-q", "--detach")
    with pytest.raises(UsageError, match="no branch"):
        list(outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin"))


def test_a_night_that_cannot_be_merged_is_kept(review: Path, tmp_path: Path) -> None:
    """Somebody has pushed a file that nobody can read: the night is aside by then."""
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "human"))
    file = sorted((tmp_path / "human" / "bib" / "papers").glob("*.bib"))[0]
    whole = file.read_text()
    file.write_text("@misc{")
    git(tmp_path / "human", "commit", "-q", "-a", "-m", "By a person")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    decided(review)
    with pytest.raises(BrokenInvariant, match=r"cannot be joined.*livre unbundle"):
        list(outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin"))
    file.write_text(whole)
    git(tmp_path / "human", "commit", "-q", "-a", "-m", "Mend it")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    git(review, "pull", "-q", "--ff-only")
    (kept,) = (review / ".livre").glob("night-*")
    outgoing.bring(review, bundle.read(kept))
    assert "2099-12-30" in git(review, "diff", "--", "bib/nights")


def test_what_somebody_writes_while_a_night_is_pushed_is_not_put_aside(review: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(tmp_path / "origin.git"), str(tmp_path / "human"))
    git(tmp_path / "human", "commit", "-q", "--allow-empty", "-m", "By a person")
    git(tmp_path / "human", "push", "-q", "origin", "main")
    decided(review)
    pushing = outgoing.push(landing.Git(root=review, author=None), "Night\n", remote="origin")
    assert "merging with it" in next(pushing)
    file = sorted((review / "bib" / "nights").glob("*.tsv"))[-1]
    file.write_text(file.read_text().replace("2099-12-30", "2099-12-31"))
    with pytest.raises(CannotWrite, match="run livre push again"):
        list(pushing)
    assert "2099-12-31" in file.read_text()
    assert not list((review / ".livre").glob("night-*"))


def test_a_clone_that_knows_only_the_last_commit_is_enough_to_push(root: Path, tmp_path: Path) -> None:
    """As the job on GitHub has it."""
    git(root, "commit", "-q", "--allow-empty", "-m", "More history")
    git(root, "push", "-q", "origin", "main")
    made = night(root)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{tmp_path}/origin.git", str(tmp_path / "shallow"))
    git(tmp_path / "shallow", "checkout", "-q", "--detach")
    landed = landing.land(landing.Git(root=tmp_path / "shallow"), made, branch="main")
    assert git(tmp_path / "origin.git", "rev-parse", "main") == landed.commit
    assert git(tmp_path / "origin.git", "rev-list", "--count", "main") == "3"


SAID = {
    "path": "bib/inbox/arxiv-9901-00002-issue-12.toml",
    "work": "arxiv-9901-00002",
    "action": "include",
    "branch": "submit/issue-12",
    "subject": "Ask to include arxiv-9901-00002 (issue 12)",
    "text": "Closes #12.",
    "author": "ada-example <7+ada-example@users.noreply.github.com>",
}


def handed(folder: Path, **other: object) -> Path:
    put(folder, {SAID["path"]: "fabricated = true\n", propose.SAID: json.dumps(SAID | other)})
    return folder


def test_a_contribution_from_an_issue_becomes_a_branch_and_a_pull_request(root: Path, tmp_path: Path) -> None:
    folder = handed(tmp_path / "one")
    with GithubServer() as github:
        ask = forge.Forge(repository="ada-example/skin", token=TOKEN, base=github.url)
        here = landing.Git(root=root)
        first = propose.propose(here, ask, folder, into="main")
        tip = git(tmp_path / "origin.git", "rev-parse", "submit/issue-12")
        assert propose.propose(here, ask, folder, into="main") == first
        assert (len(github.pulls), git(tmp_path / "origin.git", "rev-parse", "submit/issue-12")) == (1, tip)
        put(folder, {SAID["path"]: "fabricated = 2\n"})
        assert propose.propose(here, ask, folder, into="main") == first
    assert git(tmp_path / "origin.git", "rev-parse", "submit/issue-12~1") == tip, "the branch only moves forward"
    assert git(tmp_path / "origin.git", "diff", "--name-status", "main", "submit/issue-12") == f"A\t{SAID['path']}"


def test_a_branch_that_somebody_else_moves_meanwhile_is_no_success(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "push", "-q", "origin", "HEAD:refs/heads/submit/issue-12")
    here, old = landing.Git(root=root), git(root, "rev-parse", "HEAD")
    git(tmp_path, "clone", "-q", "-b", "submit/issue-12", str(tmp_path / "origin.git"), str(tmp_path / "human"))
    git(tmp_path / "human", "commit", "-q", "--allow-empty", "-m", "By a person")
    git(tmp_path / "human", "push", "-q", "origin", "submit/issue-12")
    tips = iter([old])
    known = landing.Git.tip
    monkeypatch.setattr(landing.Git, "tip", lambda self, remote, branch: next(tips, "") or known(self, remote, branch))
    with GithubServer() as github:
        ask = forge.Forge(repository="ada-example/skin", token=TOKEN, base=github.url)
        with pytest.raises(Unavailable, match="meanwhile"):
            propose.propose(here, ask, handed(tmp_path / "one"), into="main")
        assert not github.pulls


@pytest.mark.parametrize(
    "other",
    [
        {"path": ".github/workflows/x.yml"},
        {"path": "bib/inbox/../../mkdocs.yml"},
        {"path": "bib/inbox/x.toml\n"},
        {"path": "bib/papers/2099-01.bib"},
        {"path": 7},
        {"branch": "main"},
        {"branch": "submit/issue-12:main"},
        {"branch": "submit/issue-x"},
        {"subject": "x\n\nCo-authored-by: someone"},
        {"subject": "<b>"},
        {"text": "`$(id)`"},
        {"text": ""},
        {"author": "Ada Example <ada@example.org>"},
        {"author": "ada <7+ada@users.noreply.github.com>\nx"},
        {"author": None},
    ],
)
def test_a_contribution_that_is_more_than_one_is_refused(root: Path, tmp_path: Path, other: dict[str, object]) -> None:
    with pytest.raises(BrokenInvariant, match="nothing was proposed"):
        propose.read(handed(tmp_path / "one", **other))


def test_a_contribution_that_is_no_file_is_refused(root: Path, tmp_path: Path) -> None:
    for name, spoil in {
        "none": lambda f: (f / SAID["path"]).unlink(),
        "link": lambda f: ((f / SAID["path"]).unlink(), (f / SAID["path"]).symlink_to(f / propose.SAID)),
        "large": lambda f: (f / SAID["path"]).write_text("x" * 70_000),
        "empty": lambda f: (f / SAID["path"]).write_text(""),
        "nothing": lambda f: (f / propose.SAID).unlink(),
        "list": lambda f: (f / propose.SAID).write_text("[]"),
        "deep": lambda f: (f / propose.SAID).write_text("[" * 60_000),
    }.items():
        spoil(handed(tmp_path / name))
        with pytest.raises(BrokenInvariant, match="nothing was proposed"):
            propose.read(tmp_path / name)


def test_a_repository_that_lets_no_job_open_pull_requests_says_so(root: Path, tmp_path: Path) -> None:
    with GithubServer() as github:
        github.denied = {"/pulls"}
        ask = forge.Forge(repository="ada-example/skin", token=TOKEN, base=github.url)
        with pytest.raises(CannotWrite, match="whether the setting is on"):
            propose.propose(landing.Git(root=root), ask, handed(tmp_path / "one"), into="main")
