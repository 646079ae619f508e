"""The review as its pages see it: the corpus with every index that more than one page needs, made once."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from ...analyse import counts
from ...analyse.flow import Journal
from ...analyse.network import Network
from ...analyse.sentences import key_sentences
from ...corpus import history
from ...edges import Edges
from ...filed import evidence
from ...freshness import freshness
from ...latex import plain
from ...model import Verdict
from ...names import author_id
from ...registry import NONE, registry
from .. import charts, metadata
from .criteria import OWN_RULES
from .item import SHELVES, Chip, Item, clipped, signature
from .kept import Kept
from .measured import Measured
from .since import span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...blame import Touch
    from ...classify import Filing
    from ...corpus import Corpus
    from ...freshness import Freshness
    from ...model import Decision, Name, Paper
    from ...registry import Corrections, Registered
    from ...scope import Scope
    from ...taxonomy import Category, Taxonomy

LONGEST_AXIS = 24
"""So many months, the last ones, are drawn by month; what came before is in the chart by year."""
_NOTHING, _NONE, _NO_MORE = Measured(), Edges(), Kept()


class Review:
    """Indexes over one corpus; everything is derived, nothing is read from a clock.

    `chapters` are the paths of the hand-written pages (`categories/llm/`), which no generated
    page may claim. The first facet of the taxonomy gives the lanes and colours of every chart.
    Lists of papers are newest first. `measured` is what the review knows of its own quality, `edges` who cites whom,
    `kept` what stands beside the corpus.
    """

    def __init__(
        self,
        corpus: Corpus,
        scope: Scope,
        taxonomy: Taxonomy,
        chapters: Iterable[str] = (),
        measured: Measured = _NOTHING,
        edges: Edges = _NONE,
        named: Corrections = NONE,
        kept: Kept = _NO_MORE,
    ) -> None:
        self.corpus, self.scope, self.taxonomy, self.measured, self.edges, self.named = corpus, scope, taxonomy, measured, edges, named
        self.chapters, self.kept = frozenset(chapters), kept
        self.every = counts.newest(corpus.papers.values())
        self.out: Mapping[str, Decision] = {p.key: d for p in self.every if (d := self._taken_out(p))}
        self.all = tuple(p for p in self.every if p.key not in self.out)
        self.papers = tuple(p for p in self.all if not p.background)
        self.filings: Mapping[str, Mapping[str, Filing]] = {
            p.key: {f.category: f for f in evidence(p, taxonomy, measured.filed)} for p in self.every
        }
        self.filed: Mapping[str, tuple[str, ...]] = {p.key: self._filed(p) for p in self.every}
        self.main: Mapping[str, str] = {p.key: self._main(p) for p in self.every}
        self.items: Mapping[str, Item] = {p.key: self._item(p) for p in self.every}

    # --- Categories and lanes ---

    @cached_property
    def lanes(self) -> tuple[charts.Lane, ...]:
        """The top categories of the first facet, then `''` for papers that have none of them."""
        top = [c for c in self.taxonomy.of(self.taxonomy.facets[0].id) if not c.parent]
        slots = charts.slots(c.id for c in top)
        none = f"No {self.taxonomy.facets[0].id.replace('-', ' ')} category"
        return (*(charts.Lane(id=c.id, title=c.title, slot=slots[c.id]) for c in top), charts.Lane(id="", title=none, slot=0))

    @cached_property
    def _slots(self) -> Mapping[str, int]:
        own = {lane.id: lane.slot for lane in self.lanes}
        return {c.id: own.get(c.parent or c.id, 0) for c in self.taxonomy.categories.values()}

    @cached_property
    def chips(self) -> Mapping[str, Chip]:
        """Every category as a link, by id."""
        return {c.id: Chip(id=c.id, title=c.title, slot=self._slots[c.id]) for c in self.taxonomy.categories.values()}

    def chip(self, category: Category) -> Chip:
        """This category as a link."""
        return self.chips[category.id]

    def _filed(self, paper: Paper) -> tuple[str, ...]:
        known = self.taxonomy.categories
        of = {c for c in paper.categories if c in known}
        of |= {known[c].parent for c in of if known[c].parent}
        return tuple(c for c in known if c in of)

    def by_hand(self, paper: Paper, facet: str) -> bool:
        """Whether people filed this paper in this facet."""
        return bool({facet, "keywords"} & set(paper.curated))

    def _main(self, paper: Paper) -> str:
        """The lane with the strongest evidence; of equals, or where people filed, the first; '' for none."""
        ids = frozenset(lane.id for lane in self.lanes)
        own = [c for c in self.filed[paper.key] if c in ids]
        filings = {} if self.by_hand(paper, self.taxonomy.facets[0].id) else self.filings[paper.key]
        return max(own, key=lambda c: filings[c].score if c in filings else 0.0, default="")

    def _item(self, paper: Paper) -> Item:
        main = self.main[paper.key]
        second = self.taxonomy.facets[1].id if len(self.taxonomy.facets) > 1 else ""
        known = self.taxonomy.categories
        shelves = [known[c].title for c in self.filed[paper.key] if known[c].facet == second]
        return Item(
            key=paper.key,
            title=paper.title,
            by=signature(paper.authors),
            date=paper.date,
            slot=self._slots.get(main, 0),
            lane=known[main].title if main else "",
            shelves=", ".join(shelves[:SHELVES]),
            status=paper.status.value,
            background=paper.background,
            coins=metadata.coins(paper),
            added=paper.added,
        )

    def list(self, papers: Iterable[Paper]) -> tuple[Item, ...]:
        """These papers as entries of a list, in the order given."""
        return tuple(self.items[p.key] for p in papers)

    @cached_property
    def by_category(self) -> Mapping[str, tuple[Paper, ...]]:
        """The counted papers of each category, its children's included."""
        out: defaultdict[str, list[Paper]] = defaultdict(list)
        for paper in self.papers:
            for category in self.filed[paper.key]:
                out[category].append(paper)
        return {c: tuple(out[c]) for c in self.taxonomy.categories}

    @cached_property
    def background(self) -> Mapping[str, tuple[Paper, ...]]:
        """The background papers of each category that has any."""
        out: defaultdict[str, list[Paper]] = defaultdict(list)
        for paper in self.all:
            for category in self.filed[paper.key] if paper.background else ():
                out[category].append(paper)
        return {c: tuple(of) for c, of in out.items()}

    @cached_property
    def network(self) -> Network:
        """Who cites whom, and what follows; fields are lanes, a paper's main one first."""
        said = {"": "no category"} | {lane.id: lane.title for lane in self.lanes if lane.id}
        own = {p.key: sorted((c for c in self.filed[p.key] if c in said), key=lambda c: c != self.main[p.key]) for p in self.all}
        return Network(self.all, self.corpus, self.edges, today=self.as_of, fields=lambda p: own[p.key], title=said.__getitem__)

    @cached_property
    def registry(self) -> tuple[Registered, ...]:
        """The named models, datasets and benchmarks."""
        return registry(self.all, self.taxonomy, lambda p: self.filings[p.key], self.named)

    @cached_property
    def key_sentences(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """Where the key sentences of abstracts stand, by key."""
        return key_sentences(self.every)

    @cached_property
    def touches(self) -> Mapping[str, Mapping[str, Touch]]:
        """Who last changed each field of each paper; empty where git does not know."""
        return self.kept.history()

    # --- People ---

    @cached_property
    def ids(self) -> Mapping[Name, str]:
        """The id of every form of a name in the corpus."""
        return {n: author_id(n) for p in self.every for n in p.authors}

    def who(self, paper: Paper, name: Name) -> str:
        """The id of the author who writes this name on this paper."""
        return self.kept.identities.of(paper, self.ids[name])

    @cached_property
    def authors(self) -> Mapping[str, counts.Author]:
        """All authors, those of background papers included."""
        return counts.authors(self.all, self.who)

    @cached_property
    def counted_authors(self) -> frozenset[str]:
        """Ids of the authors of counted papers."""
        return frozenset(self.who(p, n) for p in self.papers for n in p.authors)

    # --- Time ---

    @cached_property
    def complete(self) -> str:
        """The day of the last complete harvest by any route, or '' when there was none."""
        return max((n.night[:10] for n in self.corpus.nights if n.harvest and n.complete), default="")

    @cached_property
    def freshness(self) -> Freshness:
        """When a harvest was last complete, and what came since."""
        return freshness(self.corpus, self.scope, self.papers, self.kept.retired)

    @cached_property
    def span(self) -> tuple[str, str] | None:
        """The first and the last day on which papers came, between which readers may look back; None for fewer than two days."""
        return span(self.papers)

    @cached_property
    def as_of(self) -> str:
        """The day up to which the review knows the world: the last complete night, or the newest paper if that is later."""
        return max([self.complete, *(p.date for p in self.papers[:1])])

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The months of the charts, oldest first: at most `LONGEST_AXIS`, up to the one that is not over."""
        known = sorted(m for p in self.papers if (m := counts.month(p)))
        if not known:
            return ()
        last = max(known[-1], self.as_of[:7]) if len(self.as_of) >= len(known[-1]) else known[-1]
        return counts.months(known[0], last)[-LONGEST_AXIS:]

    @cached_property
    def open_month(self) -> str:
        """The month that is not over, as far as the data goes."""
        return self.months[-1] if self.months else ""

    @cached_property
    def by_month(self) -> Mapping[str, tuple[Paper, ...]]:
        """The counted papers of each month."""
        return counts.by_month(self.papers)

    @cached_property
    def by_year(self) -> Mapping[str, tuple[Paper, ...]]:
        """The counted papers of each year, newest year first."""
        return counts.by_year(self.papers)

    def chart(self, papers: Iterable[Paper], over: tuple[str, ...] = (), *, height: float = 230) -> charts.Columns:
        """Papers over these months or years (the review's months by default), stacked by lane."""
        over = over or self.months
        values = counts.series(papers, over, lambda p: self.main[p.key])
        incomplete = self.open_month if over and len(over[0]) == len(self.open_month) else self.open_month[:4]
        return charts.columns(over, [lane for lane in self.lanes if lane.id in values], values, incomplete=incomplete, height=height)

    def legend(self, papers: Iterable[Paper]) -> tuple[tuple[charts.Lane, int], ...]:
        """The lanes that these papers have, and how many each; every paper in its main lane."""
        of: defaultdict[str, int] = defaultdict(int)
        for paper in papers:
            of[self.main[paper.key]] += 1
        return tuple((lane, of[lane.id]) for lane in self.lanes if of[lane.id])

    def spark(self, papers: Iterable[Paper]) -> charts.Spark:
        """The last two years of these papers, by month."""
        return charts.spark(counts.monthly(papers, self.months[-24:]))

    def trend(self, papers: Iterable[Paper]) -> tuple[int, int]:
        """Papers in the last three full months, and in the three before."""
        return counts.trend(counts.monthly(papers, self.months[:-1]))

    # --- Decisions ---

    @cached_property
    def journal(self) -> Journal:
        """Every decision by day."""
        return Journal(self.corpus)

    def decisions(self, paper: Paper) -> tuple[Decision, ...]:
        """Every decision on this paper, newest first."""
        return history(self.corpus, paper)[::-1]

    def _taken_out(self, paper: Paper) -> Decision | None:
        """The decision that took a paper out again: its page stays, since addresses are promises, and nothing lists or counts it."""
        held = self.decisions(paper)[:1]
        return held[0] if held and held[0].verdict is not Verdict.INCLUDE else None

    @cached_property
    def rules(self) -> Mapping[str, tuple[str, str]]:
        """What a decision's `criterion` means: title and text, of a criterion of the scope or of a topic."""
        topics = {t.id: (f"Topic “{t.title}”", "") for t in self.scope.topics}
        return OWN_RULES | topics | {c.id: (c.title, c.text) for c in self.scope.criteria}

    def description(self, paper: Paper) -> str:
        """One line about the paper for search engines."""
        return clipped(
            f"{signature(paper.authors) or 'Unknown authors'} ({paper.date[:4] or 'n.d.'}). {plain(paper.abstract or paper.title)}", 200
        )
