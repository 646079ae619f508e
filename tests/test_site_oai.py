"""What a library harvests: answers of OAI-PMH that no server gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, fromstring

import sickle
from hypothesis import given
from hypothesis import strategies as st

from livre import corpus, latex
from livre.model import Identifier, Name, Paper, Source, Status
from livre.site import oai
from livre.site.render import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer

HERE = Site(name="A & B", url="https://example.org/review/")
OAI = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "x": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "d": "http://purl.org/dc/elements/1.1/",
}


def paper(**more: Any) -> Paper:
    facts: dict[str, Any] = {
        "identifiers": (Identifier("arxiv", "9901.00001"), Identifier("doi", "10.99999/a")),
        "title": "A $x^2$ dragon",
        "authors": (Name(family="Example", given="Ada", suffix="Jr."),),
        "date": "2099-01-02",
        "key": "example2099dragon",
        "shard": "2099-01",
        "added": "2099-02-03",
        "source": Source(stamp="2099-03-04"),
        "categories": ("llm",),
        "status": Status.RETRACTED,
    }
    return Paper(**(facts | more))


def answers(*papers: Paper, site: Site = HERE) -> dict[str, bytes]:
    return dict(oai.files(papers, filed={p.key: p.categories for p in papers}, titles={"llm": "Language models"}, site=site))


def texts(root: Element, path: str) -> list[str | None]:
    return [e.text for e in root.findall(path, OAI)]


def test_a_record_says_in_dublin_core_what_the_page_says() -> None:
    root = fromstring(answers(paper(abstract="Of nothing.", journal="Imaginary Results"))["data/oai/2099-01.xml"])
    assert texts(root, "o:responseDate") == ["2099-03-04T00:00:00Z"]
    (request,) = root.findall("o:request", OAI)
    assert (request.text, request.attrib) == (
        "https://example.org/review/data/oai/2099-01.xml",
        {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
    )
    (record,) = root.findall("o:ListRecords/o:record", OAI)
    assert texts(record, "o:header/*") == ["oai:example.org:example2099dragon", "2099-03-04", "llm"]
    (dc,) = record.findall("o:metadata/x:dc", OAI)
    assert [(e.tag.rpartition("}")[2], e.text) for e in dc] == [
        ("title", "A x2 dragon"),
        ("creator", "Example, Ada, Jr."),
        ("subject", "Language models"),
        ("description", "Of nothing."),
        ("description", "Retracted"),
        ("date", "2099-01-02"),
        ("type", "article-journal"),
        ("identifier", "https://example.org/review/papers/example2099dragon/"),
        ("identifier", "https://arxiv.org/abs/9901.00001"),
        ("identifier", "https://doi.org/10.99999/a"),
        ("source", "Imaginary Results"),
    ]


def test_the_elements_stand_in_the_order_that_the_protocols_schema_asks_for() -> None:
    root = fromstring(answers(paper())["data/oai/2099-01.xml"])
    assert [e.tag.rpartition("}")[2] for e in root] == ["responseDate", "request", "ListRecords"]
    assert [e.tag.rpartition("}")[2] for e in root[2][0]] == ["header", "metadata"]
    assert not root.findall(".//o:resumptionToken", OAI)


def test_there_is_an_answer_a_month_and_none_for_a_site_that_is_nowhere() -> None:
    papers = (paper(), paper(key="other2098dragon", shard="2098-12"))
    assert list(answers(*papers)) == ["data/oai/2098-12.xml", "data/oai/2099-01.xml"]
    assert answers(*papers, site=Site(name="A")) == {}


@given(st.text())
def test_any_text_makes_an_answer_that_can_be_read(text: str) -> None:
    root = fromstring(answers(paper(title=latex.normal(text) or "0", abstract=latex.normal(text)))["data/oai/2099-01.xml"])
    assert len(root.findall("o:ListRecords/o:record", OAI)) == 1


def test_every_paper_of_a_site_is_in_the_answer_of_its_month(site: Callable[[str], Path], fabricated: Path) -> None:
    folder = site("mkdocs") / "data"
    parts = json.loads((folder / "papers.json").read_bytes())
    found = set()
    for part in parts["parts"]:
        month = part.rpartition("/")[2].replace(".json", ".xml")
        found |= set(texts(fromstring((folder / "oai" / month).read_bytes()), ".//o:header/o:identifier"))
    assert found == {f"oai:example.org:{p['key']}" for p in parts["papers"]}
    assert {p["key"] for p in parts["papers"]} <= corpus.load(fabricated / "bib").papers.keys()


def test_sickle_harvests_a_month_from_a_host_that_ignores_the_question(httpserver: HTTPServer) -> None:
    for path, data in answers(paper(), paper(key="example2099horn", title="\N{HEBREW LETTER ALEF} & <b>", status=Status.CURRENT)).items():
        httpserver.expect_request(f"/{path}").respond_with_data(data, content_type="text/xml; charset=utf-8")
    harvester = sickle.Sickle(httpserver.url_for("/data/oai/2099-01.xml"))
    found = list(harvester.ListRecords(metadataPrefix="oai_dc"))
    assert [r.header.identifier for r in found] == ["oai:example.org:example2099dragon", "oai:example.org:example2099horn"]
    assert found[1].metadata["title"] == ["\N{HEBREW LETTER ALEF} & <b>"]
    assert found[0].header.setSpecs == ["llm"]
