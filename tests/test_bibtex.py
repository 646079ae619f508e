"""BibTeX in and out: the laws of the canonical form, what people may write, and what is refused with file and line."""

from __future__ import annotations

import difflib
from dataclasses import replace

import pytest
from bibtexparser.model import Entry as Block
from bibtexparser.model import Field
from hypothesis import assume, given
from hypothesis import strategies as st

from livre import bibtex, latex
from livre.bibtex import COLUMN, FIELDS, Entry, dumps, fault, loads, to_candidate, to_entry, to_paper
from livre.entry import INSTEAD, candidate_key, is_date, url
from livre.errors import BadData, BrokenInvariant
from livre.model import Candidate, Identifier, Name, Paper, Status
from strategies import HOSTILE, LAWS, PARTS, candidates, paper, papers, raw_texts, titles

GOOD = """@article{example2099title,
  title        = {A fabricated title},
  author       = {Example, Ada},
  date         = {2099-01-02},
  eprint       = {9901.00001},
  eprinttype   = {arxiv},
}
"""


def problems(text: str, shard: str = "2099-01") -> list[str]:
    """What reading this as a file of papers says, as `line code` for each problem."""
    try:
        entries = loads(text, path="p.bib")
    except BadData as error:
        return [f"{p.line} {p.code}" for p in error.problems]
    found = []
    for entry in entries:
        try:
            to_paper(entry, shard)
        except BadData as error:
            found += [f"{p.line} {p.code}" for p in error.problems]
    return found


def with_field(line: str) -> str:
    return GOOD.replace("  eprint  ", f"  {line}\n  eprint  ", 1)


# The three laws


@LAWS
@given(papers)
def test_a_paper_is_read_back_as_it_was_written_and_canonical_text_written_back_as_it_was_read(one: Paper) -> None:
    text = dumps([to_entry(one)])
    (entry,) = loads(text, path="p.bib")
    assert entry == to_entry(one)
    assert to_paper(entry, one.shard) == one
    assert dumps([entry]) == dumps([to_entry(to_paper(entry, one.shard))]) == text


@LAWS
@given(candidates)
def test_a_candidate_is_read_back_as_it_was_written(one: Candidate) -> None:
    (entry,) = loads(dumps([to_entry(one)]), path="c.bib")
    assert entry == to_entry(one)
    assert to_candidate(entry) == one


@LAWS
@given(papers, st.data())
def test_one_changed_field_is_one_changed_line(one: Paper, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PARTS.keys() - {"key", "shard", "identifiers", "classes", "extra"})))
    changed = replace(one, **{name: data.draw(PARTS[name])})
    before, after = (dumps([to_entry(p)]).splitlines() for p in (one, changed))
    assume(before != after)
    diff = [line[0] for line in list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:] if line[0] in "+-"]
    assert sorted(diff) in (["+"], ["-"], ["+", "-"])


@given(st.lists(papers, min_size=2, max_size=3, unique_by=lambda p: p.key))
def test_the_order_that_papers_come_in_does_not_matter(some: list[Paper]) -> None:
    text = dumps(map(to_entry, some))
    assert dumps(map(to_entry, reversed(some))) == text
    assert dumps(loads(text, path="p.bib")) == text


@given(raw_texts)
def test_a_value_is_either_refused_or_read_back(value: str) -> None:
    value = " ".join("".join(c for c in value if c.isprintable()).split())
    entry = Entry(kind="misc", key="key", fields=(("note", value),))
    if not value:
        return
    if fault(value):
        with pytest.raises(BrokenInvariant):
            dumps([entry])
    else:
        assert loads(dumps([entry]), path="p.bib") == (entry,)


# What the canonical form looks like


def test_the_canonical_form_is_the_documented_one() -> None:
    one = Paper(
        key="example2099foundation", shard="2099-01", title="R&D of {BERT} at 5% with $x_1$", shorttitle="BERTologist",
        authors=(Name(family="van Example", given="Ada", suffix="Jr."), Name(family="The Fabricated Team")), date="2099-01-02",
        identifiers=(Identifier.parse("9901.00001"), Identifier.parse("10.9999/ABC_1")), classes=("cs.CV", "cs.AI", "cs.LG"),
        code=("https://example.org/a", "https://example.org/b"), status=Status.WITHDRAWN, background=True,
        categories=("llm", "radiology"), added="2099-01-03", curated=("keywords", "title"), extra=(("volume", "3"), ("pages", "1--2")),
    )  # fmt: skip
    assert dumps([to_entry(one)]) == (
        "@article{example2099foundation,\n"
        "  title        = {R\\&D of {BERT} at 5\\% with $x_1$},\n"
        "  shorttitle   = {BERTologist},\n"
        "  author       = {van Example, Jr., Ada and {The Fabricated Team}},\n"
        "  date         = {2099-01-02},\n"
        "  eprint       = {9901.00001},\n"
        "  eprinttype   = {arxiv},\n"
        "  eprintclass  = {cs.CV},\n"
        "  crosslists   = {cs.AI, cs.LG},\n"
        "  doi          = {10.9999/abc_1},\n"
        "  code         = {https://example.org/a https://example.org/b},\n"
        "  keywords     = {llm, radiology},\n"
        "  role         = {background},\n"
        "  status       = {withdrawn},\n"
        "  added        = {2099-01-03},\n"
        "  curated      = {keywords, title},\n"
        "  pages        = {1--2},\n"
        "  volume       = {3},\n"
        "}\n"
    )


def test_every_known_field_fits_the_column() -> None:
    assert max(map(len, FIELDS)) == COLUMN


def test_no_entries_are_an_empty_text() -> None:
    assert dumps([]) == ""
    assert loads("", path="p.bib") == loads("\n \n", path="p.bib") == ()


@pytest.mark.parametrize(
    "title", ["0", "On <![> graphs", "</title><script>", "$\\mathcal{L}$", "A \\@article{x}, trap", "x @article{y, title={z}}"]
)
def test_a_hostile_title_is_kept_as_it_is(title: str) -> None:
    one = paper(1, title=latex.normal(title))
    (entry,) = loads(dumps([to_entry(one)]), path="p.bib")
    assert to_paper(entry, one.shard).title == latex.normal(title) == title


def test_an_author_list_of_3303_names_is_read_back() -> None:
    authors = tuple(Name(family=f"Example{n}", given="Ada B.") for n in range(3303))
    one = paper(1, authors=authors)
    assert to_paper(loads(dumps([to_entry(one)]), path="p.bib")[0], one.shard) == one


@pytest.mark.parametrize("text", ["hep-th/9901001", "math.GT/9901001", "9901.00001", "0704.0001", "10.9999/a.b-c_(d);2-#"])
def test_every_style_of_identifier_is_read_back(text: str) -> None:
    one = paper(1, identifiers=(Identifier.parse(text),))
    assert to_paper(loads(dumps([to_entry(one)]), path="p.bib")[0], one.shard) == one


def test_keys_of_candidates_are_slugs_and_no_two_identifiers_share_one() -> None:
    texts = [
        "2503.02104",
        "hep-th/9901001",
        "10.1056/aioa2400640",
        "10.1000/a.b",
        "10.1000/a-b",
        "10.1000/a/b",
        "10.1000/a_b",
        "10.1000/" + "x" * 90,
    ]
    made = [candidate_key(Identifier.parse(t)) for t in [*texts, "10.1000/" + "x" * 91]]
    assert made[:3] == ["arxiv-2503-02104", "arxiv-hep-th-9901001", "doi-10-1056-aioa2400640"]
    assert len(set(made)) == len(made)
    assert all(len(k) <= 64 for k in made)


def test_a_record_without_a_title_is_not_written() -> None:
    with pytest.raises(BrokenInvariant, match=r"9901\.00001 has no title"):
        to_entry(Candidate(identifiers=(Identifier.parse("9901.00001"),), title=""))


# What people may write


@pytest.mark.parametrize(
    "line",
    [
        'journaltitle = "A fabricated journal",',
        "JournalTitle={A\n     fabricated\n\t journal}   ,",
        "journaltitle = {A fabricated journal}, url = {},",
        '\n\n journaltitle = "A {fabricated} journal",',
        "journaltitle = {A {\\bf fabricated} journal},\r",
    ],
)
def test_other_spacing_quotes_and_line_breaks_are_understood(line: str) -> None:
    text = with_field(line).replace("\r\n", "\n")
    (entry,) = loads(text.replace("\r", ""), path="p.bib")
    assert "fabricated" in to_paper(entry, "2099-01").journal
    canonical = dumps([to_entry(to_paper(entry, "2099-01"))])
    assert dumps(loads(canonical, path="p.bib")) == canonical != text


def test_fields_in_another_order_entries_in_parentheses_and_capital_kinds_are_understood() -> None:
    text = '@ARTICLE(example2099title, EPRINT = 9901.00001 , date = 2099, author = {Ada Example}, title = "A fabricated title")'
    assert problems(text) == ["1 bib-syntax"], "9901.00001 is no number and stands outside braces"
    (entry,) = loads(text.replace("9901.00001", "{9901.00001}"), path="p.bib")
    read = to_paper(entry, "2099-01")
    assert (read.title, read.date, read.authors, entry.kind) == (
        "A fabricated title",
        "2099",
        (Name(family="Example", given="Ada"),),
        "article",
    )


@pytest.mark.parametrize(
    ("written", "meant"), [("Caf\\'e {\\'E}cole", "Café {É}cole"), ("5\\% \\& 6 \\#", "5% & 6 #"), ("Stra\\ss e", "Straße")]
)
def test_tex_that_people_write_becomes_letters(written: str, meant: str) -> None:
    (entry,) = loads(GOOD.replace("A fabricated title", written), path="p.bib")
    assert to_paper(entry, "2099-01").title == meant


def test_identifiers_are_read_in_any_spelling_and_written_in_one() -> None:
    text = GOOD.replace("9901.00001", "arXiv:9901.00001v3").replace(
        "eprinttype   = {arxiv}", "doi = {https://doi.org/10.9999/ABC 10.48550/arXiv.9901.00001}"
    )
    read = to_paper(loads(text, path="p.bib")[0], "2099-01")
    assert [str(i) for i in read.identifiers] == ["arxiv:9901.00001", "doi:10.9999/abc"]


def test_a_web_address_is_made_safe() -> None:
    assert url(' https://example.org/a b{c}\\"<é>%2F50%|^` ') == "https://example.org/a%20b%7Bc%7D%5C%22%3C%C3%A9%3E%2F50%25%7C%5E%60"
    assert url(url("https://example.org/ü?q=%&r=a#x")) == url("https://example.org/ü?q=%&r=a#x")
    for bad in ("javascript:alert(1)", "example.org", "//example.org", "https://", "data:text/html,x", "file:///etc/passwd", "http:/x"):
        with pytest.raises(ValueError, match="https://"):
            url(bad)


@pytest.mark.parametrize(
    ("text", "fine"), [("2024-02-29", True), ("2023-02-29", False), ("2023-13", False), ("2023", True), ("2023-1", False), ("٢٠٢٣", False)]
)
def test_a_date_is_one_that_exists(text: str, fine: bool) -> None:
    assert is_date(text) is fine


# What is refused, with the line


SYNTAX = [
    ("missing comma", GOOD.replace("Ada},", "Ada}"), ["3 bib-syntax"]),
    ("missing comma between quotes", with_field('comment = "a" date = "2099",'), ["5 bib-syntax"]),
    ("unclosed brace", GOOD.replace("title}", "title"), ["1 bib-syntax"]),
    ("extra brace", GOOD.replace("title}", "title}}"), ["2 bib-comment"]),
    ("brace closed only as TeX counts", with_field("comment = {a\\},"), ["1 bib-syntax"]),
    ("value ending in a backslash", with_field("comment = {a\\\\},"), ["1 bib-syntax"]),
    ("escaped braces that pair the wrong way round", with_field("comment = {\\} and \\{},"), ["5 bib-syntax"]),
    ("braces in quotes that balance only as BibTeX counts", with_field('comment = "a {\\{ b}}",'), ["5 bib-syntax"]),
    ("an open brace in quotes", with_field('comment = "a { b",'), ["5 bib-syntax"]),
    ("concatenation", with_field('comment = "a" # "b",'), ["5 bib-syntax"]),
    ("abbreviation", with_field("comment = jan,"), ["5 bib-syntax"]),
    ("empty value", with_field("comment = ,"), ["5 bib-syntax"]),
    ("duplicate field", with_field("date = {2098},"), ["5 bib-duplicate-field"]),
    ("duplicate field in capitals", with_field("DATE = {2098},"), ["5 bib-duplicate-field"]),
    ("duplicate key", GOOD + GOOD, ["8 bib-duplicate-key"]),
    ("duplicate key in capitals", GOOD + GOOD.replace("example", "Example"), ["8 bib-duplicate-key"]),
    ("comment", "% hello\n" + GOOD, ["1 bib-comment"]),
    ("comment between", GOOD + "\nhello\n\n" + GOOD.replace("2099t", "2099u"), ["9 bib-comment"]),
    ("text on the line of the end", GOOD.rstrip() + " hello\n", ["7 bib-comment"]),
    ("second entry on the line of the end", GOOD.rstrip() + " " + GOOD.replace("2099t", "2099u"), []),
    ("hidden entry", "% " + GOOD, ["1 bib-comment"]),
    ("explicit comment", "@comment{@article{x, title = {y}}}\n" + GOOD, ["1 bib-comment"]),
    ("string", '@string{x = "y"}\n' + GOOD, ["1 bib-macro"]),
    ("preamble", '@preamble{"y"}\n' + GOOD, ["1 bib-macro"]),
    ("no key", GOOD.replace("example2099title", ""), ["1 bib-key"]),
    ("no comma after the key", GOOD.replace("title,", "title"), ["1 bib-syntax"]),
    ("space in the key", GOOD.replace("example2099", "example 2099"), ["1 bib-key"]),
    ("key that leaves the folder", GOOD.replace("example2099title", "../../x"), ["1 bib-key"]),
    ("key that is a device", GOOD.replace("example2099title", "con"), ["1 bib-key"]),
    ("key in capitals", GOOD.replace("example", "Example"), ["1 bib-key"]),
    ("no kind", GOOD.replace("@article", "@"), ["1 bib-syntax"]),
    ("stray comma", GOOD.replace("Ada},", "Ada},,"), ["1 bib-syntax"]),
    ("stray quote", with_field('comment = {a}", '), ["1 bib-syntax"]),
    ("byte order mark", "\ufeff" + GOOD, ["1 text-invisible"]),
    ("NUL", GOOD.replace("fabricated", "fab\x00ricated"), ["2 text-invisible"]),
    ("escape sequence", GOOD.replace("fabricated", "fab\x1bricated"), ["2 text-invisible"]),
    ("bidirectional override", GOOD.replace("Ada", "Ada\u202e"), ["3 text-invisible"]),
    ("zero width space in the key", GOOD.replace("example", "exam\u200bple"), ["1 text-invisible"]),
    ("line separator", GOOD.replace("fabricated", "fab\u2028ricated"), ["2 text-invisible"]),
]


@pytest.mark.parametrize(("text", "said"), [pytest.param(t, s, id=n) for n, t, s in SYNTAX])
def test_broken_syntax_is_named_with_its_line(text: str, said: list[str]) -> None:
    assert problems(text) == said


@pytest.mark.parametrize("line", ["comment = {a} date = {b},", 'comment = "a" date = "b",'])
def test_a_missing_comma_is_called_by_its_name(line: str) -> None:
    with pytest.raises(BadData, match=r"p\.bib:5: example2099title: comment: .* a comma may be missing"):
        loads(with_field(line), path="p.bib")


def test_that_the_parser_lost_nothing_is_checked() -> None:
    block = Block("misc", "key", [Field("title", "{x}")], raw="@misc{key,\n title = {x},\n}")
    assert bibtex._accounted(block)
    block.fields.append(Field("date", "{2099}"))
    assert not bibtex._accounted(block)


VALUES = [
    ("date = {2099-02-30},", "date = {2025-03-14}"),
    ("date = {March 2099},", "date = {2025-03-14}"),
    ("eprint = {9901.1},", "eprint = {2503.02104}"),
    ("eprint = {10.9999/a},", "eprint = {2503.02104}"),
    ("eprinttype = {hal},", "eprinttype = {arxiv}"),
    ("doi = {9901.00002},", "doi = {10.1000/182}"),
    ("doi = {10.9/x},", "doi = {10.1000/182}"),
    ("eprintclass = {68T07},", "eprintclass = {cs.CV}"),
    ("eprintclass = {cs.CV, cs.AI},", "crosslists = {cs.AI, cs.LG}"),
    ("crosslists = {cs.AI},", "crosslists = {cs.AI, cs.LG}"),
    ("status = {gone},", "withdrawn, retracted, corrected or replaced"),
    ("role = {hero},", "role = {background}"),
    ("curated = {title; author},", "curated = {keywords, title}"),
    ("curated = {title, title},", "there twice"),
    ("keywords = {LLM},", "keywords = {llm, radiology}"),
    ("keywords = {llm,, vision},", "keywords = {llm, radiology}"),
    ("url = {javascript:alert(1)},", "url = {https://...}"),
    ("code = {github.com/x},", "code = {https://...}"),
    ("versions = {1, 2},", "versions = {v1 2025-03-04, v2 2025-04-01}"),
    ("versions = {v2 2099-01-02, v1 2099-01-01},", "versions = {v1 2025-03-04, v2 2025-04-01}"),
    ("versions = {v1 2099-13-01},", "versions = {v1 2025-03-04, v2 2025-04-01}"),
    ("added = {yesterday},", "added = {2025-03-14}"),
    ("source = {OAI!},", "source = {oai v2 2025-04-01}"),
    ("author = {Example, Ada and others},", "author = {Family, Given"),
    ("author = {, },", "author = {Family, Given"),
    ("year = {2099},", "write date = {2025}"),
    ("journal = {J},", "write journaltitle = {...}"),
    ("archiveprefix = {arXiv},", "write eprinttype = {arxiv}"),
]


@pytest.mark.parametrize(("line", "instead"), VALUES)
def test_a_bad_field_is_named_with_its_line_and_what_to_write(line: str, instead: str) -> None:
    name = line.partition(" ")[0]
    kept = [
        f"  {x}\n" for x in ("title = {A fabricated title},", "eprint = {9901.00001},", "author = {A B},") if not x.startswith(f"{name} ")
    ]
    text = f"@article{{example2099title,\n{''.join(kept)}  {line}\n}}\n"
    if name == "eprint":
        text = text.replace("}\n}", "}\n  doi = {10.9999/x},\n}")
    (entry,) = loads(text, path="papers/x.bib")
    with pytest.raises(BadData) as caught:
        to_paper(entry, "2099-01")
    assert [p.line for p in caught.value.problems] == [len(kept) + 2]
    assert str(caught.value).startswith("papers/x.bib:")
    assert instead in str(caught.value)


def test_missing_title_and_missing_identifier_are_named() -> None:
    assert problems("@misc{abc,\n doi = {10.9999/x},\n}") == ["1 bib-missing"]
    assert problems("@misc{abc,\n title = {x},\n}") == ["1 bib-missing"]


def test_all_problems_of_an_entry_are_told_at_once() -> None:
    text = with_field("status = {gone},\n role = {hero},\n year = {2099},")
    assert problems(text) == ["5 bib-value", "6 bib-value", "7 bib-field"]


def test_what_only_papers_have_is_refused_in_a_candidate() -> None:
    (entry,) = loads(with_field("keywords = {llm},"), path="c.bib")
    with pytest.raises(BadData, match="belongs to papers"):
        to_candidate(entry)


def test_unknown_fields_are_kept_and_foreign_dialects_are_not_unknown() -> None:
    (entry,) = loads(with_field("publisher = {A \\& B},\n abc_1 = {x},"), path="p.bib")
    assert to_paper(entry, "2099-01").extra == (("abc_1", "x"), ("publisher", "A \\& B"))
    assert INSTEAD.keys().isdisjoint(FIELDS)


@given(st.text(alphabet='@{}(),="#\\ \nabtile%', max_size=60))
def test_any_text_is_entries_or_problems_with_a_line(text: str) -> None:
    lines, entries = [], ()
    try:
        entries = loads(text, path="p.bib")
    except BadData as error:
        lines = [p.line for p in error.problems]
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
    assert loads(dumps(entries), path="p.bib") == tuple(sorted(entries, key=lambda e: e.key))


@given(papers, st.data())
def test_a_character_lost_from_a_file_is_never_a_lost_field_in_silence(one: Paper, data: st.DataObject) -> None:
    text = dumps([to_entry(one)])
    at = data.draw(st.integers(0, len(text) - 1))
    cut = text[:at] + text[at + 1 :]
    try:
        entries = loads(cut, path="p.bib")
    except BadData:
        return
    cut_line = text.count("\n", 0, at) + 1
    (whole,) = loads(text, path="p.bib")
    elsewhere = {f for f, line in zip(whole.fields, whole.lines, strict=True) if line != cut_line}
    assert [elsewhere - set(e.fields) for e in entries] == [set()]


@given(titles, st.sampled_from(HOSTILE))
def test_hostile_text_in_the_gaps_between_entries_is_refused(title: str, junk: str) -> None:
    text = dumps([to_entry(paper(1, title=title))]) + "\n" + junk + "\n\n" + dumps([to_entry(paper(2))])
    if junk.strip():
        assert problems(text)
