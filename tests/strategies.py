"""Strategies for every noun of the model, as hostile as the world is; all of it visibly fabricated."""

from __future__ import annotations

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from livre import names
from livre.corpus import Corpus, shard_of
from livre.entry import FIELDS, INSTEAD
from livre.latex import encode, normal
from livre.model import Candidate, Decision, Identifier, Name, Night, Paper, Source, Status, Verdict, Version

LAWS = settings(max_examples=50_000 if settings.get_current_profile_name() == "nightly" else 1_000)
"""For the laws of the corpus: `@LAWS` above `@given`."""

HOSTILE = (
    "0", "On <![> graphs", "</title><script>alert(1)</script>", "$\\mathcal{L}$", "\\", "\\\\", "ends in a backslash\\",
    "{", "}", "}{", "\\{", "\\}", "\\{}", "{\\}", "{{", "{{x}}", "\\lbrace", "\\textbf{x", "$", "$$", "a $ b", "\\$5", "$x_1$ & $y\\%$",
    "100% \\& more_#", "\\%", "\\\\%", "%", "# comment", "~", "^", "@article{x,", "\n@article{x,\n", "title = {x},", '"', '{"}', ",",
    "\\'e", "{\\'e}", "\\c c", "\\v{s}", "\\ss", "\\o", "\\alpha", "``quoted''", "\u202eevil\u202c", "\ufeff", "\x00", "\x1b[31m",
    "\u200b", "\u2028", "e\u0301", "ﬁ", "İ", "ß", "日本語", "العربية", "𝒳", "👩\u200d⚕️", "\ud7ff", "\ufffe", "\U0010ffff", "\u0378",
    "a\tb", "  two  spaces ", "and", " and ", "others", "von", "Jr.", "=HYPERLINK(1)", "&amp;", "nul", "CON",
)  # fmt: skip
"""Texts that have broken something somewhere."""

raw_texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8), st.sampled_from(" a$\\{}%_")), max_size=4).map("".join)
"""Whatever a source may send."""

texts = raw_texts.map(normal)
"""Normal texts, possibly empty."""

titles = texts.filter(bool)

_maybe = st.one_of(st.just(""), texts)

_words = raw_texts.map(names.clean)


@st.composite
def people(draw: st.DrawFn) -> Name:
    given = draw(_words)
    return Name(family=draw(_words.filter(bool)), given=given, suffix=draw(st.sampled_from(["", "Jr.", "III"])) if given else "")


_arxiv_ids = st.one_of(
    st.from_regex(r"(?a:99[0-9]{2}\.[0-9]{5})", fullmatch=True),
    st.from_regex(r"(?a:99(?:0[1-9]|1[0-2])\.[0-9]{4,5})", fullmatch=True),
    st.from_regex(r"(?a:(?:hep-th|math\.GT|cs)/99(?:0[1-9]|1[0-2])[0-9]{3})", fullmatch=True),
)
_dois = st.from_regex(r"(?a:10\.9999/[a-z0-9._;()/:#%&$~^-]{1,30})", fullmatch=True)
arxiv_identifiers = _arxiv_ids.map(Identifier.parse)
doi_identifiers = _dois.map(Identifier.parse)
identifiers = st.one_of(arxiv_identifiers, doi_identifiers)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2039, 12, 31)).map(date.isoformat)
dates = st.one_of(days, days.map(lambda d: d[:7]), days.map(lambda d: d[:4]), st.just(""))
shards = st.one_of(days.map(lambda d: d[:7]), st.sampled_from(["0000-00", "2023-00"]))
urls = st.from_regex(r"(?a:https?://example\.org/[A-Za-z0-9/_.~?&=%20#-]{0,20})", fullmatch=True).filter(lambda u: "%" not in u)
slugs = st.from_regex(r"(?a:[a-z][a-z0-9]{0,8}(?:-[a-z0-9]{1,8})?)", fullmatch=True)
keys = st.from_regex(names.KEY, fullmatch=True).filter(lambda k: not names.DEVICES.fullmatch(k))
classes = st.lists(st.sampled_from(["cs.CV", "cs.CL", "eess.IV", "q-bio.QM", "hep-th", "physics.med-ph"]), unique=True, max_size=3).map(
    tuple
)
links = st.lists(urls, unique=True, max_size=2).map(tuple)
sources = st.builds(
    Source, version=st.integers(0, 30), stamp=st.one_of(st.just(""), days), route=st.sampled_from(["import", "feed", "api", "oai"])
)
_field_names = st.from_regex(r"(?a:[a-z][a-z0-9_-]{0,20})", fullmatch=True).filter(lambda n: n not in FIELDS and n not in INSTEAD)
extras = st.dictionaries(_field_names, titles.map(encode), max_size=2).map(lambda d: tuple(sorted(d.items())))


@st.composite
def versions(draw: st.DrawFn) -> tuple[Version, ...]:
    numbers = sorted(draw(st.sets(st.integers(1, 20), max_size=3)))
    return tuple(Version(number=n, on=draw(st.one_of(days, st.just("")))) for n in numbers)


def _facts(ids: st.SearchStrategy[tuple[Identifier, ...]]) -> dict[str, st.SearchStrategy[object]]:
    return {
        "identifiers": ids,
        "title": titles,
        "authors": st.lists(people(), max_size=2).map(tuple),
        "date": dates,
        "kind": st.sampled_from(["article", "inproceedings", "misc", "book"]),
        "versions": versions(),
        "classes": classes,
        "journal": _maybe,
        "comment": _maybe,
        "url": st.one_of(st.just(""), urls),
        "code": links,
        "weights": links,
        "abstract": _maybe,
        "status": st.sampled_from(Status),
        "source": sources,
        "extra": extras,
    }


@st.composite
def identifier_sets(draw: st.DrawFn) -> tuple[Identifier, ...]:
    """One arXiv id at most and a few DOIs, never nothing."""
    first = draw(identifiers)
    return tuple(sorted({first, *draw(st.lists(doi_identifiers, max_size=2))}))


candidates = st.builds(Candidate, **_facts(identifier_sets()))
PARTS: dict[str, st.SearchStrategy[object]] = {
    **_facts(identifier_sets()),
    "key": keys,
    "shard": shards,
    "shorttitle": _maybe,
    "categories": st.lists(slugs, unique=True, max_size=3).map(tuple),
    "milestone": _maybe,
    "background": st.booleans(),
    "added": st.one_of(days, st.just("")),
    "curated": st.lists(st.sampled_from(["keywords", "title", "model", "author"]), unique=True, max_size=3).map(tuple),
}
"""A strategy for every attribute of a paper."""

papers = st.builds(Paper, **PARTS)

cells = raw_texts.map(lambda t: " ".join("".join(c for c in t if c.isprintable()).split()))
scores = st.integers(0, 100).map(lambda n: n / 100)
decisions = st.builds(
    Decision, subject=identifiers, on=days, verdict=st.sampled_from(Verdict), criterion=cells, score=scores, by=cells, why=cells
)
_moments = st.one_of(st.just(""), days, days.map(lambda d: f"{d}T04:05:06Z"))
_counts = st.integers(0, 10**6)
nights = st.builds(
    Night,
    night=days,
    source=cells.filter(bool),
    since=_moments,
    until=_moments,
    watermark=_moments,
    **dict.fromkeys(("seen", "matched", "new", "updated", "included", "excluded", "waiting"), _counts),
    outcome=cells.filter(bool),
    at=st.one_of(st.just(""), days.map(lambda d: f"{d}T04:05:06Z")),
)
records_of_nights = st.lists(nights, max_size=3, unique_by=lambda n: (n.night, n.source)).map(sorted)
"""What a file of nights may hold: a source has one line a night."""


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A corpus as `load` gives one: keys and identifiers unique, everything sorted, oldest decision first."""
    taken: set[Identifier] = set()
    keep: list[Candidate] = []
    for record in draw(st.lists(st.one_of(papers, candidates), max_size=4)):
        if taken.isdisjoint(record.identifiers):
            keep.append(record)
            taken.update(record.identifiers)
    members = {p.key: p for p in keep if isinstance(p, Paper)}
    others = {c.primary: c for c in keep if not isinstance(c, Paper)}
    subjects = sorted(taken) or [Identifier("arxiv", "9901.00001")]
    ledger: dict[Identifier, list[Decision]] = {}
    for decision in draw(st.lists(st.builds(lambda d, s: (s, d), decisions, st.sampled_from(subjects)), max_size=4)):
        subject, row = decision
        ledger.setdefault(subject, []).append(
            Decision(subject=subject, on=row.on, verdict=row.verdict, criterion=row.criterion, score=row.score, by=row.by, why=row.why)
        )
    return Corpus(
        papers={k: members[k] for k in sorted(members)},
        candidates={i: others[i] for i in sorted(others)},
        decisions={s: tuple(sorted(ledger[s], key=lambda d: d.on)) for s in sorted(ledger)},
        nights=tuple(draw(records_of_nights)),
    )


def paper(number: int, **facts: object) -> Paper:
    """A small fabricated paper, `9901.<number>`."""
    identifier = Identifier("arxiv", f"9901.{number:05d}")
    base = Candidate(identifiers=(identifier,), title=f"A fabricated title {number}")
    values: dict[str, object] = {
        "identifiers": base.identifiers,
        "title": base.title,
        "authors": (Name(family="Example", given="Ada"),),
        "date": "2099-01-02",
        "key": f"example2099n{number}",
        "shard": shard_of(base),
        "added": "2099-01-03",
        "source": Source(version=1, stamp="2099-01-02", route="oai"),
        **facts,
    }
    return Paper(**values)  # type: ignore[arg-type]
