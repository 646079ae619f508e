"""The commands that make the site."""

from __future__ import annotations

from pathlib import Path

import click

from .. import build, tell
from ..site import serve
from .shell import main


@main.command("build")
@click.option("--site-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the site goes.  [default: build/site]")
@click.option("--base-url", default="", help="The site's public address, for feeds and sitemaps.  [default: site_url in mkdocs.yml]")
@click.option(
    "--builder",
    type=click.Choice(["mkdocs", "zensical"]),
    default="mkdocs",
    show_default=True,
    help="Who renders the chapters and the frame.",
)
@click.pass_obj
def build_command(root: Path, site_dir: Path | None, base_url: str, builder: str) -> None:
    """Build the site: a pure function of bib/, content/ and the engine.

    \b
    Examples:
      livre build --base-url https://example.org/review/
      livre --root ../another-review build
    """
    with tell.Teller(quiet=False) as progress:
        report = build.build(root, site_dir or root / "build" / "site", base_url=base_url, builder=builder, progress=progress)
    for step, seconds in report.seconds.items():
        tell.say(f"  {step:10} {seconds:6.2f} s")
    for note in report.notes:
        tell.say(f"  {note}")
    tell.say(f"{report.pages} pages in {sum(report.seconds.values()):.1f} s: {site_dir or root / 'build' / 'site'}")


@main.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option(
    "--site-dir", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Only serve this built site; build and watch nothing."
)
@click.pass_obj
def serve_command(root: Path, port: int, site_dir: Path | None) -> None:
    """Build, serve on 127.0.0.1, and build again whenever a file changes."""

    if site_dir:
        serve.serve_static(site_dir, port=port, say=tell.say)
    else:
        serve.serve(root, port=port, say=tell.say)
