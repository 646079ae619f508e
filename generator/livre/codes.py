"""Every code that a Problem can have: what it means, how to mend it, and an example.

`docs/checks.md` is written from this, and the summary of `livre check --format github` explains by it; a test holds it to what is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A kind of problem: its name, the group it is shown in, what it means, how to mend it, and what would be an example."""

    name: str
    group: str
    means: str
    mend: str
    example: str


_AGAIN = "Restore the file from git; a night writes it anew."
_RENAME = "Rename the file, or remove it."

_TABLE: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "Any file": (
        ("missing", "A file without which a review cannot be read is not there.", "Put it back.", "no bib/scope.toml"),
        ("unreadable", "The file cannot be read: a folder, a permission, a fault of the disk.", "Make it a file you may read.",
         "a folder called bib/scope.toml"),
        ("text-encoding", "The bytes are not UTF-8.", "Save the file as UTF-8.", "a title saved in Latin-1"),
        ("text-invisible", "A character that nobody sees but a program obeys: a control, a bidirectional mark, a zero width.",
         "Delete it; the message names the line.", "U+202E in a title"),
        ("json", "A JSON file is not one that livre wrote.", _AGAIN, "bib/evaluation.json cut in half"),
        ("retired", "bib/retired.toml, which ends the review, says something that cannot be.", "Mend it, or remove the file to go on.",
         'successor = "elsewhere"'),
        ("release", "What says how a release is to be cited cannot be read, or says too little; an archive would refuse it in silence.",
         "Mend the file, or delete it and let `livre snapshot` write it.", "a .zenodo.json without creators"),
    ),
    "Scope, taxonomy and contributions as TOML": (
        ("toml-syntax", "This is not TOML.", "Mend the line; texts stand in double quotes.", "reason = about skin"),
        ("toml-key", "A key or a word that does not exist here.", "Use the nearest one, which the message names.", "raeson = \"…\""),
        ("toml-value", "A value of the wrong kind, or a key that is missing.", "Write what the message asks for.", "paper = 2503.02104"),
        ("scope", "The review's definition contradicts itself.", "See docs/rules.md.", "a criterion with an id that is taken"),
        ("models", "The register of models, datasets and benchmarks contradicts itself.", "Write it as the message says.",
         "a paper that is not here"),
        ("authors", "The identities of authors contradict themselves.", "Write it as the message says.", "an ORCID that is none"),
        ("taxonomy", "The categories contradict themselves.", "See docs/rules.md.", "a parent that does not exist"),
    ),
    "Papers and candidates": (
        ("bib-syntax", "This cannot be read as BibTeX without guessing.", "Look for a missing brace or comma at that line.", "title = {A"),
        ("bib-comment", "Text outside of entries, which would be lost.", "Move it into a field, or delete it.", "% to do"),
        ("bib-macro", "`@string` or `@preamble`.", "Write the values out in full.", "@string{jf = \"Journal\"}"),
        ("bib-duplicate-key", "A citation key stands twice in one file.", "Remove one of the entries.", "two entries example1999skin"),
        ("bib-duplicate-field", "A field stands twice in one entry.", "Keep one of them.", "two titles"),
        ("bib-value", "A field has a value that it cannot have.", "Write it as the message says.", "date = {March 2025}"),
        ("bib-missing", "A title or an identifier is missing.", "Add title, and eprint or doi.", "an entry without eprint and doi"),
        ("bib-field", "A field of another dialect, or one that only papers have.", "Write the field that the message names.",
         "year = {2025}"),
        ("bib-key", "This cannot be a citation key.", "3 to 64 of a-z, 0-9 and -.", "@misc{Liu_2025,"),
        ("not-canonical", "The file is not in canonical form.", "Run `livre fmt`.", "fields in another order"),
        ("corpus-file", "This does not belong into a folder of the database.", _RENAME, "bib/papers/new.bib"),
        ("not-intact", "A file has lost what is committed, or one bit of it is another.", "Restore it with git, or commit it.",
         "a ledger that was cut at a line"),
        ("corpus-duplicate", "A key or an identifier belongs to two records.", "Remove one of them; correct its identifier.",
         "one DOI in two papers"),
        ("unknown-category", "A paper is filed under what the taxonomy does not have.", "Use the nearest category, or add it.",
         "keywords = {llms}"),
        ("unknown-curated", "`curated` names neither a field nor a facet, and so keeps nothing.", "Correct the name.",
         "curated = {titel}"),
        ("no-decision", "No decision says why a work is here.", "Bring it in with `livre add`, or by bib/inbox/.",
         "an entry pasted into bib/papers/"),
        ("stray-decision", "A decision on a work that is in no file.", "Correct its identifier, or restore the entry.",
         "a paper was deleted"),
    ),
    "Ledgers": (
        ("ledger-end", "The last line has no end and may be cut.", "End it with a line break.", "a file saved without it"),
        ("ledger-header", "The first line must name the columns.", "Restore it; tabs stand between the names.", "commas instead of tabs"),
        ("ledger-columns", "A line has too many or too few columns.", "Mend its tabs.", "spaces instead of a tab"),
        ("ledger-twice", "A source has two lines for one night.", "Remove one of them.", "a line pasted twice"),
        ("ledger-value", "A cell has a value that its column cannot have.", "Write what the message asks for.", "verdict maybe"),
        ("audit-file", "This does not belong into bib/audits/.", _RENAME, "bib/audits/new.tsv"),
        ("filings-file", "This does not belong into bib/filings/.", _RENAME, "bib/filings/2025.tsv"),
        ("summaries-file", "This does not belong into bib/summaries/.", _RENAME, "bib/summaries/2025.tsv"),
        ("edges-value", "An edge or a reference list contradicts itself.", "Mend the row.", "first seen after last seen"),
        ("edges-duplicate", "An edge or a reference list stands twice.", "Remove one of the rows.", "one edge in two files"),
        ("edges-header", "A table of edges lacks a column.", "Name the columns in its first line.", "no column cited"),
        ("edges-csv", "A table of edges is not CSV.", "Close its quotes, and double a quote in a cell.", "an open quote"),
        ("card-form", "The card of the figures is not as livre wrote it.", _AGAIN, "a figure improved by hand"),
        ("proposal", "The list of proposals cannot be read.", "Delete the file; a night writes it anew.", "a line is cut"),
        ("sentinel-file", "A sentinel set is called otherwise.", "Call it like my-list.csv, in small letters.", "My List.CSV"),
        ("sentinel-fact", "A sentinel set does not say whose it is.", "Write '# source: …' above the columns.", "no '# title:'"),
        ("sentinel-csv", "A row of a sentinel set is no CSV.", "Quote a cell that has a comma.", "an open quote"),
        ("sentinel-header", "A sentinel set does not name its columns.", "Write paper,title or paper,title,note.", "id;name"),
        ("sentinel-columns", "A row has too many or too few cells.", "Quote a cell that has a comma.", "a title with a bare comma"),
        ("sentinel-id", "This is neither an arXiv id nor a DOI.", "Write 2503.02104 or 10.1000/182.", "PMID 1"),
        ("sentinel-empty", "A work lacks its identifier or its title.", "Add it, or remove the row.", "2503.02104,"),
        ("sentinel-duplicate", "A work stands twice in one set.", "Remove one of the rows.", "one DOI in two rows"),
    ),
    "Contributions": (
        ("inbox", "What is asked cannot be done.", "Write it as the message says.", "[set] together with action = \"exclude\""),
        ("inbox-file", "This does not belong into bib/inbox/.", "Call it like arxiv-2503-02104.toml.", "bib/inbox/my paper.txt"),
        ("inbox-large", "The file is too large, or has too many entries.", "Split it, or use `livre import`.", "a whole library"),
        ("inbox-many", "More files wait than one night looks at.", "Nothing is wrong: the others come later.", "1,200 files"),
        ("inbox-held", "A contribution could not be applied and waits.", "Do what its message says.", "two files contradict each other"),
        ("inbox-macro", "`@string`, `@preamble`, or an abbreviation that nothing defines.", "Write the values out.", "journal = jf"),
        ("inbox-comment", "`@comment`, or text outside of entries.", "Delete it.", "@comment{…}"),
        ("inbox-join", "Values joined with `#`.", "Write one value between braces.", "\"Jan\" # \" 3\""),
        ("inbox-syntax", "This is not BibTeX of the plain kind.", "Look for a missing brace or comma.", "@article(x, …)"),
        ("inbox-repeated", "A field stands twice in an entry.", "Keep one of them.", "two fields eprint"),
        ("inbox-long", "A value, a key or an entry is too long.", "Shorten it; facts come from the source anyway.",
         "an abstract of 50,000 characters"),
        ("inbox-deep", "Braces are nested too deep.", "Take the inner ones away.", "{{{{…}}}}"),
        ("inbox-ambiguous", "Two parsers read the entry differently, so it could mean either.",
         "Write it plainly: no brace after a backslash.", "title = {a \\} b}"),
        ("issue", "An issue is not the form filled in, or asks for what cannot be.", "Fill the form in anew, as the message says.",
         "a date that does not exist"),
        ("import-entry", "An entry of a library is left out, or a part of it.", "Add a title and an arXiv id or DOI.", "a book"),
        ("import-syntax", "An entry or a file cannot be read.", "Mend it, or export it again.", "a .json that is cut"),
        ("import-kind", "The file is no library that can be read.", "Export .bib, .ris or CSL-JSON.", "library.docx"),
        ("import-encoding", "A library is not UTF-8.", "Save it as UTF-8.", "an old export"),
    ),
    "Changes (`livre check --against`)": (
        ("change-path", "The file is not for contributions: it is part of the engine, of the site's frame or of how this runs.",
         "Take it out of the change, or ask a maintainer.", ".github/workflows/ci.yml"),
        ("change-name", "A file name that is not safe everywhere.", "Use letters, digits, dot, - and _.", "bib/inbox/a\\nb.toml"),
        ("change-twin", "Two paths differ only by case or by how an accent is written.", "Rename one of them.", "bib/Papers/2025-03.bib"),
        ("change-mode", "A link, a submodule or a file that can be run.", "Put a plain file there: chmod 644.", "a link to /etc/passwd"),
        ("change-large", "A file grows more than a contribution should.", "Split it, or ask a maintainer.", "10 MB of entries"),
        ("change-many", "More files than a person would look at.", "Split the change.", "5,000 files"),
        ("change-binary", "This is no text.", "Only text is contributed; a maintainer adds pictures.", "a NUL byte in a chapter"),
        ("change-machine", "Only livre writes this file.", "Take it out of the change; a night writes it.", "bib/nights/2026.tsv"),
        ("change-inbox", "A contribution that waits is edited or removed.", "Leave it; add one of your own that says otherwise.",
         "somebody's file deleted"),
        ("change-lost", "A paper, a candidate, an identifier or a file of the database disappears.",
         "Put it back; to take a paper out, exclude it.", "an entry deleted"),
        ("change-key", "A citation key changed: links and citations would break.", "Write the old key.", "liu2025a becomes liu2025b"),
        ("change-shard", "A paper moved to another file.", "Move it back; a paper's file never changes.", "2025-03.bib to 2025-04.bib"),
        ("change-fact", "A fact that sources tell was edited, and the next harvest would undo it.",
         "Name the field in the entry's `curated`; candidates are corrected at the source.", "a better title without curated = {title}"),
        ("change-record", "What livre noted about a paper was edited.", "Restore it.", "added, source or versions by hand"),
        ("change-decision", "A decision was removed, edited, or put before the last one.", "Restore it; a new line at the end overrules.",
         "exclude becomes include"),
        ("change-signed", "A new decision is signed as a machine signs.", "Sign it with your name.", "by rules"),
        ("change-unasked", "A new paper without a person's decision to include it.", "Use bib/inbox/ or `livre add`.",
         "an entry and a line by rules"),
        ("change-history", "A citation, reference list or other row of a ledger was removed, edited or not imported.",
         "Restore it; new edges come by `livre link --import`.", "an edge deleted"),
        ("change-duplicate", "The work is already what this asks for, or another contribution asks for it.",
         "Nothing needs doing; to correct it, write action = \"correct\".", "an included paper included again"),
    ),
    "Chapters and the site": (
        ("content", "There is no folder content/.", "Make it, with its chapters and shells.", "a bare bib/"),
        ("encoding", "A chapter is not UTF-8.", "Save it as UTF-8.", "a chapter in Latin-1"),
        ("citation", "A chapter cites what is not there.", "Use the nearest key, which the message names.", "[@liu2025fundation]"),
        ("fragment", "A chapter asks for a fragment that livre does not have.", "Use one that docs name.", "a slip in its name"),
        ("category", "This is not the page of a category.", "Call the file as the category.", "content/categories/llms.md"),
        ("config", "mkdocs.yml cannot be used.", "Do what the message says.", "another theme"),
        ("shell", "A family of pages has no shell.", "Copy it from a new review.", "no content/papers/shell.md"),
        ("mkdocs", "MkDocs complains.", "Mend the chapter that it names.", "a broken link"),
        ("zensical", "Zensical complains.", "Mend the chapter that it names.", "a broken link"),
        ("path-twice", "Two sources make one page.", "Rename one of them.", "a chapter called papers/index.md"),
        ("link", "A link leads nowhere, or a file is a link.", "Correct the address; put the file itself there.", "../paper/x/"),
        ("duplicate-id", "Two elements of a page have one id.", "Rename a heading.", "two ids made by hand"),
        ("foreign", "Something is loaded from another host, or a link has a scheme that is not followed.", "Put a copy into content/.",
         "javascript:…"),
        ("inline-script", "A script stands in a page.", "Put it into a file of its own.", "<script>…</script>"),
        ("inline-style", "Style or an event stands in a page.", "Use a class.", "onclick=\"…\""),
        ("not-themed", "The page does not come from the theme, so it has no policy.", "Write it as Markdown.", "content/page.html"),
    ),
    "The gate over the built site (`livre build`, `livre check --site`)": (
        ("gate-element", "An element that no page of the site may have.", "Write the page without it; what is safe is listed in"
         " site/vocabulary.py.", "<iframe>"),
        ("gate-attribute", "An attribute that runs or styles something, or that nobody needs.", "Use a class, or a file with a script.",
         "onclick"),
        ("gate-address", "An address that runs, loads from another host, or has a scheme that is not followed.",
         "Link by https, and put a copy of what is loaded into content/.", "javascript:…"),
        ("gate-script", "A script in a page.", "Put it into a file of its own.", "<script>…</script>"),
        ("gate-json", "Data in a page that are not JSON, or that could end before their end.", "Write them by `tojson`.",
         "</script> in a title"),
        ("gate-policy", "A page without the site's security policy, or with another.", "Let the page come from the theme; see site/csp.py.",
         "'unsafe-inline'"),
        ("gate-structure", "What is put into a page closes elements that are not its own, or leaves its own open.", "Mend the template.",
         "a </div> too many"),
        ("gate-file", "A file that browsers open as a document, and that nothing looks at.", "Take it out, or write it as Markdown.",
         "content/page.xhtml"),
        ("gate-xml", "A feed, a picture or a table that is no plain XML.", "Mend what writes it.", "a DOCTYPE"),
    ),
    "Labelled records (`livre evaluate`)": (
        ("labelled-column", "A column is not there, or there twice.", "Name one that is.", "--labels relevent"),
        ("labelled-cells", "A row has too many or too few cells.", "Quote a cell that has a comma.", "a bare comma in a title"),
        ("labelled-csv", "A row is no CSV.", "Close its quotes.", "an open quote"),
        ("labelled-label", "A label means neither yes nor no, or no category.", "Correct it.", "maybe"),
        ("labelled-nothing", "A record has no label and is left out.", "Add it, if you know it.", "an empty cell"),
        ("labelled-empty", "A record has neither title nor abstract.", "Add them.", "an empty row"),
    ),
}  # fmt: skip


def _codes() -> Iterator[Code]:
    for group, rows in _TABLE.items():
        for name, means, mend, example in rows:
            yield Code(name=name, group=group, means=means, mend=mend, example=example)


CODES: dict[str, Code] = {code.name: code for code in _codes()}
"""Every code by its name, in the order in which they are documented."""
