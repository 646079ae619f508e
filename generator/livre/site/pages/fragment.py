"""A generated piece of a hand-written page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What `<!-- livre:NAME -->` in a chapter stands for; one with a `path` is for that page only."""

    name: str
    context: dict[str, Any]
    path: str = ""
