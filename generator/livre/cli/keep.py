"""The commands for the long run: a release to cite, an end in dignity, a beginning."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import click

from .. import __version__, found, git, plan, publish, retirement, save, tell
from ..errors import UsageError
from .shell import main, now, today


@main.command("snapshot")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Where the release goes.  [default: build/snapshot]")
@click.option("--base-url", default="", help="The site's public address, for links in the release.  [default: site_url in mkdocs.yml]")
@click.option("--dry-run", is_flag=True, help="Say what the release would hold; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Tell as JSON.")
@click.pass_obj
def snapshot_command(root: Path, output: Path | None, base_url: str, *, dry_run: bool, as_json: bool) -> None:
    """Write a release of the review to cite: papers, decisions, citations and data, with checksums.

    It is of the commit that is checked out, and the same commit gives the same bytes. How to get a DOI for it: docs/releases.md.

    \b
    Examples:
      livre snapshot
      livre snapshot --output ../releases --base-url https://example.org/review/
    """
    release = publish.state(root, base_url=base_url)
    size = sum(map(len, release.files.values()))
    written = [] if dry_run else [str(p) for p in publish.write(release, output or root / "build" / "snapshot")]
    if as_json:
        known = {"name": release.name, "day": release.day, "commit": release.commit, "files": sorted(release.files), "bytes": size}
        click.echo(json.dumps({**known, "written": written}, indent=2, ensure_ascii=False))
        return
    tell.say(f"{release.name}: {len(release.files)} files, {size / 1e6:.1f} MB, of commit {release.commit[:12]} ({release.day})")
    for path in written or ["nothing was written"]:
        tell.say(f"  {path}")


@main.command("retire")
@click.option("--because", default="", help="Why, in one line for readers.")
@click.option("--successor", default="", metavar="URL", help="What goes on in its place, if anything does.")
@click.option("--base-url", default="", help="The site's public address, for the last release.  [default: site_url in mkdocs.yml]")
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.pass_obj
def retire_command(root: Path, because: str, successor: str, base_url: str, *, dry_run: bool) -> None:
    """End the review with dignity: a last release, a notice on every page and in every feed, no more nights.

    Nothing is deleted, and every address stays. Afterwards commit, push and let the site be built once more. To bring the review back,
    remove bib/retired.toml and restore the workflows from git.

    \b
    Example:
      livre retire --because "The field has moved on" --successor https://example.org/another-review/
    """
    bib = root / "bib"
    retirement.alive(bib)
    said = retirement.retirement(today(), because, successor)
    release = publish.state(root, base_url=base_url)
    schedules = dict(retirement.schedules(root))
    if not dry_run:
        for path in publish.write(release, root / "build" / "snapshot"):
            tell.say(f"  last release: {path}")
        for name, text in schedules.items():
            (root / name).write_text(text, "utf-8")
        with save.writer(bib):  # last, because it is what a second try would decline for
            save.write(bib, {retirement.FILE: retirement.dumps(said)})
    tell.say(f"  {'would write' if dry_run else 'wrote'} {retirement.SHOWN}")
    for name in schedules:
        tell.say(f"  {'would take' if dry_run else 'took'} the schedule out of {name}")
    if not dry_run:
        tell.say("Now commit and push these files, let the site be built once more, and publish the last release.")
        tell.say("On GitLab, or where cron or systemd starts the nights, remove the schedule there: it is not in this repository.")


def _asked(value: str, question: str, default: str, *, ask: bool) -> str:
    """What was given, or what a person answers, or the default."""
    if value or not ask:
        return value or default
    return str(click.prompt(question, default=default or None, type=str))


@main.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", default="", help="What the review is called.")
@click.option("--description", default="", help="What it is about, in a sentence.")
@click.option("--curator", default="", help="Who answers for it.  [default: git's user.name]")
@click.option("--set", "sets", multiple=True, metavar="SET", help="A set of arXiv to harvest, such as cs or q-bio; may be repeated.")
@click.option("--topic", "topics", multiple=True, metavar="WORDS", help='What works must be about: "unicorn*, dragon* AND horn*".')
@click.option("--category", "categories", multiple=True, metavar="TITLE[: WORDS]", help="A category to file them in; may be repeated.")
@click.option("--repository", default="", metavar="URL", help="Where the review will be kept, for links to submit papers.")
@click.option("--since", default="", metavar="DAY", help="Where the first night starts.  [default: 30 days ago]")
@click.option("--engine", default=f"livre=={__version__}", show_default=True, metavar="REQUIREMENT", help="How pip finds livre.")
@click.option("--upgrade", is_flag=True, help="Renew what is livre's in a review that livre init began; show the difference first.")
@click.option("--yes", is_flag=True, help="Ask nothing: take the defaults, and with --upgrade do what is shown.")
def init_command(
    folder: Path,
    title: str,
    description: str,
    curator: str,
    sets: tuple[str, ...],
    topics: tuple[str, ...],
    categories: tuple[str, ...],
    repository: str,
    since: str,
    engine: str,
    *,
    upgrade: bool,
    yes: bool,
) -> None:
    """Begin a living review in DIR: scope, taxonomy, pages, workflows. It passes `livre check` and builds at once.

    Asks for what is not given. How to choose topics and categories: docs/start.md.

    \b
    Examples:
      livre init my-review
      livre init my-review --yes --title "Imaginary beasts" --topic "unicorn*, dragon*" --category "Dragons: dragon*"
      livre init my-review --upgrade
    """
    if upgrade:
        _upgrade(folder, yes=yes)
        return
    ask = not yes and sys.stdin.isatty()
    title = _asked(title, "Title of the review", "", ask=ask)
    if not title.strip():
        raise UsageError("a review needs a title: --title TEXT")
    description = _asked(description, "What is it about, in a sentence", f"A living review of {title[:1].lower()}{title[1:]}.", ask=ask)
    curator = _asked(curator, "Who answers for it", git.user(Path.cwd()) or "The maintainers", ask=ask)
    if ask and not sets:
        sets = tuple(str(click.prompt("Sets of arXiv to harvest, such as cs or q-bio", default="cs")).replace(",", " ").split())
    if ask and not topics:
        tell.say("Words or phrases that a work must have, parted by commas; AND between groups that must all be met; * is any ending.")
        topics = (str(click.prompt("Topic")),)
    if not topics:
        raise UsageError('a review needs a topic: --topic "unicorn*, dragon*"')
    if ask and not categories:
        answer = str(click.prompt("Categories, parted by semicolons (Title, or Title: words)", default="", show_default=False))
        categories = tuple(part for part in answer.split(";") if part.strip())
    repository = _asked(repository, "Where it will be kept (https://github.com/owner/name), or nothing", "", ask=ask and not repository)
    subjects = tuple(map(plan.subject, topics))
    shelves = tuple(map(plan.shelf, categories)) or tuple(plan.Shelf(title=s.title, terms=s.groups[0]) for s in subjects)
    wanted = plan.Plan(
        title=title,
        description=description,
        curator=curator,
        sets=sets or ("cs",),
        topics=subjects,
        categories=shelves,
        since=since or (now().date() - timedelta(days=30)).isoformat(),
        requirement=engine,
        repository=repository,
    )
    written = found.begin(folder, wanted)
    tell.say(f"{folder}: {len(written)} files, {sum(not f.tool for f in written)} of them yours to change")
    for line in (f"cd {folder}", "make install", "make night", "make serve"):
        tell.say(f"  {line}")
    tell.say("Then fill bib/scope.toml, bib/taxonomy.toml and content/how.md: docs/start.md of livre leads through it.")


def _upgrade(folder: Path, *, yes: bool) -> None:
    """Show what an upgrade would do, and do it once somebody agrees."""
    steps = tuple(found.steps(folder))
    for step in steps:
        tell.say(f"{found.WORDS[step.action]}: {step.path}")
        if step.action != "gone" and (difference := step.difference()):
            tell.say(difference.rstrip("\n"))
    doing = [s for s in steps if s.done]
    if not doing:
        tell.say("Nothing to renew.")
        return
    if not yes and not (sys.stdin.isatty() and click.confirm(f"Do these {len(doing)}?")):
        tell.say("Nothing was written; --yes does it.")
        return
    found.upgrade(folder, doing)
    tell.say(f"{len(doing)} files renewed. Look at them with git diff, then commit.")
