"""Strict or refused: what the parser makes of everything that is not whole, well-formed XML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.errors import Malformed
from livre.harvest import xml

WHOLE = b'<?xml version="1.0"?>\n<feed xmlns="urn:example"><a>x &amp; y</a><!-- a --><b c="d">\xc3\xa9<![CDATA[<]]></b></feed>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("at", range(len(WHOLE)))
def test_a_document_cut_anywhere_is_malformed(at):
    with pytest.raises(Malformed):
        xml.parse(WHOLE[:at], what="it")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"<!DOCTYPE html>\n<html><body>Down</body></html>", "HTML page"),
        (b"\xef\xbb\xbf<HTML>", "HTML page"),
        (b"Rate exceeded.", r"is not XML: 'Rate exceeded\.'"),
        (b'{"error": 1}', "is not XML"),
        (b"\x1f\x8b\x08\x00", "is not XML"),
        (LAUGHS, "document type"),
        (b"<?xml version='1.0'?><!-- x --><!DOCTYPE a><a/>", "document type"),
        ("<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode("utf-16"), "document type"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a><b>", "cut short"),
        (b"<a>&nbsp;</a>", "not well-formed"),
        (b"<a>caf\xe9</a>", "not well-formed"),
        (b"<a>\x08</a>", "not well-formed"),
        (b"<a/><b/>", "not well-formed"),
        (b"<a/>junk", "not well-formed"),
        (b"<a>" * 300 + b"</a>" * 300, "not well-formed"),
        (b"<a>" + b"x" * 11_000_000 + b"</a>", "not well-formed"),
        (b"<a/>" + b" " * xml.LARGEST, "larger than 50 MB"),
    ],
    ids=lambda v: v[:30].decode("ascii", "replace") if isinstance(v, bytes) else v,
)
def test_the_reason_is_said_in_a_few_words(body, reason):
    with pytest.raises(Malformed, match=reason) as error:
        xml.parse(body, what="the answer")
    assert str(error.value).startswith("the answer ")
    assert len(str(error.value)) < 200


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_malformed(body):
    try:
        root = xml.parse(body, what="it")
    except Malformed:
        return
    assert body.lstrip().startswith(b"<")
    assert isinstance(root.tag, str)


def test_comments_do_not_cut_a_text_in_two():
    assert xml.text(xml.parse(b"<a><t>one <!-- x -->two<?y z?></t></a>", what="it"), "t") == "one two"


@pytest.mark.parametrize("body", [b"<a><t>one <b>two</b></t></a>", b"<a><t>one</t><t>two</t></a>"])
def test_a_text_of_which_part_would_be_lost_is_an_error(body):
    with pytest.raises(ValueError, match="t>"):
        xml.text(xml.parse(body, what="it"), "t")
