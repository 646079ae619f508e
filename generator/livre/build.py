"""A build: load → analyse → pages → render → write → index → verify, from a review's folder to its site.

A function of bib/, content/ and the engine alone: the same input gives the same bytes, and an
earlier site stays as it was unless everything went well.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from . import corpus, edges, git, identities, registry, retirement, scope, summary, taxonomy
from .blame import blame
from .centre import centre, recaptured
from .errors import BadData
from .model import Problem
from .site import chapters, exports, feeds, linkset, oai, opensearch, picture, shells, sitemap, status
from .site.gate import Gate
from .site.links import Links, base_of
from .site.pages import Kept, Review, dated, downloads, explore, farewell, following, fragments, measured, pages, why
from .site.render import Site, Templates, framed
from .site.search import Index
from .site.write import Output, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Protocol

    from .site.chapters import Chapter
    from .site.pages import Fragment
    from .site.shells import Shells

    class Progress(Protocol):
        """Told what is being done, how much of it is done, and of how much if that is known."""

        def __call__(self, step: str, done: int, total: int | None = None) -> None: ...


_NOWHERE = "no address is known, so there is no sitemap and the feed's links are relative; give --base-url, or site_url in mkdocs.yml"
_NO_SHELL = "not there; make it, with nothing but the lines `---`, `template: shell.html`, `search: {exclude: true}` and `---`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build made: HTML pages, files, bytes; the seconds of each step, in order; and what was left out, with the way to have it."""

    pages: int
    files: int
    size: int
    seconds: Mapping[str, float]
    notes: tuple[str, ...] = ()


def _silent(step: str, done: int, total: int | None = None) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class _Clock:
    """The seconds of each step, in the order in which they first began."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        self.seconds.setdefault(step, 0.0)
        try:
            yield
        finally:
            self.seconds[step] += time.perf_counter() - started


def build(root: Path, site_dir: Path, *, base_url: str = "", builder: str = "mkdocs", progress: Progress = _silent) -> Report:
    """Build the site of the review at `root` into `site_dir`, which is replaced whole.

    `base_url` is the site's public address, mkdocs.yml's site_url if empty; where neither says, the sitemap is left out
    and the feed's links are relative. BadData, CannotWrite or BrokenInvariant, and nothing has changed.
    """
    clock = _Clock()
    with clock("load"):
        progress("load", 0)
        config = shells.configuration(root)
        site = shells.site(config, base_url)
        papers = corpus.load(root / "bib")
        kinds = taxonomy.load(root / "bib" / "taxonomy.toml")
        about = scope.load(root / "bib" / "scope.toml")
        citations = edges.load(root / "bib")
        named = registry.load(root / "bib", papers.papers)
        written = summary.load(root / "bib")
        persons = identities.load(root / "bib", papers.papers)
        retired = retirement.load(root / "bib")
        known = measured.load(root / "bib", papers, about, recaptured(papers, centre(papers, citations), about.snowball))
        prose = chapters.read(root)
        templates = Templates(site)
        wrong = chapters.problems(
            prose,
            papers=papers.papers,
            fragments=templates.fragments,
            categories=kinds.categories,
            extensions=config.get("markdown_extensions") or (),
        )
        if found := tuple(wrong):
            raise BadData(found)
    with tempfile.TemporaryDirectory(prefix="livre-") as work, ThreadPoolExecutor(2) as beside:
        frames = beside.submit(shells.run, root, Path(work), builder=builder, base_url=base_url)
        told = beside.submit(blame, root, {p.shard for p in papers.papers.values()})
        with clock("analyse"):
            progress("analyse", 0)
            kept = Kept(summaries=written, identities=persons, history=told.result, retired=retired, commit=git.commit(root))
            review = Review(papers, about, kinds, [one.path for one in prose], measured=known, edges=citations, named=named, kept=kept)
            pieces = tuple(fragments(review))
        with clock("shells"):
            progress("shells", 0)

            def line(path: str) -> str:
                linked = "new/" in review.chapters and not path.endswith(".html")
                return templates.fragment("freshness", path, status.context(review.freshness, linked=linked))

            made = shells.with_line(frames.result(), line)
    links, gate = Links(base_of(site.url)), Gate([builder])
    with Index(shells.language(config)) as index, clock("write"):
        run = _Run(
            site=site,
            templates=templates,
            review=review,
            made=made,
            clock=clock,
            progress=progress,
            links=links,
            gate=gate,
            index=index,
        )
        claimed = write(run.outputs(prose, pieces), site_dir, run.verify)
    clock.seconds["write"] -= sum(clock.seconds[s] for s in ("pages", "render", "index", "verify", "gate", "search"))
    return Report(
        pages=sum(path.endswith(".html") for path in claimed),
        files=len(claimed),
        size=run.size,
        seconds=dict(clock.seconds),
        notes=() if site.url else (_NOWHERE,),
    )


@dataclass(slots=True, kw_only=True)
class _Run:
    """The second half of a build: everything that is written, one file at a time, while the links in it are noted."""

    site: Site
    templates: Templates
    review: Review
    made: Shells
    clock: _Clock
    progress: Progress
    links: Links
    gate: Gate
    index: Index
    size: int = 0
    addresses: list[str] = field(default_factory=list)

    def outputs(self, prose: Sequence[Chapter], pieces: Sequence[Fragment]) -> Iterator[Output]:
        """Every file of the site; what the builder made first, then the pages, then what is made of all of them."""
        for output in self._all(prose, pieces):
            self.size += len(output.data)
            with self.clock("gate"):
                self.gate.file(output.path, output.data, output.source)
            yield output

    def _all(self, prose: Sequence[Chapter], pieces: Sequence[Fragment]) -> Iterator[Output]:
        for path, data in self.made.files:
            if path.endswith(".css"):
                self.links.stylesheet(path, data.decode(), path)
            yield Output(path, data, f"the theme's {path}" if path.startswith("assets/") else f"content/{path}")
        with self.clock("search"):
            explore.feed(self.index, self.review, self.made.chapters)
        yield from self._chapters(prose, pieces)
        yield from self._pages()
        with self.clock("index"):
            index = tuple(self._index())
        yield from index
        with self.clock("search"):
            found = tuple(explore.files(self.index, self.review))
        for path, data in found:
            yield Output(path, data, "the search")

    def _chapters(self, prose: Sequence[Chapter], pieces: Sequence[Fragment]) -> Iterator[Output]:
        sources = {one.path: one.file for one in prose}
        wanted = {(name, one.path) for one in prose for name, _ in one.fragments}
        for path, html in self.made.chapters:
            address = path.removesuffix("index.html")
            where = sources.get(address, path)
            with self.clock("render"):
                put = {
                    f.name: self.templates.fragment(f.name, address, f.context)
                    for f in pieces
                    if (f.name, address) in wanted and f.path in {"", address}
                }
                text = chapters.fill(html, address, where, fragments=put, papers=self.review.corpus.papers, templates=self.templates)
            with self.clock("verify"):
                self.links.page(address, text, where)
            with self.clock("gate"):
                self.gate.page(path, text, where)
            if address != path:
                self.addresses.append(address)
            yield Output(path, text.encode(), where)

    def _pages(self) -> Iterator[Output]:
        shared: dict[str, frozenset[str]] = {}
        todo = pages(self.review)
        while True:
            with self.clock("pages"):
                page = next(todo, None)
            if page is None:
                return
            if (frame := self.made.frames.get(page.family)) is None:
                raise BadData([Problem(f"content/{page.family}/shell.md", 0, "shell", _NO_SHELL)])
            if page.family not in shared:
                file = f"content/{page.family}/shell.md"
                whole = f"{frame.top}{frame.middle}{frame.bottom}"
                shared[page.family] = self.links.page(f"{page.family}/shell/", whole, file)
                with self.clock("gate"):
                    self.gate.frame(f"the frame of {page.family}", whole, file)
            with self.clock("render"):
                head, body = self.templates.parts(page)
                data = framed(page, head, body, frame)
            with self.clock("verify"):
                self.links.page(page.path, head + body, page.template, shared=shared[page.family])
            with self.clock("gate"):
                self.gate.slots(f"{page.path}index.html", head, body, page.template)
            self.addresses.append(page.path)
            if len(self.addresses) % 100 == 0:
                self.progress("pages", len(self.addresses))
            yield Output(f"{page.path}index.html", data, f"{page.template} for {page.path}")

    def _index(self) -> Iterator[Output]:
        """What is made of the whole corpus: downloads, the feed, the sitemap."""
        papers = self.review.corpus.papers
        for paper in papers.values():
            yield Output(exports.path_of(paper), exports.one(paper), f"the BibTeX of {paper.key}")
        of = self.review
        titles = {c.id: c.title for c in of.taxonomy.categories.values()}
        for path, data in downloads(of, self.site):
            yield Output(path, data, "what can be taken away")
        for path, data in linkset.files(papers.values(), self.site):
            yield Output(path, data, "the links of a month")
        for path, data in oai.files(of.all, filed=of.filed, titles=titles, site=self.site):
            yield Output(path, data, "the answers to harvesters")
        for path, data in feeds.Writer(site=self.site, titles=titles, since=feeds.since(of.every), ended=farewell(of)).files(following(of)):
            yield Output(path, data, "the feeds")
        for path, data in sitemap.sitemap(sorted(self.addresses), self.site, dict(dated(of))):
            yield Output(path, data, "the sitemap")
        for path, data in status.files(of.freshness, self.site, of.kept.commit):
            yield Output(path, data, "the state of the review")
        for path, data in opensearch.files(self.site):
            yield Output(path, data, "the description of the search")
        for path, data in why.files(self.review):
            yield Output(path, data, "the index of decisions")
        yield Output(
            picture.PATH, picture.card(self.site.name, f"A living review of {len(of.papers):,} papers"), "the picture beside links"
        )
        yield Output("robots.txt", sitemap.robots(self.site), "robots.txt")

    def verify(self, claimed: Mapping[str, str]) -> Iterator[Problem]:
        """What is wrong with the site as it was written."""
        with self.clock("verify"):
            yield from self.links.broken(claimed)
        with self.clock("gate"):
            yield from self.gate.findings(claimed)
