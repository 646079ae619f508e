"""The command that measures."""

from __future__ import annotations

from pathlib import Path

import click

from .. import assess, card, measured, tell
from ..errors import CannotWrite, UsageError
from ..evaluate import SEEDS
from .shell import main, today

NOTED = 5
"""So many rows of a file that could not be used are named."""


def _means(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """`name=category,category` as a table."""
    out = {}
    for value in values:
        name, equals, ids = value.partition("=")
        if not name or not equals or not ids:
            raise click.BadParameter(f"{value!r} is not NAME=CATEGORY, or NAME=CATEGORY,CATEGORY")
        out[name.strip()] = tuple(i.strip() for i in ids.split(","))
    return out


@main.command("evaluate")
@click.option(
    "--records",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV with title, perhaps abstract, date or year, arxiv_id, doi, and a column of labels.",
)
@click.option("--labels", metavar="COLUMN", default="", help="That column: 1 and 0, yes and no, or categories of the taxonomy.")
@click.option(
    "--means", multiple=True, callback=_means, metavar="NAME=CATEGORY[,CATEGORY]", help="What a label means; any one of several will do."
)
@click.option("--seeds", type=click.IntRange(0, 100), default=SEEDS, show_default=True, help="Simulated readings of a CSV; 0 for none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the JSON object to a file.")
@click.pass_obj
def evaluate_command(
    root: Path, records: Path | None, labels: str, means: dict[str, tuple[str, ...]], seeds: int, *, as_json: bool, output: Path | None
) -> None:
    """Measure screening, filing, audits and recall: on what the ledger knows, or on records that somebody has labelled.

    \b
    Examples:
      livre evaluate
      livre evaluate --records screened.csv --labels included
      livre evaluate --records papers.csv --labels model --means multimodal=vlm,lmm --json
    """
    if bool(records) != bool(labels):
        raise UsageError("--records and --labels belong together: a CSV, and the name of its column of labels")
    found, notes = assess.assess(root / "bib", on=today(), records=records, column=labels, seeds=seeds, means=means)
    for note in notes[:NOTED]:
        tell.complain(str(note))
    if len(notes) > NOTED:
        tell.complain(f"and {len(notes) - NOTED} more rows like these")
    data = card.dumps(found)
    if output:
        try:
            output.write_bytes(data)
        except OSError as error:
            raise CannotWrite(f"{output}: {error.strerror}") from error
    if as_json:
        click.echo(data, nl=False)
        return
    for line in measured.lines(found):
        tell.say(line)
