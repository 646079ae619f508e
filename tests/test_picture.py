"""The picture that other sites show beside a link."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from livre.site import picture

CSS = Path(picture.__file__).parent / "theme" / "assets" / "livre.css"


@pytest.mark.parametrize("title", ["Dragons", "Große Sprachmodelle in der Medizin " * 9, "基礎模型", "x" * 600, ""])
def test_any_title_makes_a_picture_of_the_size_that_is_asked_for_and_the_same_twice(title: str) -> None:
    first = picture.card(title, "A living review of 3 papers")
    assert first == picture.card(title, "A living review of 3 papers")
    image = Image.open(io.BytesIO(first))
    assert (image.format, image.size) == ("PNG", (1200, 630))


def test_a_title_in_another_script_is_written_and_nothing_runs_into_the_figures() -> None:
    rows = lambda title: Image.open(io.BytesIO(picture.card(title, ""))).convert("L").crop((0, 30, *picture.SIZE))  # noqa: E731
    assert rows("基礎模型").getextrema()[0] < 60, "ink"
    assert rows("word " * 400).crop((0, 430, 1200, 600)).getextrema()[0] > 200, "the place of the figures is empty"


def test_the_band_has_the_colours_of_the_site() -> None:
    assert not [colour for colour in picture.PALETTE if colour not in CSS.read_text()]


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_text_stops_a_build(title: str, figures: str) -> None:
    assert picture.card(title, figures).startswith(b"\x89PNG")
