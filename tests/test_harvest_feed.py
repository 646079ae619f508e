"""Answers on disk, the real recorded ones among them, and the same paper by every route."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_dialect import atom_entry, atom_error, atom_page, oai_page, oai_record, record
from arxiv_server import ArxivServer
from clock import Clock
from livre.errors import Malformed, SourceError, UsageError
from livre.harvest import api, feed, oai
from livre.harvest.transport import Transport
from livre.model import Source

NOW = "2025-04-01T06:17:00Z"
RECORDED = Path(__file__).parents[1] / "../shared/data/api-responses"
DEMO = Path(__file__).parents[1] / "demo" / "night.atom"

SAME = [
    record(1),
    record(
        2,
        title='On \\\'{E}l\\`eves, "quotes",  <![CDATA> \n & $\\mathcal{L}_{2}$\u202e {Braces',
        authors='J.R. Ex\\"ample, H.-Th. \\v{Z}est (1, 2), Sam Sample, Jr., Ludwig van der Test, for the ABC Collaboration ((1) A (2) B)',
        abstract="\\'Etude:\n 50\\% of it; code: https://github.com/ada/ex\\_ample.\nWeights at https://huggingface.co/ada/m",
        categories="cs.CV cs.AI cs.CL eess.IV",
        versions=["2025-02-27T23:59:59Z", "2025-03-04T00:00:00Z"],
        comments="Accepted;\n  https://gitlab.com/a/b",
        journal_ref="J. Fabr.\n1 (2025)",
        doi="10.1000/One",
    ),
    record(3, title="0", comments="This paper has been withdrawn by the author due to a crucial error", withdrawn=True),
    {**record(4), "id": "hep-th/9901001", "categories": "hep-th math-ph"},
]
# The API gives the names one by one, as arXiv's own reading of the author line.
ONE_BY_ONE = ['J. R. Ex\\"ample', "H. -Th. \\v{Z}est", "Sam Sample, Jr.", "Ludwig van der Test", "for the ABC Collaboration"]


def as_the_api_has_it(one):
    return {**one, "authors": ONE_BY_ONE} if isinstance(one["authors"], str) else one


def facts(candidate):
    """What all routes know of a paper: not the versions between the first and the last, nor where it came from."""
    ends = {candidate.versions[0], candidate.versions[-1]}
    return replace(candidate, versions=tuple(sorted(ends)), source=Source(version=candidate.source.version))


def read(path, body):
    path.write_bytes(body)
    (batch,) = feed.read(path)
    return batch


@pytest.mark.parametrize("one", SAME, ids=[r["id"] for r in SAME])
def test_a_paper_is_the_same_by_every_route(tmp_path, one):
    clock = Clock()
    shown = as_the_api_has_it(one)
    with (
        Transport(delay=0, user_agent="livre-test", folder=tmp_path, clock=clock, sleep=clock.sleep) as door,
        ArxivServer([one], news=False) as by_oai,
        ArxivServer([shown]) as by_api,
    ):
        (batch, _) = oai.harvest(door, by_oai.oai, [""], "2025-03-01")
        (found,) = batch.candidates
        (looked_up,) = api.lookup(door, by_api.api, [one["id"]])
    assert looked_up.refused == ()
    filed = read(tmp_path / "feed.atom", atom_page([atom_entry(shown)], 1, 0, 1, NOW))
    listed = read(tmp_path / "list.xml", oai_page(f"<ListRecords>{oai_record(one)}</ListRecords>", NOW))
    assert listed.candidates == (found,)
    assert [facts(c) for c in (*looked_up.candidates, *filed.candidates)] == [facts(found)] * 2
    assert [c.source.route for c in (found, *looked_up.candidates, *filed.candidates)] == ["oai", "api", "feed"]


def test_a_feed_on_disk_has_the_day_it_was_made(tmp_path):
    batch = read(tmp_path / "it", atom_page(map(atom_entry, SAME[:1]), 1, 0, 10, NOW))
    assert (len(batch.candidates), batch.refused, batch.watermark) == (1, (), "2025-04-01")


def test_one_page_of_a_longer_list_has_no_watermark(tmp_path):
    assert read(tmp_path / "it", atom_page(map(atom_entry, SAME[:1]), 99, 0, 1, NOW)).watermark == ""
    more = f"<ListRecords>{oai_record(SAME[0])}<resumptionToken>more</resumptionToken></ListRecords>"
    assert read(tmp_path / "it", oai_page(more, NOW)).watermark == ""


def test_facts_without_an_abstract_and_with_links_of_ours_are_read(tmp_path):
    links = '<link rel="code" href="https://github.com/ada/example"/><link rel="weights" href="https://huggingface.co/ada/m"/>'
    entry = atom_entry(record(1, abstract="")).replace("<author>", f"{links}<author>", 1)
    assert "<summary" not in entry
    (found,) = read(tmp_path / "it", atom_page([entry], 1, 0, 1, NOW)).candidates
    assert (found.abstract, found.code, found.weights) == ("", ("https://github.com/ada/example",), ("https://huggingface.co/ada/m",))


def test_what_arxiv_need_not_say_may_be_missing(tmp_path):
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><updated>2025-04-01</updated>
      <entry><id>http://arxiv.org/abs/9901.00001</id><title>Fabricated</title><updated>2025-03-04</updated>
      <published>2025-03-04</published><author><name>Ada Example</name></author></entry></feed>"""
    (found,) = read(tmp_path / "it", body).candidates
    assert (found.classes, found.versions, found.date, found.source.version) == ((), (), "2025-03-04", 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Down</body></html>",
        b"<rss/>",
        b"not XML",
        atom_error("incorrect id format for abc", NOW),
        oai_page("<error code='badArgument'>no</error>", NOW),
        atom_page(map(atom_entry, SAME), 4, 0, 10, NOW)[:-9],
    ],
)
def test_what_is_no_answer_of_arxivs_is_malformed(tmp_path, body):
    with pytest.raises(Malformed):
        read(tmp_path / "it", body)


def test_a_broken_entry_is_refused_by_name(tmp_path):
    entries = [atom_entry(record(1, title="")), atom_entry(record(2)), atom_entry(record(3, authors=[]))]
    batch = read(tmp_path / "it", atom_page(entries, 3, 0, 10, NOW))
    assert [c.identifier("arxiv") for c in batch.candidates] == ["9901.00002"]
    assert batch.refused == ("arXiv:9901.00001: no title", "arXiv:9901.00003: no author")


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError):
        list(feed.read(tmp_path / "missing"))


def test_the_bundled_night_is_read_whole():
    (batch,) = feed.read(DEMO)
    assert (len(batch.candidates), batch.refused) == (141, ())
    assert batch.watermark == "2026-07-02"
    assert all(c.title and c.authors and c.date and c.classes and not c.abstract for c in batch.candidates)


def recorded(folder):
    index = RECORDED / folder / "index.csv"
    return list(csv.DictReader(index.read_text(encoding="utf-8").splitlines()))


def as_arxiv_sent_it(row):
    """Not trimmed by hand, which cost some of the records their namespace, and in a format that we read."""
    return row["reality"] in {"real recorded response", "real, transcribed"} and row["metadataPrefix"] in {"arXiv", "arXivRaw"}


needs_data = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded responses are not beside the checkout")


@pytest.mark.data
@needs_data
def test_every_recorded_answer_of_the_api_is_read_whole():
    for row in recorded("arxiv-atom"):
        path = RECORDED / "arxiv-atom" / row["file"]
        if row["note"].startswith("ERROR"):
            with pytest.raises(Malformed, match="incorrect id format for abc"):
                list(feed.read(path))
            continue
        (batch,) = feed.read(path)
        assert (len(batch.candidates), batch.refused) == (int(row["n_entries"]), ()), row["file"]
        assert all(c.abstract and c.classes and c.source.version for c in batch.candidates), row["file"]


@pytest.mark.data
@needs_data
def test_every_recorded_answer_of_oai_pmh_is_read_whole_or_is_a_typed_error():
    read_whole = 0
    for row in recorded("oai-pmh"):
        path = RECORDED / "oai-pmh" / row["file"]
        try:
            (batch,) = feed.read(path)
        except SourceError:
            assert not (as_arxiv_sent_it(row) and int(row["records"])), row["file"]
            continue
        assert len(batch.candidates) + len(batch.refused) == int(row["records"]), row["file"]
        if as_arxiv_sent_it(row):
            assert batch.refused == (), row["file"]
            read_whole += len(batch.candidates)
    assert read_whole > 200


@pytest.mark.data
@needs_data
def test_a_recorded_record_in_arxivraw_has_all_its_facts():
    (batch,) = feed.read(RECORDED / "oai-pmh" / "invenio-legacy_arXivRaw_GetRecord_1304.4214.xml")
    (found,) = batch.candidates
    assert found.title == "Neutron Scattering and Its Application to Strongly Correlated Systems"
    assert [str(a) for a in found.authors] == ["Igor A. Zaliznyak", "John M. Tranquada"]
    assert (found.date, found.classes) == ("2013-04-15", ("cond-mat.str-el",))
    assert (found.source, batch.watermark) == (Source(version=1, stamp="2013-04-16", route="oai"), "2013-04-16")


@pytest.mark.data
@needs_data
def test_the_recorded_withdrawals_are_seen():
    (batch,) = feed.read(RECORDED / "oai-pmh" / "invenio_sample_arxiv_response_listrecords_physics.xml")
    gone = [c for c in batch.candidates if c.status]
    assert len(gone) == 3
    assert all("withdrawn" in c.comment for c in gone)
