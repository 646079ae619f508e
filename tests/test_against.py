"""Change sets in real repositories: what `livre check --against` refuses, and what a contribution may do."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from livre import against, corpus, folders, revisions
from livre.appeal import contribution
from livre.change import UNSAFE
from livre.cli import main
from livre.corpus import Corpus
from livre.edges import dumps_citations
from livre.errors import UsageError
from livre.model import Candidate, Citation, Decision, Identifier, Name, Night, Paper, Source, Verdict, Version
from test_inbox import TAXONOMY
from test_night import SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SKIN = Paper(
    key="example2099skin",
    shard="2099-04",
    identifiers=(Identifier("arxiv", "9904.00001"), Identifier("doi", "10.9999/skin")),
    title="Fabricated skin",
    authors=(Name(family="Example", given="Ada"),),
    date="2099-04-01",
    versions=(Version(number=1, on="2099-04-01"),),
    classes=("cs.CV",),
    source=Source(route="oai", version=1, stamp="2099-04-01"),
    added="2099-04-02",
    categories=("llm",),
)
BONE = Paper(
    key="sample2099bone",
    shard="2099-05",
    identifiers=(Identifier("arxiv", "9905.00001"),),
    title="Fabricated bone",
    authors=(Name(family="Sample", given="Ben"),),
    date="2099-05-01",
    source=Source(route="oai", version=1, stamp="2099-05-01"),
    added="2099-05-02",
)
WAITING = Candidate(identifiers=(Identifier("arxiv", "9904.00002"),), title="A fabricated candidate", date="2099-04-03")


def decided(work: Identifier, verdict: Verdict, *, by: str = "rules", on: str = "2099-05-03") -> Decision:
    return Decision(subject=work, on=on, verdict=verdict, criterion="topic", score=0.8, by=by, why="a fabricated reason")


BASE = Corpus(
    papers={p.key: p for p in (SKIN, BONE)},
    candidates={WAITING.primary: WAITING},
    decisions={
        SKIN.primary: (decided(SKIN.primary, Verdict.WAIT), decided(SKIN.primary, Verdict.INCLUDE, by="Ada Example", on="2099-05-04")),
        BONE.primary: (decided(BONE.primary, Verdict.INCLUDE),),
        WAITING.primary: (decided(WAITING.primary, Verdict.EXCLUDE, by="Ada Example"),),
    },
    nights=(Night(night="2099-05-03", source="oai", watermark="2099-05-03", seen=3, matched=3, new=3, included=2, excluded=1),),
)
EDGE = Citation(citing=SKIN.primary, cited=BONE.primary, source="openalex", first="2099-05-05", last="2099-05-05")
APRIL, MAY = "bib/papers/2099-04.bib", "bib/papers/2099-05.bib"
DECIDED = "bib/decisions/2099-04.tsv"
OPEN = contribution(Identifier("arxiv", "9906.00001"), "include", reason="it is about skin")
CHANGE = "bib/inbox/new.toml"


def git(root: Path, *words: str) -> str:
    quiet = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"]
    return subprocess.run(["git", "-C", str(root), *quiet, *words], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module", autouse=True)
def settings() -> object:
    """No setting of this machine counts."""
    patch = pytest.MonkeyPatch()
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    yield
    patch.undo()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed review: two papers, a candidate, an edge, a contribution that waits, a chapter."""
    root = tmp_path_factory.mktemp("base") / "review"
    files = {f"bib/{path}": data for path, data in corpus.tree(BASE).items()}
    files["bib/citations/2099-04.tsv"] = dumps_citations([EDGE]).encode()
    texts = {
        "bib/scope.toml": SCOPE,
        "bib/taxonomy.toml": TAXONOMY,
        "bib/inbox/open.toml": OPEN,
        "bib/sentinels/list.csv": "# title: A list\n# description: fabricated\n# source: nobody\npaper,title\n9904.00001,Fabricated skin\n",
        "content/index.md": "# Skin\n\nSee [@example2099skin].\n",
        **{f"content/{family}/shell.md": "---\ntemplate: shell.html\n---\n" for family in folders.SHELLS},
        "mkdocs.yml": "site_name: Skin\ntheme: material\n",
        ".github/workflows/ci.yml": "on: push\n",
        "README.md": "# A review\n",
    }
    for name, data in {**files, **{n: t.encode() for n, t in texts.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    git(root.parent, "init", "-q", "-b", "main", str(root))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    return root


@pytest.fixture
def review(base: Path, tmp_path: Path) -> Path:
    """A copy of the review, to be changed."""
    return shutil.copytree(base, tmp_path / "review", symlinks=True)


def put(name: str, data: str | bytes) -> Callable[[Path], None]:
    """A change that writes a file."""

    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data.encode() if isinstance(data, str) else data)

    return change


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A change that replaces a text in a file."""

    def change(root: Path) -> None:
        text = (root / name).read_text()
        assert old in text
        (root / name).write_text(text.replace(old, new))

    return change


def gone(name: str) -> Callable[[Path], None]:
    """A change that removes a file."""
    return lambda root: (root / name).unlink()


def link(name: str, target: str) -> Callable[[Path], None]:
    """A change that makes a symbolic link, in the place of what was there."""

    def change(root: Path) -> None:
        path = root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return change


def mode(name: str) -> Callable[[Path], None]:
    """A change that lets a file be run."""
    return lambda root: (root / name).chmod(0o755)


def submodule(name: str) -> Callable[[Path], None]:
    """A change that adds a submodule."""
    return lambda root: git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{name}") and None


def records(change: Callable[[Corpus], Corpus]) -> Callable[[Path], None]:
    """A change of the corpus, written in its canonical form."""

    def write(root: Path) -> None:
        old, new = corpus.tree(BASE), corpus.tree(change(BASE))
        for path in old.keys() - new.keys():
            (root / "bib" / path).unlink()
        for path, data in new.items():
            (root / "bib" / path).parent.mkdir(exist_ok=True)
            (root / "bib" / path).write_bytes(data)

    return write


def with_paper(paper: Paper, *said: Decision, instead: str = "") -> Callable[[Corpus], Corpus]:
    def change(old: Corpus) -> Corpus:
        papers = {k: p for k, p in old.papers.items() if k != instead}
        decisions = {**old.decisions, **({paper.primary: (*old.decisions.get(paper.primary, ()), *said)} if said else {})}
        candidates = {i: c for i, c in old.candidates.items() if i not in paper.identifiers}
        return Corpus(papers={**papers, paper.key: paper}, candidates=candidates, decisions=decisions, nights=old.nights)

    return change


def altered(paper: Paper, **fields: object) -> Callable[[Path], None]:
    return records(with_paper(replace(paper, **fields), instead=paper.key))  # type: ignore[arg-type]


NEW = Paper(
    key="new2099bone",
    shard="2099-06",
    identifiers=(Identifier("arxiv", "9906.00002"),),
    title="Fabricated new bone",
    date="2099-06-01",
    added="2099-06-02",
)
INCLUDED = decided(NEW.primary, Verdict.INCLUDE, by="Ben Sample", on="2099-06-02")
PROMOTED = Paper(
    key="waiting2099candidate",
    shard="2099-04",
    identifiers=WAITING.identifiers,
    title=WAITING.title,
    date=WAITING.date,
    added="2099-06-02",
)
FAIR = decided(WAITING.primary, Verdict.INCLUDE, by="Ben Sample", on="2099-06-02")
BIB = "@misc{{x, title = {{A title}}, eprint = {{9906.00003}}{}}}\n"


def included(work: str, action: str = "include", **chosen: list[str]) -> str:
    return contribution(Identifier.parse(work), action, reason="a fabricated reason", chosen=chosen)


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a workflow": (edit(".github/workflows/ci.yml", "push", "pull_request_target"), "change-path"),
    "a new workflow": (put(".github/workflows/x.yml", "on: push\n"), "change-path"),
    "the site's configuration": (edit("mkdocs.yml", "Skin", "Spam"), "change-path"),
    "a hook of the site": (put("hooks.py", "import os\n"), "change-path"),
    "the engine": (put("generator/livre/x.py", "import os\n"), "change-path"),
    "the readme": (edit("README.md", "review", "spam"), "change-path"),
    "git's attributes": (put(".gitattributes", "* filter=x\n"), "change-path"),
    "what git ignores": (put(".gitignore", "bib/\n"), "change-path"),
    "a theme override": (put("content/overrides/main.html", "<script>1</script>"), "change-path"),
    "a picture that can hold scripts": (put("content/a.svg", "<svg/>"), "change-path"),
    "who owns what": (put(".github/CODEOWNERS", "* @mallory\n"), "change-path"),
    "git's submodules": (put(".gitmodules", '[submodule "x"]\n'), "change-path"),
    "a hook of git": (put(".githooks/pre-commit", "#!/bin/sh\n"), "change-path"),
    "a lock of what is installed": (put("requirements/run.txt", "evil==1\n"), "change-path"),
    "a template beside the chapters": (put("overrides/main.html", "{{ x }}"), "change-path"),
    "a contribution in a folder": (put("bib/inbox/sub/new.toml", OPEN), "change-path"),
    "a file beside the folders of bib": (put("bib/evil.py", "import os\n"), "change-path"),
    "a chapter as a page": (put("content/page.html", "<script>1</script>"), "change-path"),
    "a script beside the chapters": (put("content/assets/x.js", "alert(1)"), "change-path"),
    "a shell that goes": (gone("content/papers/shell.md"), "shell"),
    "a chapter that links to nothing": (put("content/index.md", "# Skin\n\n[x](nowhere.md)\n"), "link"),
    "a folder in other case": (put("Content/a.md", "# Spam\n"), "change-twin"),
    "a name of two spellings": (
        lambda root: [put(f"content/caf{e}.md", "# Spam\n")(root) for e in ("\u00e9", "e\u0301")] and None,
        "change-twin",
    ),
    "a name that is too long": (put(f"content/{'x' * 220}.md", "# Spam\n"), "change-name"),
    "a name that ends in a dot": (put("content/a./b.md", "# Spam\n"), "change-name"),
    "a folder of git": (put("content/.gitlab/x.md", "# Spam\n"), "change-name"),
    "a link out of the repository": (link("content/up.md", "../../../etc/passwd"), "change-mode"),
    "a link as a contribution": (link(CHANGE, "/etc/passwd"), "change-mode"),
    "a link as a chapter": (link("content/index.md", "../mkdocs.yml"), "change-mode"),
    "a link as a folder": (link("bib/papers", "../content"), "change-mode"),
    "a submodule": (submodule("bib/inbox/sub"), "change-mode"),
    "a file that can be run": (mode(APRIL), "change-mode"),
    "a file of papers in capitals": (put("bib/Papers/2099-04.bib", "x"), "change-twin"),
    "a chapter in other case": (put("content/INDEX.md", "# Spam\n"), "change-twin"),
    "a name with a line end": (put("bib/inbox/a\n::error::b.toml", OPEN), "change-name"),
    "a name that Windows cannot have": (put("bib/inbox/con.toml", OPEN), "change-name"),
    "a name that turns around": (put("bib/inbox/\u202ea.toml", OPEN), "change-name"),
    "a name that is not UTF-8": (lambda root: put(os.fsdecode(b"bib/inbox/\xff.toml"), OPEN)(root), "change-name"),
    "a name that begins with a dash and quotes": (put("bib/inbox/-x'\".toml", OPEN), "change-name"),
    "a huge file": (put(CHANGE, "# " + "x" * (2 << 20)), "change-large"),
    "a huge chapter": (put("content/index.md", "[" * (2 << 20)), "change-large"),
    "far too many files": (lambda root: [put(f"bib/inbox/n{n}.toml", OPEN)(root) for n in range(501)] and None, "change-many"),
    "a binary": (put("content/a.md", b"\x89PNG\x00"), "change-binary"),
    "a chapter that is not UTF-8": (put("content/index.md", b"# \xff\n"), "text-encoding"),
    "a chapter with hidden text": (put("content/index.md", "# \u202eSkin\n"), "text-invisible"),
    "a night by hand": (edit("bib/nights/2099.tsv", "\t3\t3\t3", "\t9\t9\t9"), "change-machine"),
    "an audit by hand": (put("bib/audits/2099.tsv", "audit\tpaper\tverdict\tof\n"), "change-machine"),
    "the figures by hand": (put("bib/evaluation.json", "{}\n"), "change-machine"),
    "somebody's contribution removed": (gone("bib/inbox/open.toml"), "change-inbox"),
    "somebody's contribution edited": (edit("bib/inbox/open.toml", "include", "exclude"), "change-inbox"),
    "a paper deleted": (put(APRIL, ""), "change-lost"),
    "a file of papers deleted": (gone(MAY), "change-lost"),
    "a candidate deleted": (gone("bib/candidates/2099-04.bib"), "change-lost"),
    "an identifier deleted": (altered(SKIN, identifiers=SKIN.identifiers[:1]), "change-lost"),
    "the sentinels deleted": (gone("bib/sentinels/list.csv"), "change-lost"),
    "a key changed": (edit(APRIL, "example2099skin", "example2099hide"), "change-key"),
    "a paper moved": (altered(SKIN, shard="2099-05"), "change-shard"),
    "a title without curated": (altered(SKIN, title="Spam"), "change-fact"),
    "authors without curated": (altered(SKIN, authors=(Name(family="Mallory", given="M."),), curated=("title",)), "change-fact"),
    "categories without curated": (altered(SKIN, categories=("vlm",)), "change-fact"),
    "another kind of entry": (altered(SKIN, kind="book"), "change-fact"),
    "a candidate's title": (edit("bib/candidates/2099-04.bib", "A fabricated", "A spammed"), "change-fact"),
    "a day of entry": (altered(SKIN, added="2000-01-01", curated=("added",)), "change-record"),
    "a source": (altered(SKIN, source=Source(route="oai", version=9, stamp="2099-09-09")), "change-record"),
    "a decision edited": (edit(DECIDED, "exclude", "include"), "change-decision"),
    "a decision removed": (edit(DECIDED, "9904.00001\t2099-05-03", "9904.00001\t2099-05-02"), "change-decision"),
    "the ledger deleted": (gone(DECIDED), "change-decision"),
    "a decision before the last": (
        records(with_paper(SKIN, decided(SKIN.primary, Verdict.EXCLUDE, by="Mallory", on="2099-01-01"))),
        "change-decision",
    ),
    "a decision signed as a machine": (
        records(with_paper(SKIN, decided(SKIN.primary, Verdict.EXCLUDE, by="Rules", on="2099-06-01"))),
        "change-signed",
    ),
    "a decision on nothing": (records(lambda c: replace(c, decisions={**c.decisions, NEW.primary: (INCLUDED,)})), "stray-decision"),
    "a paper that nobody asked for": (records(with_paper(NEW)), "change-unasked"),
    "a paper that only a machine asked for": (records(with_paper(NEW, replace(INCLUDED, by="model"))), "change-unasked"),
    "a candidate that becomes a paper by itself": (records(with_paper(PROMOTED)), "change-unasked"),
    "a paper that is there already": (
        records(with_paper(replace(NEW, identifiers=(Identifier("arxiv", "9906.00002"), Identifier("doi", "10.9999/skin"))), INCLUDED)),
        "corpus-duplicate",
    ),
    "a file that is not canonical": (edit(APRIL, "  title        =", "  title ="), "not-canonical"),
    "braces within braces without end": (
        edit(APRIL, "{Fabricated skin}", f'"{"{" * 40_000}{"}" * 40_000}"'),
        "not-canonical",
    ),
    "a category that is not there": (altered(SKIN, categories=("llms",), curated=("keywords",)), "unknown-category"),
    "an edge removed": (gone("bib/citations/2099-04.tsv"), "change-history"),
    "an edge in a source's name": (
        put("bib/citations/2099-04.tsv", dumps_citations([EDGE, replace(EDGE, cited=WAITING.primary)])),
        "change-history",
    ),
    "a paper included again": (put(CHANGE, included("arXiv:9904.00001")), "change-duplicate"),
    "a paper included again by its DOI": (put(CHANGE, included("doi:10.9999/skin")), "change-duplicate"),
    "a candidate excluded again": (put(CHANGE, included("arXiv:9904.00002", "exclude")), "change-duplicate"),
    "what another contribution asks for": (put(CHANGE, included("arXiv:9906.00001")), "change-duplicate"),
    "what another contribution denies": (put(CHANGE, included("arXiv:9906.00001", "exclude")), "change-duplicate"),
    "one work twice in a library": (put("bib/inbox/x.bib", BIB.format("") * 2), "change-duplicate"),
    "an unknown key": (put(CHANGE, included("arXiv:9906.00009").replace("reason", "raeson")), "toml-key"),
    "an identifier that is none": (put(CHANGE, included("arXiv:9906.00009").replace("9906.00009", "99")), "inbox"),
    "an abbreviation": (put("bib/inbox/x.bib", '@string{a = "b"}\n' + BIB.format("")), "inbox-macro"),
    "values joined": (put("bib/inbox/x.bib", BIB.format(', note = "a" # "b"')), "inbox-join"),
    "a comment": (put("bib/inbox/x.bib", "@comment{x}\n" + BIB.format("")), "inbox-comment"),
    "a citation of nothing": (edit("content/index.md", "example2099skin", "example2099skni"), "citation"),
    "broken rules": (edit("bib/scope.toml", "title", "titel"), "toml-key"),
    "a broken sentinel": (edit("bib/sentinels/list.csv", "9904.00001", "nine"), "sentinel-id"),
}
"""What a change does, and a code that it is refused with."""

ACCEPTED: dict[str, Callable[[Path], None]] = {
    "nothing": lambda _root: None,
    "a contribution": put(CHANGE, included("arXiv:9906.00009", model=["llm"])),
    "a library of one": put("bib/inbox/x.bib", BIB.format(", month = jan")),
    "an exclusion of a paper": put(CHANGE, included("arXiv:9904.00001", "exclude")),
    "an inclusion of what was excluded": put(CHANGE, included("arXiv:9904.00002")),
    "a correction": put(CHANGE, included("arXiv:9904.00001", "correct", model=["vlm"])),
    "a title with curated": altered(SKIN, title="Better skin", curated=("title",)),
    "categories with curated": altered(SKIN, categories=("vlm",), curated=("model",)),
    "classes with curated": altered(SKIN, classes=("cs.CV", "cs.LG"), curated=("crosslists",)),
    "a milestone and a short title": altered(SKIN, milestone="The first of its fabricated kind", shorttitle="SKIN"),
    "a DOI more": altered(BONE, identifiers=(*BONE.identifiers, Identifier("doi", "10.9999/bone"))),
    "a paper that a person decided on": records(with_paper(NEW, INCLUDED)),
    "a paper that was imported": records(with_paper(NEW, replace(INCLUDED, by="import"))),
    "a candidate that a person included": records(with_paper(PROMOTED, FAIR)),
    "a decision that overrules": records(with_paper(SKIN, decided(SKIN.primary, Verdict.EXCLUDE, by="Ben Sample", on="2099-06-01"))),
    "an edge that was read": put("bib/citations/2099-04.tsv", dumps_citations([EDGE, replace(EDGE, source="import")])),
    "a chapter": put("content/more.md", "# More\n\nSee [@sample2099bone].\n"),
    "a chapter removed": gone("content/index.md"),
    "a rule": edit("bib/taxonomy.toml", "Language models", "Models of language"),
    "a sentinel": edit("bib/sentinels/list.csv", "9904.00001,Fabricated skin\n", "9904.00001,Fabricated skin\n9905.00001,Bone\n"),
}


def judged(root: Path, ref: str = "main") -> set[str]:
    return {p.code for p in against.judge(root, ref)}


@pytest.mark.parametrize("what", REFUSED)
def test_a_change_that_nobody_should_make_is_refused(review: Path, what: str) -> None:
    change, code = REFUSED[what]
    change(review)
    git(review, "switch", "-q", "-c", "change")
    if what != "a submodule":
        git(review, "add", "-A")
    git(review, "commit", "-q", "--allow-empty", "-m", "change")
    found = tuple(against.judge(review, "main"))
    assert code in {p.code for p in found}, found
    assert all(p.path.isprintable() and p.message for p in found)


@pytest.mark.parametrize("what", [w for w, (_, code) in REFUSED.items() if code in UNSAFE | {"change-path", "change-duplicate"}])
def test_a_change_is_judged_before_it_is_committed_too(review: Path, what: str) -> None:
    change, code = REFUSED[what]
    change(review)
    assert code in judged(review)


@pytest.mark.parametrize("what", ACCEPTED)
def test_a_change_that_people_may_make_is_accepted(review: Path, what: str) -> None:
    ACCEPTED[what](review)
    assert tuple(against.judge(review, "main")) == ()
    git(review, "switch", "-q", "-c", "change")
    git(review, "add", "-A")
    git(review, "commit", "-q", "--allow-empty", "-m", "change")
    assert tuple(against.judge(review, "main")) == ()


def test_a_fact_is_refused_with_its_line(review: Path) -> None:
    altered(SKIN, title="Spam")(review)
    (problem,) = against.judge(review, "main")
    assert (problem.path, problem.line) == (APRIL, 1 + (review / APRIL).read_text().splitlines().index("  title        = {Spam},"))
    assert "curated = {title}" in problem.message


def test_what_happened_on_main_since_is_not_the_contributors_doing(review: Path) -> None:
    git(review, "switch", "-q", "-c", "change")
    put(CHANGE, included("arXiv:9906.00009"))(review)
    git(review, "add", "-A")
    git(review, "commit", "-q", "-m", "change")
    git(review, "switch", "-q", "main")
    records(with_paper(NEW, replace(INCLUDED, by="rules")))(review)
    git(review, "add", "-A")
    git(review, "commit", "-q", "-m", "a night")
    git(review, "switch", "-q", "change")
    assert tuple(against.judge(review, "main")) == ()


@pytest.mark.parametrize("ref", ["nowhere", "--output=owned", "-h", "", "main:mkdocs.yml", "main\nx"])
def test_a_commit_that_is_not_there_is_a_usage_error(review: Path, ref: str) -> None:
    with pytest.raises(UsageError, match="there is no such commit"):
        tuple(against.judge(review, ref))
    assert not (review / "owned").exists()


def test_a_folder_that_is_no_repository_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        tuple(against.judge(tmp_path, "main"))


def test_a_review_in_a_folder_of_a_repository_is_judged_by_its_own_paths(base: Path, tmp_path: Path) -> None:
    root = tmp_path / "all"
    shutil.copytree(base, root / "review", ignore=shutil.ignore_patterns(".git"))
    git(tmp_path, "init", "-q", "-b", "main", str(root))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    put("review/" + CHANGE, included("arXiv:9906.00009"))(root)
    assert tuple(against.judge(root / "review", "main")) == ()
    put("outside.txt", "x")(root)
    git(root, "add", "-A")
    (problem,) = against.judge(root / "review", "main")
    assert (problem.path, problem.code) == ("../outside.txt", "change-path")


def test_the_hooks_and_filters_of_a_change_are_not_run(review: Path) -> None:
    put(".gitattributes", "*.md diff=owned filter=owned\n")(review)
    put("content/index.md", "# Changed\n")(review)
    git(review, "config", "diff.owned.command", "touch owned")
    git(review, "config", "diff.owned.textconv", "touch owned")
    git(review, "config", "core.fsmonitor", "touch owned")
    assert judged(review) == {"change-path", "change-name"}
    assert not (review / "owned").exists()


def test_the_old_side_is_read_from_git_and_nothing_is_checked_out(review: Path) -> None:
    altered(SKIN, title="Spam")(review)
    changes = revisions.since(review, "main")
    assert [(d.path, d.before, d.after) for d in changes.deltas] == [(APRIL, "100644", "100644")]
    assert b"Fabricated skin" in revisions.contents(review, [changes.deltas[0].blob])[changes.deltas[0].blob]
    assert "Spam" in (review / APRIL).read_text()


def test_check_against_prints_what_it_finds_and_paths_limit_it(review: Path) -> None:
    put("mkdocs.yml", "site_name: Spam\ntheme: material\n")(review)
    altered(SKIN, title="Spam")(review)
    run = CliRunner().invoke
    whole = run(main, ["--root", str(review), "check", "--against", "main"], catch_exceptions=False)
    assert whole.exit_code == 1
    assert {line.rpartition("[")[2] for line in whole.output.splitlines()[:-1]} == {"change-path]", "change-fact]"}
    part = run(main, ["--root", str(review), "check", "bib", "--against", "main"], catch_exceptions=False)
    assert "change-path" not in part.output
    assert run(main, ["--root", str(review), "check", "--against", "nowhere"], catch_exceptions=False).exit_code == 2
