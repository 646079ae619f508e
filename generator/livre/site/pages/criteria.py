"""Criteria that no scope has, in the words of pages."""

from __future__ import annotations

OWN_RULES = {
    "import": ("Included by the person who imported it", ""),
    "background": ("A milestone from outside the scope", ""),
    "no-topic": ("No topic of the scope matches", ""),
    "person": ("A person's judgement", ""),
    "correction": ("A person corrected what is said of it", ""),
    "relevance": ("What was learned from earlier decisions", ""),
    "queue": ("More was waiting than may wait", ""),
}
"""Criteria that no scope has: those of imports, of people, of the learned screener and of the full queue."""
