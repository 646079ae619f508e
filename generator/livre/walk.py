"""Walking the queue, one key a work: a deck of waiting works and what each key does to it.

Values in, values out; the keyboard, the screen, the browser and the saving are passed in to `run`.

A ledger is only ever added to, so what is saved cannot be undone. Therefore the last answer is kept in hand, and saved when
the next one is given or the walk ends by `q` or Ctrl-C: `u` takes it back as if it had not been given. An answer that is
saved can only be followed by another, and the ledger then shows both. Killed, or with its window closed, a walk loses the
one answer in hand, and that work still waits the next time.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .errors import CannotWrite
from .model import Identifier, Verdict
from .plaintext import one_line
from .rulings import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .scope import Criterion
    from .waiting import Waiting

KEYS = "i include · e exclude · s skip · u undo · o open · q quit"
"""What each key does."""

MOST_CRITERIA = 9
"""So many criteria have a digit; 0 is for none of them."""

_WIDEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An answer about one work: its place in the deck, the verdict, the criterion, and the reason for the ledger."""

    at: int
    work: Identifier
    verdict: Verdict
    criterion: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """The works of a walk, the place in it, the answer in hand, and those that are saved, by place.

    `asking` is set after `e`, until a digit says by which criterion; `note` is what the last key did.
    """

    works: tuple[Waiting, ...]
    criteria: tuple[Criterion, ...]
    at: int = 0
    asking: bool = False
    hand: Choice | None = None
    saved: Mapping[int, Choice] = field(default_factory=dict)
    note: str = ""

    @property
    def over(self) -> bool:
        """Whether every work has been seen."""
        return self.at >= len(self.works)

    def _step(self, to: int, note: str = "", **more: object) -> Turn:
        return Turn(deck=replace(self, at=to, asking=False, note=note, **more))  # type: ignore[arg-type]

    def _choose(self, verdict: Verdict, criterion: str, because: str) -> Turn:
        """Take an answer in hand; the one that was there is to be saved."""
        choice = Choice(at=self.at, work=self.works[self.at].candidate.primary, verdict=verdict, criterion=criterion, because=because)
        turn = self._step(self.at + 1, f"{verdict}d", hand=choice)
        return replace(turn, save=self.hand)

    def _exclude(self, key: str) -> Turn:
        if key == "0":
            return self._choose(Verdict.EXCLUDE, PERSON, "excluded on reading title and abstract")
        if key.isascii() and key.isdigit() and int(key) <= len(self.criteria[:MOST_CRITERIA]):
            criterion = self.criteria[int(key) - 1]
            return self._choose(Verdict.EXCLUDE, criterion.id, f"{criterion.title}: excluded on reading title and abstract")
        return self._step(self.at, "not excluded")

    def _undo(self) -> Turn:
        if not self.at:
            return self._step(0, "nothing to undo")
        back = self.at - 1
        if self.hand and self.hand.at == back:
            return self._step(back, "taken back", hand=None)
        if earlier := self.saved.get(back):
            return self._step(back, f"saved as {earlier.verdict.value}: another answer is added to the ledger after it")
        return self._step(back)

    def press(self, key: str) -> Turn:
        """What a key does: the deck after it, and what is to be done outside."""
        if self.asking:
            return self._exclude(key)
        match key.lower():
            case "q" | "\x03" | "\x04":
                return replace(self._step(self.at, hand=None), save=self.hand, quits=True)
            case "u" | "\x7f" | "\b":
                return self._undo()
            case _ if self.over:
                return self._step(self.at, "that was the last one")
            case "i":
                return self._choose(Verdict.INCLUDE, PERSON, "included on reading title and abstract")
            case "e":
                return Turn(deck=replace(self, asking=True, note=""))
            case "s":
                return self._step(self.at + 1, "skipped: it goes on waiting")
            case "o":
                return replace(self._step(self.at, "opened"), opens=self.works[self.at].candidate.primary.url)
        return self._step(self.at, KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one key did: the deck after it, an answer to save, an address to open, and whether the walk ends."""

    deck: Deck
    save: Choice | None = None
    opens: str = ""
    quits: bool = False


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(one_line(text), width, initial_indent=indent, subsequent_indent=indent)


def screen(deck: Deck, width: int) -> Iterator[str]:
    """The lines that show where the walk is, at most `width` wide; nothing in them can move the cursor."""
    width = max(20, min(width, _WIDEST))
    answered = len(deck.saved) + (deck.hand is not None and deck.hand.at not in deck.saved)
    yield f"{min(deck.at + 1, len(deck.works))} of {len(deck.works)} · {answered} answered"
    yield ""
    if deck.over:
        yield "That was the last one." if deck.works else "Nothing waits."
    else:
        waiting = deck.works[deck.at]
        work = waiting.candidate
        yield from _wrapped(work.title, width)
        yield from _wrapped(", ".join(str(a) for a in work.authors) or "unknown authors", width)[:3]
        yield from _wrapped(" · ".join(p for p in (str(work.primary), work.date, " ".join(work.classes), work.journal) if p), width)
        yield ""
        yield from _wrapped(work.abstract or "There is no abstract.", width)
        yield ""
        held = waiting.decision
        yield from _wrapped(f"It waits since {held.on}, by {held.by} with {held.score:.2f} ({held.criterion}): {held.why}", width)
    yield ""
    if deck.asking:
        yield "Excluded by which criterion? Any other key: not excluded."
        for number, criterion in enumerate(deck.criteria[:MOST_CRITERIA], 1):
            yield f"  {number} {one_line(criterion.title)}"[:width]
        yield "  0 none of these"
    else:
        yield deck.note
        yield KEYS


def run(
    deck: Deck,
    *,
    read_key: Callable[[], str],
    show: Callable[[Deck], None],
    save: Callable[[Choice], None],
    opens: Callable[[str], object],
) -> Deck:
    """Walk until `q`, Ctrl-C, or the end of the input; the deck as it was left.

    A `save` that raises CannotWrite leaves the deck where it was, to press the key again; at the end it is raised.
    """
    while True:
        show(deck)
        try:
            key = read_key()
        except (KeyboardInterrupt, EOFError):
            key = "q"
            deck = replace(deck, asking=False)
        turn = deck.press(key)
        if turn.save:
            try:
                save(turn.save)
            except CannotWrite as error:
                if turn.quits:
                    raise
                deck = replace(deck, asking=False, note=f"not saved: {one_line(str(error))}")
                continue
            turn = replace(turn, deck=replace(turn.deck, saved={**turn.deck.saved, turn.save.at: turn.save}))
        deck = turn.deck
        if turn.opens:
            opens(turn.opens)
        if turn.quits:
            return deck
