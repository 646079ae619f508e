"""The commands that carry a night from the job that made it to the one that may push it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from .. import bundle as bundles
from .. import handover, landing, outgoing, runner, tell
from .shell import main

PLAIN = "Update bib/\n"
"""The message of a night that left none."""


@main.command("bundle")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--message", type=click.Path(path_type=Path, dir_okay=False), help="The file with the commit's message, as `livre update` writes it."
)
@click.pass_obj
def bundle_command(root: Path, folder: Path, message: Path | None) -> None:
    """Put what bib/ changed since the last commit into a new FOLDER, for a job that may push.

    It holds the new files, their digests and the message. On GitHub, later steps are told `changed`, `digest` and `base`.
    """
    text = message.read_text(encoding="utf-8") if message and message.is_file() else PLAIN
    bundle = handover.made(root, text)
    if not bundle.pieces:
        tell.say("nothing has changed: no bundle")
        runner.output(os.environ, {"changed": "false"})
        return
    digest = bundles.write(folder, bundle)
    tell.say(f"{len(bundle.pieces)} file{'s' * (len(bundle.pieces) != 1)} upon {bundle.base} in {folder}, {digest}")
    runner.output(os.environ, {"changed": "true", "digest": digest, "base": bundle.base})


@main.command("unbundle")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--digest", default="", help="The digest that `livre bundle` told.  [default: any]")
@click.option("--message", type=click.Path(path_type=Path, dir_okay=False), help="Write the commit's message into this file.")
@click.pass_obj
def unbundle_command(root: Path, folder: Path, digest: str, message: Path | None) -> None:
    """Bring a bundle's night into bib/, merged with what was committed since.

    Papers, decisions and citations are merged one by one, and a person's edit beats the night's. Run `livre check` next, then
    `livre bundle`.
    """
    bundle = bundles.read(folder, digest=digest)
    joined = outgoing.bring(root, bundle)
    if message:
        message.write_text(bundle.message, encoding="utf-8")
    tell.say(f"merged the night that was made upon {bundle.base}")
    for conflict in joined.conflicts[: tell.LISTED]:
        tell.say(f"  {conflict}")


@main.command("push")
@click.option(
    "--message", type=click.Path(path_type=Path, dir_okay=False), help="The file with the commit's message, as `livre update` writes it."
)
@click.option("--remote", default="origin", show_default=True, help="Where to push.")
@click.pass_obj
def push_command(root: Path, message: Path | None, remote: str) -> None:
    """Commit what a night changed under bib/, and push it; merge first when somebody else has pushed.

    For a machine that does the whole night by itself. It pushes the branch that is checked out, and forces nothing.

    \b
    Examples:
      livre update --message /tmp/night.txt; livre check && livre push --message /tmp/night.txt
    """
    text = message.read_text(encoding="utf-8") if message and message.is_file() else PLAIN
    for line in outgoing.push(landing.Git(root=root, author=None), text, remote=remote):
        tell.say(line)
