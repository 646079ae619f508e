"""The walk through the queue: keys in, verdicts out, and a real terminal once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.errors import CannotWrite
from livre.model import Candidate, Decision, Identifier, Name, Verdict
from livre.scope import Criterion
from livre.waiting import Waiting
from livre.walk import KEYS, Choice, Deck, run, screen


def candidate(number: int, **facts: Any) -> Candidate:
    usual: dict[str, Any] = {"title": f"Fabricated work {number}", "authors": (Name(family="Example", given="Ada"),), "date": "2099-01-01"}
    return Candidate(identifiers=(Identifier("arxiv", f"9901.{number:05}"),), **(usual | facts))


def waits(work: Candidate, score: float = 0.5) -> Decision:
    why = "model 0.50 (+skin)"
    return Decision(subject=work.primary, on="2099-04-01", verdict=Verdict.WAIT, criterion="relevance", score=score, by="model", why=why)


def criterion(name: str) -> Criterion:
    return Criterion(id=name, kind="exclude", title=name.title(), text="", enough=1.0)


WORKS = tuple(candidate(n) for n in range(1, 4))
DECK = Deck(works=tuple(Waiting(candidate=w, decision=waits(w)) for w in WORKS), criteria=(criterion("robots"), criterion("subject")))


def walked(keys: str, deck: Deck = DECK) -> tuple[Deck, list[tuple[str, str, str]], list[str]]:
    """The deck after these keys, then the end of the input; what was saved, and what was opened."""
    saved: list[tuple[str, str, str]] = []
    opened: list[str] = []
    pressed = iter(keys)

    def read_key() -> str:
        try:
            return next(pressed)
        except StopIteration:
            raise EOFError from None

    def put(choice: Choice) -> None:
        saved.append((choice.work.value[-1], choice.verdict.value, choice.criterion))

    return run(deck, read_key=read_key, show=lambda d: None, save=put, opens=opened.append), saved, opened


@pytest.mark.parametrize(
    ("keys", "saved"),
    [
        ("q", []),
        ("iq", [("1", "include", "person")]),
        ("i", [("1", "include", "person")]),
        ("iii", [("1", "include", "person"), ("2", "include", "person"), ("3", "include", "person")]),
        ("e1q", [("1", "exclude", "robots")]),
        ("e0q", [("1", "exclude", "person")]),
        ("e3q", []),
        ("e\x1bq", []),
        ("e²q", []),
        ("eq", []),
        ("e", []),
        ("se2q", [("2", "exclude", "subject")]),
        ("iuq", []),
        ("isuuq", []),
        ("iusiq", [("2", "include", "person")]),
        ("iue1q", [("1", "exclude", "robots")]),
        ("iiuuuq", [("1", "include", "person")]),
        ("iiuue1q", [("1", "include", "person"), ("1", "exclude", "robots")]),
        ("iii??uq", [("1", "include", "person"), ("2", "include", "person")]),
        ("sssioq", []),
        ("I\x03i", [("1", "include", "person")]),
    ],
)
def test_keys_become_verdicts(keys, saved):
    assert walked(keys)[1] == saved


def test_the_work_itself_is_opened():
    assert walked("so")[2] == ["https://arxiv.org/abs/9901.00002"]


def test_the_answer_in_hand_is_saved_only_when_the_next_is_given():
    seen: list[tuple[str, int]] = []
    saved: list[str] = []
    keys = iter("ie1q")

    def show(deck: Deck) -> None:
        seen.append((deck.note, len(saved)))

    run(DECK, read_key=lambda: next(keys), show=show, save=lambda c: saved.append(c.work.value), opens=str)
    assert seen == [("", 0), ("included", 0), ("", 0), ("excluded", 1)]
    assert saved == ["9901.00001", "9901.00002"]


def test_an_answer_that_cannot_be_saved_is_kept_and_the_key_can_be_pressed_again():
    tries: list[Choice] = []
    notes: list[str] = []

    def failing_once(choice: Choice) -> None:
        tries.append(choice)
        if len(tries) == 1:
            raise CannotWrite("another livre is at work")

    keys = iter("iiiq")
    end = run(DECK, read_key=lambda: next(keys), show=lambda d: notes.append(d.note), save=failing_once, opens=str)
    assert "not saved: another livre is at work" in notes
    assert [c.work.value for c in tries] == ["9901.00001", "9901.00001", "9901.00002"]
    assert sorted(end.saved) == [0, 1]


def test_at_the_end_a_refusal_is_raised():
    def failing(choice: Choice) -> None:
        raise CannotWrite("the disk is full")

    with pytest.raises(CannotWrite):
        run(DECK, read_key=iter("iq").__next__, show=lambda d: None, save=failing, opens=str)


answers = st.sampled_from(["i", "e0", "e1", "e2"])
steps = st.one_of(answers, st.sampled_from(["s", "o", "ex", "?"]))


@given(st.lists(steps, max_size=2), answers, st.lists(steps, max_size=6))
def test_an_answer_taken_back_at_once_leaves_no_trace(before, answer, after):
    first, last = "".join(before), "".join(after)
    assert walked(f"{first}{answer}u{last}")[1] == walked(f"{first}{last}")[1]


@given(st.text("iesuoq0123x\x1b", max_size=30), st.integers(0, 130))
def test_whatever_is_pressed_the_screen_holds_plain_lines_within_its_width(keys, width):
    title = "\x1b[2J$\\alpha$-skin\u202e\r\n" + "long " * 40
    deck = replace(DECK, works=(replace(DECK.works[0], candidate=candidate(1, title=title, abstract="x" * 500)), *DECK.works))
    shown: list[str] = []
    pressed = iter([*keys, "q", "q"])
    run(deck, read_key=lambda: next(pressed), show=lambda d: shown.extend(screen(d, width)), save=lambda c: None, opens=lambda url: None)
    assert all(line.isprintable() for line in shown)
    assert max(map(len, shown)) <= max(len(KEYS), 60, min(width, 100))


def test_the_screen_shows_what_an_answer_needs():
    deck = replace(DECK, works=(replace(DECK.works[0], candidate=candidate(1, abstract="An abstract.", classes=("cs.CV",))),))
    assert list(screen(deck, 80)) == [
        "1 of 1 · 0 answered",
        "",
        "Fabricated work 1",
        "Ada Example",
        "arxiv:9901.00001 · 2099-01-01 · cs.CV",
        "",
        "An abstract.",
        "",
        "It waits since 2099-04-01, by model with 0.50 (relevance): model 0.50 (+skin)",
        "",
        "",
        KEYS,
    ]
    asked = list(screen(deck.press("e").deck, 80))
    assert asked[-3:] == ["  1 Robots", "  2 Subject", "  0 none of these"]
    assert "Nothing waits." in list(screen(Deck(works=(), criteria=()), 80))
