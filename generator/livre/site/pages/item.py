"""A paper as lists show it, and a category as a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...model import Name

SHELVES = 3
"""So many further categories are named."""
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A paper as one entry of a list.

    `slot` and `lane` are its place in the palette, `shelves` its other main categories' titles, `added` is the day it came.
    """

    key: str
    title: str
    by: str
    date: str
    slot: int
    lane: str
    shelves: str
    status: str
    background: bool
    added: str
    coins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A category as a link: its id, title and place in the palette."""

    id: str
    title: str
    slot: int


def signature(names: Iterable[Name]) -> str:
    """Who wrote it, as a list says it: up to three families, or two and `et al.`; '' when nobody is known."""
    families = [n.family for n in names]
    return ", ".join(families) if len(families) <= _FEW else f"{families[0]}, {families[1]} et al."


def clipped(text: str, longest: int) -> str:
    """A plain text cut at the end of a word, with an ellipsis where something is missing."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
