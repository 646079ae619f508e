"""Commands by which people decide, and ask: add, decide, screen, why."""

from __future__ import annotations

import json
import shutil
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from .. import byhand, corpus, filed, git, petition, scope, taxonomy, tell, walk, why
from ..errors import UsageError
from ..model import Verdict
from .shell import ask_of, main, today

if TYPE_CHECKING:
    from collections.abc import Sequence


def _done(done: byhand.Done, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        decisions = [{"paper": str(d.subject), "verdict": d.verdict.value, "criterion": d.criterion, "by": d.by} for d in done.decisions]
        changes = [{"kind": c.kind, "key": c.key} for c in done.changes]
        return click.echo(json.dumps({"decisions": decisions, "changes": changes, "files": list(done.files)}, indent=2, ensure_ascii=False))
    for decision in done.decisions:
        tell.say(f"{decision.subject}: {decision.verdict} by {decision.by}: {decision.why}")
    for change in done.changes:
        tell.say(f"  {change.kind}: {change.key}")
    verb = "would change" if dry_run else "changed"
    return tell.say(f"{len(done.files)} file{'s' * (len(done.files) != 1)} {verb}")


def _categories(values: Sequence[str]) -> dict[str, list[str]]:
    """`model=llm` and `model=llm,lmm`, several times, as categories by facet; `model=` files under none."""
    chosen: dict[str, list[str]] = {}
    for value in values:
        facet, equals, ids = value.partition("=")
        if not equals:
            raise UsageError(f"--set {value!r}: write a facet and its categories, as --set model=llm,lmm")
        chosen.setdefault(facet.strip(), []).extend(i.strip() for i in ids.split(",") if i.strip())
    return chosen


_BY = click.option("--by", default="", help="Who decides.  [default: git's user.name]")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
_DRY = click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")


@main.command("add")
@click.argument("works", nargs=-1, metavar="ID|FILE...")
@click.option("--because", default="", help="Why, in one line; needed for IDs, files bring their own.")
@click.option(
    "--issue", type=click.File("rb"), metavar="FILE", help="Put what an issue asks for into the inbox; its JSON, - for standard input."
)
@_BY
@_DRY
@_JSON
@click.pass_obj
def add_command(root: Path, works: tuple[str, ...], because: str, issue: BinaryIO | None, by: str, *, dry_run: bool, as_json: bool) -> None:
    """Include works by arXiv id or DOI, or apply contributions (.toml, .bib) as the inbox does.

    What is not known here is asked of its source: arXiv, or Crossref for a DOI. All of it is done, or nothing.
    With --issue nothing is applied and nothing asked: one file is put into bib/inbox/.

    \b
    Examples:
      livre add 2503.02104 --because "the first of its kind"
      livre add contribution.toml
      livre add --issue event.json --json
    """
    if issue is not None:
        if works or because or by:
            raise UsageError("--issue brings all that it needs: leave IDs, FILEs, --because and --by out")
        return _petition(root, issue.read(petition.LARGEST + 1), dry_run=dry_run, as_json=as_json)
    if not works:
        raise UsageError("say what to add: an arXiv id, a DOI, or a file of a contribution")
    files = [Path(w) for w in works if w.lower().endswith((".toml", ".bib"))]
    ids = [w for w in works if not w.lower().endswith((".toml", ".bib"))]
    bib = root / "bib"
    done = byhand.add(bib, ids, files, because=because, by=by or git.user(root), on=today(), lookup=ask_of(bib), dry_run=dry_run)
    return _done(done, as_json=as_json, dry_run=dry_run)


def _petition(root: Path, data: bytes, *, dry_run: bool, as_json: bool) -> None:
    made = petition.read(data, taxonomy.load(root / "bib" / "taxonomy.toml"))
    if not dry_run:
        byhand.put(root / "bib", made.path, made.text)
    tell.say(json.dumps(made.as_json(), indent=2) if as_json else f"{made.path}: {made.subject}")


@main.command("decide")
@click.argument("works", nargs=-1, required=True, metavar="ID... include|exclude")
@click.option("--because", required=True, help="Why, in one line, shown with the decision.")
@click.option("--criterion", default="", metavar="ID", help="The criterion of bib/scope.toml that it rests on.")
@click.option("--set", "chosen", multiple=True, metavar="FACET=IDS", help="File it, as model=llm,lmm; from then on a person's.")
@_BY
@_DRY
@_JSON
@click.pass_obj
def decide_command(
    root: Path, works: tuple[str, ...], because: str, criterion: str, chosen: tuple[str, ...], by: str, *, dry_run: bool, as_json: bool
) -> None:
    """Include or exclude works that are known here; a person's word beats the machine's.

    An included candidate becomes a paper. An excluded paper keeps its page, and is listed nowhere.

    \b
    Examples:
      livre decide 2503.02104 exclude --criterion robots --because "only robots"
      livre decide 10.1000/182 2503.02105 include --because "read it" --set model=llm
    """
    *ids, verdict = works
    if verdict not in ("include", "exclude") or not ids:
        raise UsageError("write the ids first and the verdict last: livre decide 2503.02104 include --because ...")
    done = byhand.decide(
        root / "bib",
        ids,
        Verdict(verdict),
        because=because,
        by=by or git.user(root),
        on=today(),
        criterion=criterion,
        categories=_categories(chosen),
        dry_run=dry_run,
    )
    _done(done, as_json=as_json, dry_run=dry_run)


@main.command("screen")
@_BY
@click.pass_obj
def screen_command(root: Path, by: str) -> None:
    """Walk the works that wait, likeliest first, one key each.

    An answer is saved when the next is given, so that u can take it back; q and Ctrl-C save the last one.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("screen needs a terminal; livre decide does the same without one")

    def show(deck: walk.Deck) -> None:
        click.clear()
        click.echo("\n".join(walk.screen(deck, shutil.get_terminal_size().columns)))

    end = byhand.screen(root / "bib", by=by or git.user(root), on=today(), read_key=click.getchar, show=show, opens=webbrowser.open)
    tell.say(f"{len(end.saved)} of {len(end.works)} answered")


@main.command("why")
@click.argument("work", metavar="ID")
@_JSON
@click.pass_obj
def why_command(root: Path, work: str, *, as_json: bool) -> None:
    """Why a work is in, out, waiting or unknown: any arXiv id, DOI or key.

    A work that was never seen is an answer too (exit code 0); what is no identifier is not (2).

    \b
    Examples:
      livre why 2503.02104
      livre why https://doi.org/10.1000/182 --json
    """
    bib = root / "bib"
    known = corpus.load(bib)
    shelves, asked = taxonomy.load(bib / "taxonomy.toml"), why.named(known, work)
    record = known.find([asked])
    filings = filed.evidence(record, shelves, filed.by_paper(filed.load(bib))) if record else None
    answer = why.why(known, scope.load(bib / "scope.toml"), shelves, asked, filings=filings)
    if as_json:
        click.echo(json.dumps(why.as_json(answer), indent=2, ensure_ascii=False))
    else:
        for line in why.text(answer):
            tell.say(line)
