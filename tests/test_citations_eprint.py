"""A paper's own list, asked of a real server: what is there, and every way in which it may not be."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from dataclasses import replace

import pytest

from api_server import ApiServer, corpus_of, door, paper
from arxiv_server import body, manner, status
from livre.citations import COMPLETE, FAILED, NO_LIST, Listed, Reference
from livre.citations.archive import LIMITS
from livre.citations.eprint import BASE, EPrint
from livre.edges import Edges
from livre.errors import Throttled, Unavailable
from livre.link import link
from livre.model import Identifier, Version

CITED = Identifier("arxiv", "9901.00007")
BBL = (
    b"\\begin{thebibliography}{2}\n\\bibitem{a} Ada Example.\n\\newblock Of dragons, 2099.\n\\newblock arXiv:9901.00007.\n"
    b"\\bibitem{b} A book.\n\\end{thebibliography}"
)
HTML = b"<!doctype html><title>404 Not Found</title>"


def eprint(**files: bytes) -> bytes:
    """A gzipped tar; `main_bbl` is the file main.bbl."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name.replace("_", "."))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


_LINES = [b"%" + bytes(random.Random(n).choices(b"abcdefgh", k=40)) for n in range(16)]
LARGE = gzip.compress(b"\n".join(random.Random(1).choices(_LINES, k=LIMITS.member // 40)))
BOMB = gzip.compress(bytes(40_000_000))
GOOD = eprint(main_tex=b"\\documentclass{article}\\bibliography{refs}", main_bbl=BBL)


@pytest.fixture
def server():
    with ApiServer({"/src/9901.00001": GOOD}) as running:
        yield running


@pytest.fixture
def source(server, tmp_path):
    return EPrint(door(tmp_path, read=20, total=30), base=f"{server.url}/src/")


def ask(source: EPrint) -> Listed:
    (listed,) = source.ask([paper()])
    return listed


def test_the_list_of_a_paper_is_asked_for_by_its_arxiv_id(server, source):
    listed = ask(source)
    assert (listed.citing, listed.source, listed.listed, listed.outcome) == (paper().primary, "eprint", 2, COMPLETE)
    assert listed.references == (
        Reference(identifiers=(CITED,), title="Of dragons", text="Ada Example. Of dragons, 2099. arXiv:9901.00007."),
        Reference(text="A book."),
    )
    assert [asked.path for asked in server.log] == ["/src/9901.00001"]


def test_an_id_of_old_keeps_its_slash(server, source):
    server.put("/src/hep-th/9901001", GOOD)
    old = replace(paper(), identifiers=(Identifier("arxiv", "hep-th/9901001"),))
    assert [one.listed for one in source.ask([old])] == [2]


def test_only_papers_on_arxiv_are_asked_for(source):
    assert source.asks(paper())
    assert not source.asks(paper(arxiv=False, doi="10.9999/one"))
    assert BASE.startswith("https://export.arxiv.org/")


@pytest.mark.parametrize(
    "sent",
    [GOOD, gzip.decompress(GOOD), gzip.compress(BBL), BBL],
    ids=["gzipped tar", "tar", "gzipped TeX", "TeX"],
)
@pytest.mark.parametrize("how", ["whole", "gzip"])
def test_however_it_is_packed_it_is_read(server, source, sent, how):
    server.put("/src/9901.00001", sent)
    server.faults.append(manner(how))
    assert ask(source).listed == 2


NONE = {
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "it is a PDF"),
    "a PDF in an archive": (eprint(paper_pdf=b"%PDF-1.7"), "it has no TeX"),
    "PostScript": (gzip.compress(b"%!PS-Adobe-2.0"), "it is PostScript"),
    "withdrawn": (gzip.compress(b"%auto-ignore\nThis paper has been withdrawn by the author.\n"), "it was withdrawn"),
    "emptied": (gzip.compress(b""), "it is empty"),
    "without a list": (eprint(main_tex=b"\\documentclass{article}\\begin{document}Short.\\end{document}"), "there is none in its TeX"),
}


@pytest.mark.parametrize(("sent", "why"), NONE.values(), ids=NONE)
def test_that_there_is_no_list_is_knowledge(server, source, sent, why):
    server.put("/src/9901.00001", sent)
    assert ask(source) == Listed(citing=paper().primary, source="eprint", outcome=f"{NO_LIST}{why}")


BROKEN = {
    "404": status(404, HTML),
    "410": status(410),
    "400": status(400, b"what?"),
    "204": status(204),
    "half of it": body(lambda raw: raw[: len(raw) // 2]),
    "a flipped byte": body(lambda raw: raw[:60] + bytes([raw[60] ^ 255]) + raw[61:]),
    "a gzip bomb": body(lambda _: BOMB),
    "too large": body(lambda raw: raw + bytes(400_000)),
    "a large list": body(lambda _: LARGE),
    "something binary": body(lambda _: b"PK\x03\x04" + bytes(2000)),
    "a body that says gzip and is none": lambda answer, _: replace(answer, headers={"Content-Encoding": "gzip"}, body=b"no gzip"),
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_one_e_print_is_its_outcome(server, source, fault):
    server.always = fault
    listed = ask(source)
    assert listed.outcome.startswith(FAILED)
    assert len(listed.outcome) > len(FAILED) + 5
    assert (listed.references, listed.listed, listed.complete) == ((), 0, False)


DOWN = {
    "403": (status(403), Throttled),
    "429 for 15 hours": (status(429, b"", retry_after="54000"), Throttled),
    "503": (status(503, b"", retry_after="9000"), Throttled),
    "500": (status(500), Unavailable),
    "HTML with status 200": (body(lambda _: HTML), Unavailable),
    "gzipped HTML with status 200": (body(lambda _: gzip.compress(HTML)), Unavailable),
    "a sentence with status 200": (body(lambda _: b"Rate exceeded."), Unavailable),
    "nothing with status 200": (body(lambda _: b""), Unavailable),
    "reset": (manner("reset"), Unavailable),
    "cut short": (manner("short"), Unavailable),
    "another host": (status(302, b"", location="http://127.0.0.2:9/elsewhere"), Unavailable),
}


@pytest.mark.parametrize(("fault", "error"), DOWN.values(), ids=DOWN)
def test_what_is_wrong_with_the_service_is_an_error(server, source, fault, error):
    server.always = fault
    with pytest.raises(error):
        ask(source)


def test_silence_is_an_error_of_the_service(server, tmp_path):
    server.always = manner("stall")
    with pytest.raises(Unavailable, match="stopped answering"):
        ask(EPrint(door(tmp_path), base=f"{server.url}/src"))


def test_what_arxiv_asks_for_is_passed_on(server, source):
    server.always = status(429, b"", retry_after="54000")
    with pytest.raises(Throttled) as error:
        ask(source)
    assert error.value.retry_after == 54000
    assert len(server.log) == 1


def test_the_answers_before_a_failure_are_kept(server, source):
    answers: list[Listed] = []
    server.faults.extend([None, status(403)])
    with pytest.raises(Throttled):
        answers.extend(source.ask([paper(), paper(2)]))
    assert [one.citing for one in answers] == [paper().primary]


def test_four_broken_e_prints_do_not_keep_the_fifth_from_being_asked_for(server, source):
    papers = [paper(n, date=f"2099-01-{n:02d}") for n in range(1, 6)]
    for n in range(2, 6):
        server.put(f"/src/9901.{n:05d}", GOOD[:50])
    linked = link(corpus_of(*papers, paper(7)), Edges(), [source], on="2099-02-01", budget=10)
    (report,) = linked.reports
    assert (report.asked, report.stopped) == (6, "")
    assert [(row.citing.value, row.cited.value, row.source) for row in linked.edges] == [("9901.00001", "9901.00007", "eprint")]


def test_a_list_that_breaks_later_loses_no_edge(server, source):
    corpus = corpus_of(paper(), paper(7))
    edges = link(corpus, Edges(), [source], on="2099-02-01", budget=10).edges
    before = list(edges)
    for day, sent in enumerate([GOOD[:40], HTML, b"%PDF-1.7", gzip.compress(b"")], 1):
        server.put("/src/9901.00001", sent)
        again = corpus_of(paper(versions=(Version(number=day, on=f"2100-{day:02d}-01"),)), paper(7))
        edges = link(again, edges, [source], on=f"2100-{day:02d}-01", budget=10).edges
    assert list(edges) == before
    assert (len(before), [asked.path for asked in server.log].count("/src/9901.00001")) == (1, 5)
