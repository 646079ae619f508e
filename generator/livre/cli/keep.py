"""The commands for the long run: a release to cite, an end in dignity, a beginning."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .. import publish, retirement, save, tell
from .shell import main, today


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
        with save.writer(bib):
            save.write(bib, {retirement.FILE: retirement.dumps(said)})
        for path, text in schedules.items():
            (root / path).write_text(text, "utf-8")
    tell.say(f"  {'would write' if dry_run else 'wrote'} {retirement.SHOWN}")
    for path in schedules:
        tell.say(f"  {'would take' if dry_run else 'took'} the schedule out of {path}")
    if not dry_run:
        tell.say("Now commit and push these files, let the site be built once more, and publish the last release.")
        tell.say("On GitLab, or where cron or systemd starts the nights, remove the schedule there: it is not in this repository.")
