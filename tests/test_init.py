"""A new review: begun by one command, whole at once, renewed later without a loss."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arxiv_dialect import record
from arxiv_server import ArxivServer
from livre import check, corpus, found, plan, scope, seed, taxonomy
from livre.build import build
from livre.cli import main
from livre.errors import BadData, UsageError
from repository import begin as commit

HERE = Path(__file__).parents[1]
WANTED = [
    "--yes",
    "--title",
    "Imaginary & *beasts*: a <b>review</b>",
    "--curator",
    "Ada Example",
    "--topic",
    "unicorn*, dragon* AND imaginary model*",
    "--category",
    "Dragons: dragon*, wyvern*",
    "--category",
    "Unicorns",
    "--repository",
    "https://github.com/Ada-Example/beasts",
    "--since",
    "2099-01-01",
]


def livre(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"LIVRE_NOW": "2099-02-03T06:17:00+00:00", **environment})


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "beasts"
    done = livre("init", str(folder), *WANTED)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def review(begun: Path, tmp_path: Path) -> Path:
    subprocess.run(["cp", "-r", str(begun), str(tmp_path / "beasts")], check=True)
    return tmp_path / "beasts"


def test_a_new_review_passes_every_check_and_builds_at_once(begun: Path, tmp_path: Path) -> None:
    assert not list(check.whole(begun))
    report = build(begun, tmp_path / "site")
    home = (tmp_path / "site" / "index.html").read_text()
    assert "Imaginary &amp; *beasts*: a &lt;b&gt;review&lt;/b&gt;" in home
    assert "<b>review</b>" not in home
    assert report.notes == (), "the address of GitHub Pages is known from the repository's"
    assert 'https://ada-example.github.io/beasts/"' in home


def test_it_says_what_its_maintainer_said(begun: Path) -> None:
    about = scope.load(begun / "bib" / "scope.toml")
    assert (about.title, [c.name for c in about.curators], about.harvest.since) == (WANTED[2], ["Ada Example"], "2099-01-01")
    assert about.repository == "https://github.com/Ada-Example/beasts"
    kinds = taxonomy.load(begun / "bib" / "taxonomy.toml")
    assert [c.title for c in kinds.of("topic")] == ["Dragons", "Unicorns"]


def test_one_night_finds_files_and_shows_what_it_is_about(review: Path, tmp_path: Path) -> None:
    works = [
        record(1, title="An imaginary model of dragons", abstract="We propose an imaginary model.", versions=["2099-02-02T10:00:00Z"]),
        record(2, title="A survey of unicorns", abstract="Unicorns, and no more.", versions=["2099-02-02T10:00:00Z"]),
    ]
    commit(review)
    with ArxivServer(works, now="2099-02-03T06:17:00Z") as server:
        away = dict.fromkeys(("LIVRE_ARXIV_SRC", "LIVRE_OPENALEX", "LIVRE_OPENCITATIONS", "LIVRE_CROSSREF"), "http://127.0.0.1:9")
        night = livre(
            "--root", str(review), "update", "--link", "0", LIVRE_ARXIV_OAI=server.oai, LIVRE_ARXIV_API=server.api, LIVRE_DELAY="0", **away
        )
    assert night.exit_code == 0, night.output
    (paper,) = corpus.load(review / "bib").papers.values()
    assert paper.title == "An imaginary model of dragons"
    assert {"dragons", "methods"} <= set(paper.categories)
    assert not list(check.whole(review))
    build(review, tmp_path / "site")
    assert (tmp_path / "site" / "papers" / paper.key / "index.html").is_file()


def test_every_family_of_pages_of_the_reference_review_has_its_place_in_a_new_one(begun: Path) -> None:
    ours, theirs = ({f.relative_to(root / "content").as_posix() for f in (root / "content").rglob("*.md")} for root in (HERE, begun))
    assert ours - theirs == {"introduction.md", "risks.md", *(f"categories/{c}.md" for c in ("dermatology", "llm", "lmm", "vision", "vlm"))}
    for path in sorted(p for p in theirs if p.endswith("shell.md")):
        assert (HERE / "content" / path).read_text() == (begun / "content" / path).read_text()
    asked = [
        {line for f in (root / "content").rglob("*.md") for line in f.read_text().splitlines() if line.startswith("<!-- livre:")}
        for root in (HERE, begun)
    ]
    assert asked[0] - asked[1] == {"<!-- livre:category -->", "<!-- livre:references -->"}, "what chapters ask for"


def test_its_workflows_are_those_of_the_reference_review_but_for_the_tests_of_the_engine(begun: Path) -> None:
    ours, theirs = ({f.name: f.read_text() for f in (root / ".github" / "workflows").iterdir()} for root in (HERE, begun))
    ci = theirs.pop("ci.yml")
    assert "run: make check build" in ci
    assert "make test" not in ci
    assert [len(line) for line in ours.pop("ci.yml").splitlines()][:3] == [len(line) for line in ci.splitlines()][:3]
    assert theirs == ours


def test_what_the_workflows_run_with_a_token_needs_no_package(begun: Path) -> None:
    environment = {"PYTHONPATH": str(begun / "generator"), "PATH": os.environ["PATH"], "LIVRE_NOW": "2099-02-03T06:17:00+00:00"}
    command = [sys.executable, "-S", "-m", "livre.bare", "due"]
    done = subprocess.run(command, cwd=begun, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not list((begun / "generator").rglob("cli")), "no more of the engine than that"


def test_the_makefile_has_what_the_workflows_and_the_readme_call(begun: Path) -> None:
    targets = {line.split(":")[0] for line in (begun / "Makefile").read_text().splitlines() if ": " in line or line.endswith(":")}
    called = {
        word
        for text in [(begun / "README.md").read_text(), *(f.read_text() for f in (begun / ".github" / "workflows").iterdir())]
        for line in text.splitlines()
        if (at := line.find("make ")) >= 0 and (line.startswith("make") or "run:" in line)
        for word in line[at:].split("#")[0].split()[1:]
        if word.isalpha() and word != "base"
    }
    assert called >= {"install", "check", "build", "night", "serve"}
    assert not called - targets


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    title=st.text(min_size=1, max_size=80).filter(lambda t: bool(plan.one_line(t).strip())),
    words=st.lists(st.sampled_from(["dragon*", "=SAM", "*opathy", "two words"]), min_size=1, unique=True),
    names=st.lists(st.sampled_from(["Dragons", "dragons", "Über", "methods"]), max_size=4),
)
def test_any_title_and_any_words_make_a_review_without_a_problem(title: str, words: list[str], names: list[str]) -> None:
    shelves = tuple(plan.shelf(n) for n in names)
    wanted = plan.Plan(
        title=title,
        description=title,
        curator=title,
        sets=("cs",),
        topics=(plan.subject(", ".join(["horn*", *words])),),
        categories=shelves or (plan.shelf("All"),),
        since="2099-01-01",
        requirement="livre",
    )
    assert any(f.path == "bib/scope.toml" for f in found.files(wanted))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--topic", "dragon*"], "--title"),
        (["--title", "Beasts"], "--topic"),
        (["--title", "Beasts", "--topic", "dragon* AND"], "AND between groups"),
        (["--title", "Beasts", "--topic", "dragon*", "--category", ":"], "category"),
        (["--title", "Beasts", "--topic", "*"], "bib/scope.toml:"),
        (["--title", "Beasts", "--topic", "dragon*", "--since", "soon"], "bib/scope.toml:"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path: Path, more: list[str], said: str) -> None:
    done = livre("init", str(tmp_path / "new"), "--yes", *more)
    assert done.exit_code in {UsageError.exit_code, BadData.exit_code}
    assert said in done.output
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = livre("init", str(tmp_path), *WANTED)
    assert done.exit_code == UsageError.exit_code
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]


def older(review: Path, path: str, text: str) -> None:
    """Make the file one that an older livre had written."""
    (review / path).write_text(text)
    lines = (review / found.MANIFEST).read_text().splitlines()
    lines = [line for line in lines if not line.startswith(f"{path}\t")]
    lines.append(f"{path}\tlivre\t{found._digest(text.encode())}")
    (review / found.MANIFEST).write_text("\n".join([lines[0], *sorted(lines[1:]), ""]))


def test_an_upgrade_renews_what_is_livres_and_leaves_what_people_changed(review: Path) -> None:
    makefile, shell, ci = "Makefile", "content/papers/shell.md", ".github/workflows/ci.yml"
    new = {path: (review / path).read_bytes() for path in (makefile, shell, ci)}
    older(review, makefile, "old:\n")
    older(review, "content/gone/shell.md" if (review / "content/gone").mkdir() is None else "", "old\n")
    (review / shell).write_text("mine\n")
    (review / ci).unlink()
    (review / "bib" / "scope.toml").write_text("mine too\n")
    (review / "content" / "lists" / "index.md").unlink()

    shown = livre("init", str(review), "--upgrade")
    assert shown.exit_code == 0
    assert "-old:" in shown.output
    assert "to renew: Makefile" in shown.output
    assert (review / makefile).read_text() == "old:\n", "shown first, and nobody agreed"

    done = livre("init", str(review), "--upgrade", "--yes")
    assert done.exit_code == 0, done.output
    assert (review / makefile).read_bytes() == new[makefile]
    assert not (review / "content/gone/shell.md").exists()
    assert (review / shell).read_text() == "mine\n"
    assert not (review / ci).exists(), "who took it away wants it away"
    assert (review / "bib" / "scope.toml").read_text() == "mine too\n"
    again = livre("init", str(review), "--upgrade", "--yes")
    assert "Nothing to renew." in again.output
    assert "left, because it was changed here: content/papers/shell.md" in again.output


def test_an_upgrade_brings_a_page_that_is_new_and_then_it_is_the_maintainers(review: Path) -> None:
    page = "content/lists/index.md"
    (review / page).unlink()
    manifest = review / found.MANIFEST
    manifest.write_text("".join(line for line in manifest.read_text().splitlines(keepends=True) if not line.startswith(page)))
    assert livre("init", str(review), "--upgrade", "--yes").exit_code == 0
    assert (review / page).is_file()
    assert found.owned(review)[page].owner == "maintainer"


def test_an_upgrade_that_broke_off_is_finished_by_the_next(review: Path) -> None:
    """The Makefile was renewed, but the manifest had not been written: it must not count as changed by a person for ever."""
    new = (review / "Makefile").read_bytes()
    older(review, "Makefile", "old:\n")
    (review / "Makefile").write_bytes(new)
    older(review, "content/papers/shell.md", "old\n")
    assert livre("init", str(review), "--upgrade", "--yes").exit_code == 0
    assert found.owned(review)["Makefile"].sha256 == found._digest(new)


@pytest.mark.parametrize(("typed", "title"), [("MRI*, scan*", "MRI"), ("=SAM AND skin", "SAM and skin"), ("unicorn*", "Unicorn")])
def test_the_title_of_a_topic_keeps_the_case_of_its_words(typed: str, title: str) -> None:
    assert plan.subject(typed).title == title


def test_a_manifest_that_points_outside_of_the_review_is_refused(review: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("x")
    older_digest = found._digest(b"x")
    with (review / found.MANIFEST).open("a") as file:
        file.write(f"../victim\tlivre\t{older_digest}\n")
    done = livre("init", str(review), "--upgrade", "--yes")
    assert done.exit_code == BadData.exit_code
    assert ".livre.tsv:" in done.output
    assert (tmp_path / "victim").exists()


def test_a_review_that_livre_did_not_begin_has_nothing_to_renew(tmp_path: Path) -> None:
    done = livre("init", str(tmp_path), "--upgrade")
    assert done.exit_code == UsageError.exit_code
    assert "livre init did not begin this review" in done.output


@pytest.mark.slow
def test_an_installed_livre_brings_everything_that_a_new_review_needs(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path),
        str(HERE),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("livre-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"livre/seed/{f.relative_to(seed._SEED).as_posix()}" for f in seed._SEED.rglob("*") if f.is_file()} <= names
    assert {f"livre/seed/github/workflows/{f.name}" for f in (HERE / ".github" / "workflows").iterdir()} <= names
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    script = "import sys, livre; from livre.cli import main; print(livre.__file__, flush=True); main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", script, "init", str(tmp_path / "new"), *WANTED],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(tmp_path / "installed") in done.stdout
    assert (tmp_path / "new" / ".github" / "workflows" / "nightly.yml").is_file()
