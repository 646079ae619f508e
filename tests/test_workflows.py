"""What runs on GitHub: linted by zizmor and by rules of our own, and run here, command by command, on a repository beside it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from arxiv_dialect import record
from arxiv_server import ArxivServer, status
from github_runner import Runner, environment, load, steps
from github_server import TOKEN, GithubServer
from test_docs import TARGETS
from test_night import SCOPE, TAXONOMY
from test_petition import ASKED, body, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
FORMS = [f for f in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) if f.name != "config.yml"]
WORKFLOWS = {f.name: load(f) for f in FILES}
REVIEW = ROOT / "tests" / "data" / "review"
PROGRAMS = Path(sys.executable).parent

PERMISSIONS: dict[str, dict[str, dict[str, str]]] = {
    "ci.yml": {"test": {"contents": "read"}},
    "commit.yml": {"merge": {"contents": "read"}, "commit": {"contents": "write"}},
    "deploy.yml": {"build": {"contents": "read"}, "deploy": {"pages": "write", "id-token": "write"}},
    "inbox.yml": {
        "apply": {"contents": "read"},
        **{key: {"contents": "write"} for key in ("commit", "again")},
        "deploy": {"contents": "read", "pages": "write", "id-token": "write"},
    },
    "issue-to-pr.yml": {"read": {"contents": "read"}, "open": {"contents": "write", "pull-requests": "write"}},
    "nightly.yml": {
        "due": {"contents": "read"},
        "harvest": {"contents": "read"},
        **{key: {"contents": "write"} for key in ("commit", "again", "once-more")},
        "deploy": {"contents": "read", "pages": "write", "id-token": "write"},
    },
    "submission.yml": {"answer": {"contents": "read"}},
    "watch.yml": {"watch": {"contents": "read", "actions": "write", "issues": "write"}},
}
"""What each job may do, and no more; a job that calls a workflow passes on what the jobs there may have."""

TRIGGERS = {
    "ci.yml": {"push", "pull_request"},
    "commit.yml": {"workflow_call"},
    "deploy.yml": {"workflow_call", "push", "workflow_dispatch"},
    "inbox.yml": {"push"},
    "issue-to-pr.yml": {"issues"},
    "nightly.yml": {"schedule", "workflow_dispatch"},
    "submission.yml": {"pull_request"},
    "watch.yml": {"schedule", "workflow_dispatch"},
}
SECRETS = {"OPENALEX_API_KEY", "OPENCITATIONS_TOKEN", "CROSSREF_MAILTO", "LIVRE_SUMMARY_KEY"}
ACTIONS = {"checkout", "setup-python", "upload-artifact", "download-artifact", "upload-pages-artifact", "deploy-pages"}


def jobs() -> Iterator[Any]:
    for name, workflow in WORKFLOWS.items():
        for key, job in workflow["jobs"].items():
            yield pytest.param(name, key, job, id=f"{name}-{key}")


each_workflow = pytest.mark.parametrize(("name", "workflow"), [*WORKFLOWS.items()], ids=list(WORKFLOWS))
each_job = pytest.mark.parametrize(("name", "key", "job"), [*jobs()])


def test_zizmor_has_nothing_to_report_at_its_strictest() -> None:
    done = subprocess.run(
        [PROGRAMS / "zizmor", "--offline", "--persona=auditor", "--no-progress", "--no-ignores", ROOT / ".github"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, "No findings to report" in done.stdout + done.stderr) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", FILES),
        ("dependabot", [ROOT / ".github" / "dependabot.yml"]),
        (
            "github-issue-forms",
            FORMS,
        ),
        ("github-issue-config", [ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"]),
        ("gitlab-ci", [ROOT / "docs" / "elsewhere" / "gitlab-ci.yml"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_file_has_the_form_that_its_reader_expects(schema: str, files: list[Path]) -> None:
    assert files
    command = [PROGRAMS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
    if schema == "gitlab-ci":
        command.insert(1, "--data-transform=gitlab-ci")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_permissions_are_those_of_the_table_and_no_others() -> None:
    assert {name: {key: job["permissions"] for key, job in w["jobs"].items()} for name, w in WORKFLOWS.items()} == PERMISSIONS
    assert all(w["permissions"] == {} for w in WORKFLOWS.values())


def test_the_page_on_the_night_has_the_same_table_and_the_same_times() -> None:
    page = (ROOT / "docs" / "nightly.md").read_text()
    told: dict[tuple[str, str], dict[str, str]] = {}
    for line in re.findall(r"^\| ([a-z-]+: .*) \|$", page, re.MULTILINE):
        who, contents, other, _ = (cell.strip() for cell in f"{line} ".split("|"))
        name, keys = who.split(": ")
        rights = dict(re.findall(r"([\w-]+) \*\*(\w+)\*\*", other)) | ({"contents": contents.strip("*")} if contents else {})
        told |= {(f"{name}.yml", key): rights for key in keys.split(", ")}
    own = {(n, k): j["permissions"] for n, w in WORKFLOWS.items() for k, j in w["jobs"].items() if "uses" not in j}
    assert told == own
    for workflow in WORKFLOWS.values():
        for cron in workflow["on"].get("schedule", ()):
            minute, hour = map(int, cron["cron"].split()[:2])
            assert f"{hour:02}:{minute:02}" in page


def test_the_triggers_are_those_of_the_table_and_none_is_privileged() -> None:
    assert {name: set(w["on"]) for name, w in WORKFLOWS.items()} == TRIGGERS
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set().union(*TRIGGERS.values())


def test_a_schedule_has_its_file_for_itself_and_no_minute_that_others_like() -> None:
    """When GitHub disables a schedule it disables the file; and runs at full hours are the ones that are late or dropped."""
    for name, workflow in WORKFLOWS.items():
        if "schedule" in workflow["on"]:
            assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}, name
            minutes = [cron["cron"].split()[0] for cron in workflow["on"]["schedule"]]
            assert not {int(m) for m in minutes} & {0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55}, name
    assert len(WORKFLOWS["nightly.yml"]["on"]["schedule"]) == 3


@each_job
def test_every_job_has_a_limit_of_time_and_a_pinned_machine(name: str, key: str, job: dict[str, Any]) -> None:
    if "uses" in job:
        assert re.fullmatch(r"\$/\.github/workflows/(\w+\.yml)", job["uses"])
        assert "secrets" not in job
    else:
        assert (job["runs-on"], 0 < job["timeout-minutes"] <= 150) == ("ubuntu-24.04", True)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_every_action_is_pinned_by_its_commit_with_version_and_date(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if re.match(r"\s*-?\s*uses: (?!\$/)", line)]
    form = r"\s*-?\s*uses: actions/([a-z-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+, pinned 20\d\d-\d\d-\d\d"
    assert [line for line in lines if not re.fullmatch(form, line)] == []
    assert {m[1] for line in lines if (m := re.fullmatch(form, line))} <= ACTIONS


def test_an_action_is_pinned_at_one_commit_everywhere() -> None:
    found = {m for f in FILES for m in re.findall(r"uses: (actions/[a-z-]+)@([0-9a-f]{40})", f.read_text())}
    assert len({name for name, _ in found}) == len(found)


@each_workflow
def test_no_expression_is_in_a_command_and_no_credential_stays(name: str, workflow: dict[str, Any]) -> None:
    for _, step in steps(workflow):
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@each_workflow
def test_who_waits_is_not_cancelled_where_work_would_be_lost(name: str, workflow: dict[str, Any]) -> None:
    asked = workflow.get("concurrency")
    if name in {"ci.yml", "submission.yml"}:
        assert asked["cancel-in-progress"] is True
    elif name != "commit.yml":  # it runs within the queue of who calls it
        assert (asked["queue"], "cancel-in-progress" in asked) == ("max", False)
    assert [WORKFLOWS[n]["concurrency"]["group"] for n in ("nightly.yml", "inbox.yml", "deploy.yml")] == ["arxiv", "arxiv", "pages"]


def test_secrets_are_in_the_harvest_job_alone_and_in_an_environment() -> None:
    seen = {(f.name, name) for f in FILES for name in re.findall(r"secrets\.(\w+)", f.read_text())}
    assert seen == {("nightly.yml", name) for name in SECRETS}
    assert WORKFLOWS["nightly.yml"]["jobs"]["harvest"]["environment"] == "sources"
    page = (ROOT / "docs" / "nightly.md").read_text().partition("## Secrets")[2].partition("##")[0]
    assert set(re.findall(r"`([A-Z_]+)`", page)) >= SECRETS
    assert "secrets" not in json.dumps({k: j for k, j in WORKFLOWS["nightly.yml"]["jobs"].items() if k != "harvest"})


@each_job
def test_a_job_with_a_token_that_may_write_installs_nothing(name: str, key: str, job: dict[str, Any]) -> None:
    if "uses" in job or "write" not in job["permissions"].values():
        return
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert all(re.fullmatch(r"python3 -m livre\.bare [a-z]+( \"\$[A-Z_]+(?:/[a-z]+)?\")*", c) for c in commands), commands
    used = {step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step}
    assert used <= {"actions/checkout", "actions/download-artifact", "actions/deploy-pages"}


@each_workflow
def test_each_command_is_a_verb_of_livre_or_a_target_of_make(name: str, workflow: dict[str, Any]) -> None:
    from livre.bare import _ARGUMENTS as words
    from livre.cli import main

    for _, step in steps(workflow):
        if command := step.get("run", ""):
            assert "\n" not in command.strip()
            made = re.fullmatch(r"make (?:-C base )?([a-z]+)", command)
            bare = re.match(r"python3 -m livre\.bare ([a-z]+)\b", command)
            verb = re.match(r"(?:base/)?\.venv/bin/livre (?:--root head )?([a-z]+)\b", command)
            assert (made and made[1] in TARGETS) or (bare and bare[1] in words) or (verb and verb[1] in main.commands), command


def test_what_has_no_library_needs_none() -> None:
    """A Python that sees no installed package loads all of it."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import livre.bare; print(*sorted(m for m in sys.modules if m.startswith('livre')))"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code, ROOT / "generator"], capture_output=True, text=True, check=True)
    assert "livre.bare" in done.stdout.split()


# --- run here ---------------------------------------------------------------------------------------

REPOSITORY = "ada-example/skin"
DAY = "2025-04-01"


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True, env=environment(root.parent))
    return done.stdout.strip()


@pytest.fixture
def arxiv() -> Iterator[ArxivServer]:
    with ArxivServer([record(n) for n in (1, 2, 3)]) as server:
        yield server


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The repository of a new review on a server of its own."""
    work = tmp_path / "work"
    for name, text in {
        "bib/scope.toml": SCOPE,
        "bib/taxonomy.toml": TAXONOMY,
        ".gitignore": ".venv/\nbuild/\n.livre/\nbib/.saving/\ncontribution.json\n__pycache__/\n",
    }.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    shutil.copytree(REVIEW / "content", work / "content", ignore=shutil.ignore_patterns("horned.md"))
    for chapter in ("index.md", "how.md"):
        (work / "content" / chapter).write_text("# Skin\n\nFabricated.\n")
    (work / "mkdocs.yml").write_text(re.sub(r"  - Chapters:\n.*\n", "", (REVIEW / "mkdocs.yml").read_text()))
    (work / "generator" / "livre").mkdir(parents=True)
    for file in (ROOT / "generator" / "livre").glob("*.py"):
        shutil.copyfile(file, work / "generator" / "livre" / file.name)
    git(work, "init", "-q", "-b", "main")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "Begin")
    git(work, "clone", "-q", "--bare", str(work), str(tmp_path / "origin.git"))
    return tmp_path / "origin.git"


@pytest.fixture
def runner(bare: Path, arxiv: ArxivServer, tmp_path: Path) -> Callable[..., Runner]:
    """A new run on the day given; each has its own artifacts."""
    count = 0

    def begin(day: str = DAY, **more: str) -> Runner:
        nonlocal count
        count += 1
        (scratch := tmp_path / f"run{count}").mkdir()
        here = environment(
            tmp_path,
            LIVRE_ARXIV_OAI=arxiv.oai,
            LIVRE_ARXIV_API=arxiv.api,
            LIVRE_DELAY="0",
            LIVRE_NOW=f"{day}T06:17:00+00:00",
            GITHUB_REPOSITORY=REPOSITORY,
            GITHUB_REF="refs/heads/main",
            GITHUB_REF_NAME="main",
            XDG_CACHE_HOME=str(tmp_path / "cache"),
            # what asks about citations finds nobody, and the night goes on
            **dict.fromkeys(("LIVRE_OPENALEX", "LIVRE_OPENCITATIONS", "LIVRE_CROSSREF", "LIVRE_S2"), f"{arxiv.url}/nothing"),
            **more,
        )
        github = {"ref": "refs/heads/main", "ref_name": "main", "token": "", "event_name": "schedule"}
        github["event"] = {"repository": {"default_branch": "main"}}  # type: ignore[assignment]
        return Runner(files=FOLDER, bare=bare, scratch=scratch, environment=here, context={"github": github})

    return begin


def results(jobs: dict[str, Any]) -> dict[str, str]:
    return {name: job.result for name, job in jobs.items()}


@pytest.mark.slow
def test_a_night_is_harvested_committed_and_deployed_and_its_catch_ups_end_at_once(runner: Callable[..., Runner], bare: Path) -> None:
    night = runner()
    jobs = night.run("nightly.yml")
    assert results(jobs) == {
        **dict.fromkeys(("due", "harvest", "commit", "commit / commit", "deploy", "deploy / build", "deploy / deploy"), "success"),
        **dict.fromkeys(("commit / merge", "again", "once-more"), "skipped"),
    }, "\n".join(night.log)
    assert git(bare, "log", "-1", "--format=%an <%ae>|%s", "main").startswith("github-actions[bot] <41898282+github-actions[bot]@")
    assert "|Night of 2025-04-01: 3 included" in git(bare, "log", "-1", "--format=%ae|%s", "main")
    told = git(bare, "log", "-1", "--format=%b", "main")
    assert "include 3 by " in told
    assert "oai: complete" in told
    changed = git(bare, "diff", "--name-only", "main~1", "main").splitlines()
    assert changed
    assert all(path.startswith("bib/") for path in changed)
    assert "## Night of 2025-04-01: 3 included" in night.summary
    (site,) = night.deployed
    assert "https://ada-example.github.io/skin/" in (site / "sitemap.xml").read_text()

    catch_up = runner()
    assert results(catch_up.run("nightly.yml"))["harvest"] == "skipped"
    assert not catch_up.deployed
    assert runner().run("nightly.yml", {"again": True})["harvest"].outputs["changed"] == "false"


@pytest.mark.slow
def test_a_night_without_a_source_leaves_its_record_and_a_red_run(runner: Callable[..., Runner], bare: Path, arxiv: ArxivServer) -> None:
    arxiv.always = status(403, b"go away")
    night = runner()
    night.without = "deploy.yml"
    jobs = night.run("nightly.yml")
    assert (jobs["harvest"].result, jobs["commit / commit"].result, jobs["deploy"].result) == ("failure", "success", "success"), night.log
    assert "**Nothing was harvested**" in night.summary
    assert git(bare, "log", "-1", "--format=%s", "main") == "Night of 2025-04-01: no complete harvest"
    assert git(bare, "diff", "--name-only", "main~1", "main") == "bib/nights/2025.tsv"
    assert runner().run("nightly.yml")["due"].outputs == {"due": "true"}


def push(bare: Path, folder: Path, files: dict[str, str | None], by: str = "Ada Example") -> str:
    """What a person does on another machine, in one commit; its hash."""
    git(bare.parent, "clone", "-q", str(bare), str(folder))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).unlink() if text is None else (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "-c", f"user.name={by}", "commit", "-q", "-m", "By a person", "--author", f"{by} <{by.split()[0].lower()}@example.org>")
    git(folder, "push", "-q", "origin", "main")
    return git(folder, "rev-parse", "HEAD")


INCLUDE = 'paper = "arXiv:9901.00005"\naction = "include"\nreason = "fabricated, and on skin after all"\n'


@pytest.mark.slow
def test_a_push_during_the_night_is_merged_with_and_neither_is_lost(runner: Callable[..., Runner], bare: Path, tmp_path: Path) -> None:
    pushed: list[str] = []

    def meanwhile(most: int) -> Callable[[str], None]:
        def person(job: str) -> None:
            if job == "commit" and len(pushed) < most:
                files: dict[str, str | None] = {"content/how.md": f"# How {len(pushed)}\n", f"bib/inbox/late{len(pushed)}.toml": INCLUDE}
                pushed.append(push(bare, tmp_path / f"human{len(pushed)}", files))

        return person

    night = runner()
    night.before, night.without = meanwhile(3), "deploy.yml"
    jobs = night.run("nightly.yml")
    tries = [jobs[f"{n} / commit"] for n in ("commit", "again", "once-more")]
    assert [(t.result, t.outputs["landed"]) for t in tries] == [("success", "false"), ("success", "false"), ("failure", "")], night.log
    assert (git(bare, "rev-parse", "main"), jobs["deploy"].result) == (pushed[2], "skipped")

    night = runner()
    night.before, night.without = meanwhile(4), "deploy.yml"
    jobs = night.run("nightly.yml")
    assert results(jobs) == {
        **dict.fromkeys(("due", "harvest", "commit", "commit / commit", "again", "again / merge", "again / commit", "deploy"), "success"),
        **dict.fromkeys(("commit / merge", "once-more"), "skipped"),
    }, "\n".join(night.log)
    assert git(bare, "rev-parse", "main~1") == pushed[3], "upon what the person pushed, and nothing was forced"
    assert git(bare, "log", "-1", "--format=%s", "main").startswith("Night of 2025-04-01: 3 included")
    assert git(bare, "show", "main:content/how.md") == "# How 3"
    assert git(bare, "show", "main:bib/inbox/late3.toml") == INCLUDE.strip()
    assert git(bare, "show", "main:bib/papers/2099-01.bib").count("\n@article{") == 2, "the first begins the file"


@pytest.mark.slow
def test_a_merged_contribution_is_applied_at_once_and_signed_by_who_brought_it(
    runner: Callable[..., Runner], bare: Path, tmp_path: Path, arxiv: ArxivServer
) -> None:
    arxiv.records.append(record(5, title="On cooking", abstract="Fabricated."))
    push(bare, tmp_path / "human", {"bib/inbox/one.toml": INCLUDE}, by="Ben Sample")
    run = runner()
    jobs = run.run("inbox.yml")
    assert {n: r for n, r in results(jobs).items() if r != "success"} == {"commit / merge": "skipped", "again": "skipped"}, "\n".join(
        run.log
    )
    assert "Ben Sample" in git(bare, "show", "main:bib/decisions/2099-01.tsv")
    assert "bib/inbox/one.toml" not in git(bare, "ls-tree", "-r", "--name-only", "main")
    assert "1 contribution applied" in git(bare, "log", "-1", "--format=%s", "main")
    assert "applied bib/inbox/one.toml" in git(bare, "log", "-1", "--format=%b", "main")


def test_a_push_to_another_branch_deploys_nothing(runner: Callable[..., Runner]) -> None:
    run = runner()
    run.context["github"] |= {"event_name": "push", "ref_name": "topic", "ref": "refs/heads/topic"}
    assert {name: results(run.run(name)) for name in ("deploy.yml", "inbox.yml", "ci.yml")} == {
        "deploy.yml": {"build": "skipped", "deploy": "skipped"},
        "inbox.yml": {"apply": "skipped", "commit": "skipped", "again": "skipped", "deploy": "skipped"},
        "ci.yml": {"test": "skipped"},
    }


def test_pages_that_fail_once_are_asked_again() -> None:
    first, second = WORKFLOWS["deploy.yml"]["jobs"]["deploy"]["steps"]
    assert (first["continue-on-error"], second["if"], first["uses"]) == (True, "steps.first.outcome == 'failure'", second["uses"])


@pytest.mark.slow
def test_a_labelled_issue_becomes_one_pull_request_with_one_file(runner: Callable[..., Runner], bare: Path, tmp_path: Path) -> None:
    answers = body(
        "arXiv:9901.00005", "Include it", "fabricated; $(touch ran) `touch ran` ::error::x", *["_No response_"] * (len(ASKED) - 3)
    )
    (tmp_path / "event.json").write_bytes(event(answers))
    with GithubServer(REPOSITORY) as github:
        run = runner(GITHUB_EVENT_PATH=str(tmp_path / "event.json"), GITHUB_API_URL=github.url)
        run.context["github"] |= {"token": TOKEN, "event_name": "issues"}
        run.context["github"]["event"] |= {"label": {"name": "accept-submission"}, "issue": {"number": 12}}
        assert set(results(run.run("issue-to-pr.yml")).values()) == {"success"}, run.log
        (pull,) = github.pulls
    assert (pull["head"], pull["base"], pull["body"]) == ("submit/issue-12", "main", "Closes #12.")
    assert git(bare, "diff", "--name-status", "main", "submit/issue-12") == "A\tbib/inbox/arxiv-9901-00005-issue-12.toml"
    assert git(bare, "rev-parse", "submit/issue-12~1") == git(bare, "rev-parse", "main")
    assert "Co-authored-by: ada-example <" in git(bare, "log", "-1", "--format=%b", "submit/issue-12")
    assert "$(touch ran)" in git(bare, "show", "submit/issue-12:bib/inbox/arxiv-9901-00005-issue-12.toml")
    assert not list(tmp_path.rglob("ran"))

    run = runner(GITHUB_EVENT_PATH=str(tmp_path / "event.json"))
    run.context["github"]["event"] |= {"label": {"name": "submission"}, "issue": {"number": 12}}
    assert set(results(run.run("issue-to-pr.yml")).values()) == {"skipped"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "result", "said"),
    [
        ({"bib/inbox/one.toml": INCLUDE}, "success", "9901.00005"),
        ({"mkdocs.yml": "site_name: Evil\nplugins: [evil]\n", ".github/workflows/x.yml": "on: push\n"}, "failure", "change-path"),
    ],
)
def test_a_pull_request_is_answered_by_the_code_of_its_base(
    runner: Callable[..., Runner], bare: Path, tmp_path: Path, arxiv: ArxivServer, files: dict[str, str | None], result: str, said: str
) -> None:
    arxiv.records.append(record(5))
    base = git(bare, "rev-parse", "main")
    push(bare, tmp_path / "stranger", files)
    git(bare, "update-ref", "refs/heads/pull", "main")
    git(bare, "update-ref", "refs/heads/main", base)
    run = runner()
    run.context["github"] |= {"event_name": "pull_request", "ref": "pull"}
    run.context["github"]["event"]["pull_request"] = {"number": 7, "base": {"sha": base}}
    assert results(run.run("submission.yml")) == {"answer": result}, run.log
    assert said in "".join(run.log) + run.summary
    assert ("preview" in run.artifacts and any(run.artifacts["preview"].rglob("*.html"))) == (result == "success")
