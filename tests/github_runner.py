"""As much of GitHub's runner as our workflows use: jobs, conditions, outputs, artifacts, reusable workflows, over a bare repository.

It runs the commands that stand in the files, in a clone and with the environment that they would have. Checkout, artifacts and Pages
are done here; `make install` links the environment that the tests run in.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOKEN = re.compile(r"'[^']*'|!cancelled\(\)|always\(\)|&&|\|\||[A-Za-z_][\w-]*(?:\.[\w-]+)*")
_STATUS = ("!cancelled()", "always()", "failure()")


def load(file: Path) -> dict[str, Any]:
    """A workflow; YAML 1.1 reads the key `on` as true."""
    said = yaml.safe_load(file.read_text())
    return {("on" if key is True else key): value for key, value in said.items()}


@dataclass
class Job:
    result: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)


@dataclass
class Runner:
    """Runs workflows of `files` for the repository `bare`. `before(job)` is called ahead of each job, `log` has what every step said."""

    files: Path
    bare: Path
    scratch: Path
    environment: dict[str, str]
    context: dict[str, Any] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    without: str = ""  # a called workflow that is taken for done
    artifacts: dict[str, Path] = field(default_factory=dict)
    deployed: list[Path] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    summary: str = ""

    def value(self, expression: str, known: dict[str, Any]) -> Any:
        """What an expression is worth, by the rules that ours need."""

        def python(match: re.Match[str]) -> str:
            token = match[0]
            if token in {"&&", "||"}:
                return {"&&": " and ", "||": " or "}[token]
            if token in _STATUS or token == "true":
                return "True"
            return token if token.startswith("'") else repr(self._look(token, known))

        return eval(_TOKEN.sub(python, expression), {"__builtins__": {}})

    def _look(self, name: str, known: dict[str, Any]) -> Any:
        here: Any = {**self.context, **known}
        for part in name.split("."):
            here = here.get(part, "") if isinstance(here, dict) else ""
        return here

    def fill(self, text: Any, known: dict[str, Any]) -> str:
        """Text with its expressions replaced."""
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda m: str(self.value(m[1], known)), str(text))

    def holds(self, condition: str, known: dict[str, Any], *, fine: bool) -> bool:
        """Whether something runs: without a word on the state of things, only when all is fine."""
        text = str(condition).strip().removeprefix("${{").removesuffix("}}").strip()
        return bool((fine or any(word in text for word in _STATUS)) and (not text or self.value(text, known)))

    def run(self, name: str, inputs: dict[str, Any] | None = None) -> dict[str, Job]:
        """Run a workflow file; its jobs, those of called workflows as `caller / job`."""
        workflow = load(self.files / name)
        declared = (workflow["on"].get("workflow_call") or workflow["on"].get("workflow_dispatch") or {}).get("inputs") or {}
        given = {key: what.get("default", "") for key, what in declared.items()} | (inputs or {})
        jobs: dict[str, Job] = {}
        every: dict[str, Job] = {}
        for key, job in workflow["jobs"].items():
            needs = job.get("needs", [])
            wanted = [needs] if isinstance(needs, str) else needs
            known = {"inputs": given, "needs": {n: {"outputs": jobs[n].outputs, "result": jobs[n].result} for n in wanted}}
            jobs[key] = every[key] = done = Job()
            if not self.holds(job.get("if", ""), known, fine=all(jobs[n].result == "success" for n in wanted)):
                continue
            if "uses" in job and job["uses"].rpartition("/")[2] == self.without:
                done.result = "success"
                continue
            if "uses" in job:
                called = {k: self.fill(v, known) for k, v in job.get("with", {}).items()}
                inner = self.run(job["uses"].rpartition("/")[2], called)
                every |= {f"{key} / {k}": j for k, j in inner.items()}
                done.result = "failure" if any(j.result == "failure" for j in inner.values()) else "success"
                outs = (load(self.files / job["uses"].rpartition("/")[2])["on"]["workflow_call"] or {}).get("outputs") or {}
                held = {"jobs": {k: {"outputs": j.outputs} for k, j in inner.items()}}
                done.outputs = {k: self.fill(o["value"], held) for k, o in outs.items()}
                continue
            self.before(key)
            self._job(key, job, known, done)
        return every

    def _job(self, key: str, job: dict[str, Any], known: dict[str, Any], done: Job) -> None:
        place = self.scratch / f"{key}-{len(list(self.scratch.iterdir()))}"
        (place / "work").mkdir(parents=True)
        (place / "temp").mkdir()
        known = {**known, "steps": {}, "runner": {"temp": str(place / "temp")}}
        done.result = "success"
        for step in job["steps"]:
            if not self.holds(step.get("if", ""), known, fine=done.result == "success"):
                continue
            try:
                outputs, fine = self._step(step, known, place), True
            except subprocess.CalledProcessError as error:
                outputs, fine = error.output, False
            done.ran.append(step.get("name", step.get("uses", "")).partition("@")[0])
            if "id" in step:
                known["steps"][step["id"]] = {"outputs": outputs, "outcome": "success" if fine else "failure"}
            if not fine and not step.get("continue-on-error"):
                done.result = "failure"
        done.outputs = {k: self.fill(v, known) for k, v in job.get("outputs", {}).items()}

    def _step(self, step: dict[str, Any], known: dict[str, Any], place: Path) -> dict[str, str]:
        if "uses" in step:
            given = {k: self.fill(v, known) for k, v in step.get("with", {}).items()}
            self._action(step["uses"].partition("@")[0], given, place)
            return {}
        output, summary = place / "temp" / "output", place / "temp" / "summary"
        output.write_text("")
        environment = {
            **self.environment,
            **self.context.get("environment", {}),
            **{k: self.fill(v, known) for k, v in step.get("env", {}).items()},
            "RUNNER_TEMP": str(place / "temp"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        command = step["run"]
        if re.fullmatch(r"make (?:-C \w+ )?install", command):
            folder = place / "work" / (command.split()[2] if "-C" in command else ".")
            (folder / ".venv").mkdir()
            (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
            return {}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
            cwd=place / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.log.append(f"$ {command}\n{done.stdout}{done.stderr}")
        self.summary += summary.read_text() if summary.exists() else ""
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, output=outputs)
        return outputs

    def _action(self, name: str, given: dict[str, str], place: Path) -> None:
        work = place / "work"
        if name == "actions/checkout":
            target = work / given.get("path", ".")
            ref = (given.get("ref") or self.context["github"]["ref"]).removeprefix("refs/heads/")
            subprocess.run(["git", "clone", "-q", "--no-local", str(self.bare), str(target)], check=True, env=self.environment)
            subprocess.run(["git", "-C", str(target), "checkout", "-q", "--detach", f"origin/{ref}" if len(ref) < 40 else ref], check=True)
        elif name == "actions/upload-artifact":
            folder = self.scratch / f"artifact-{given['name']}"
            assert not folder.exists(), "an artifact's name is used once in a run"
            folder.mkdir()
            found = [Path(f) for line in given["path"].split() for f in glob.glob(str(work / line))]
            assert found or given.get("if-no-files-found") == "ignore", given
            for file in found:
                for each in file.rglob("*") if file.is_dir() else [file]:
                    root = file if file.is_dir() else work
                    if each.is_file():
                        (folder / each.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(each, folder / each.relative_to(root))
            self.artifacts[given["name"]] = folder
        elif name == "actions/download-artifact":
            shutil.copytree(self.artifacts[given["name"]], given["path"])
        elif name == "actions/upload-pages-artifact":
            self.artifacts["github-pages"] = work / given["path"]
        elif name == "actions/deploy-pages":
            self.deployed.append(self.artifacts["github-pages"])
        else:
            assert name == "actions/setup-python", name


def steps(workflow: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step with the job that it is of."""
    for key, job in workflow["jobs"].items():
        for step in job.get("steps", []):
            yield key, step


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a command finds on a runner: a path, a home, nothing of whoever runs the tests."""
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "TMPDIR", "OMP_NUM_THREADS") if k in os.environ}
    who = {f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in (("NAME", "Ada Example"), ("EMAIL", "ada@example.org"))}
    return {**kept, **who, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, **more}
