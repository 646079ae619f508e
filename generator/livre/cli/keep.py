"""The commands for the long run: a release to cite, an end in dignity, a beginning."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .. import publish, tell
from .shell import main


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
