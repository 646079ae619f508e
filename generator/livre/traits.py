"""What a title, an abstract and a comment say of a model: its size, what it was built on and trained on, its licence.

Each rule gives the value and the few words that say it. A sentence counts only when it is about the thing itself: it
names it, or goes on about `the model` of a paper that introduces one. Nothing is inferred from anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .latex import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .naming import Named

_SENTENCE = re.compile(r"(?<=[\w)\]])[.!?]\s+(?=[A-Z\"“(])")
_ITS = re.compile(r"(?:The|Our|This|The resulting|The proposed) model\b|(?:Pre-?t|T)rained (?:on|with)\b")
_AGAINST = re.compile(
    r"\b(?:than|outperform\w*|surpass\w*|compar\w+|versus|unlike|exceed\w*|over existing|whereas|while|although)\b", re.IGNORECASE
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_SCALE = r"(?: ?(?:million|billion|thousand|[MBKk](?![\w])))?"
_COUNTED = (
    r"(?:images?|pairs|tokens|slides|WSIs|cells|patients|scans|studies|records|notes|videos|samples|reports|cases|volumes|patches|tiles|sequences|"
    r"molecules|proteins|documents|articles|abstracts|dialogues|conversations|questions|examples|specimens|individuals|hours|exams|examinations|recordings|ECGs|"
    r"genomes|frames|instructions|masks|encounters|visits|triplets|radiographs|words|clips|nucleotides|base pairs)"
)
_TRAINED = re.compile(
    rf"(?:pre-?)?trained (?:on|with|using)(?: [\w-]+){{0,6}}? ({_NUMBER}{_SCALE}\+?(?: (?:[\w/-]+ ){{0,4}}?{_COUNTED})(?![\w-]))",
    re.IGNORECASE,
)
_BASES = (
    r"(?:(?:Bio|Clinical|Med|PubMed|Sci|Ro|De|Distil|Modern|XLM-Ro|Gatortron|Longformer-?)*BERTa?|(?:Code)?LL?a[Mm][Aa]|"
    r"Qwen|QwQ|Mistral|Mixtral|(?:Med|Pali|T5)?Gemma|"
    r"GPT-[2J]|GPT-NeoX|(?:Flan-|Sci|m)?T5|BLOOMZ?|Falcon|Vicuna|Alpaca|Phi|DeepSeek|"
    r"InternVL|InternLM|LLaVA(?:-Med)?|(?:Open|Med-)?Flamingo|(?:Open|Med|Biomed|PubMed|Sig)?CLIP|"
    r"(?:Med)?SAM|DINO(?:v[23])?|MAE|ViT|Swin(?:[ -]?Transformer|-?UNet)?|(?:Trans|nn)?U-?Net|Baichuan|ChatGLM|GLM|Yi|PaLM|"
    r"Stable Diffusion|BLIP|"
    r"MiniGPT|"
    r"Mamba|ESM|Longformer|BART|Whisper|wav2vec|Pythia|Segment Anything(?: Model)?)"
)
_BASE = re.compile(
    r"(?:(?:built|based|constructed|developed) (?:up)?on(?: top of)?|initiali[sz]ed (?:from|with)|(?:further )?"
    r"fine-?tun(?:ed|ing)(?: version)?(?: of| from)|"
    r"fine-?tun(?:es|ing)|adapt(?:ed|ing) from|continu\w+ pre-?train\w* (?:of|from|on)|derived from)"
    rf"(?: (?:the|an?|open-source|pre-?trained|frozen|lightweight|Meta's|general|large|model|architecture))* "
    rf"({_BASES}(?:[- ]?v?\d[\w.]*)?(?:-[\w.]+)*)(?![\w])"
)
_IN_NAME = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?[BM])(?![\w])|(?<=-)(\d+(?:\.\d+)?[bB])(?![\w])")
_PARAMETERS = re.compile(
    r"(?<![\w.])((?:\d+(?:\.\d+)?)[ -]?(?:billion|million|B|M))[ -](?:scale )?param(?:eter)?s?\b|"
    r"(?<![\w.])(\d+(?:\.\d+)?[BM])\b(?= (?:[\w-]+ ){0,3}(?:model|LLM|VLM|MLLM)\b)"
)
_LICENCE = re.compile(
    r"(?<!\w)(Apache(?: License)?(?:,? (?:Version )?|-)2(?:\.0)?|MIT|CC0|CC[ -]BY(?:-(?:NC|SA|ND)){0,2}(?:[ -]\d\.\d)?|"
    r"(?:[AL]?GPL|BSD)(?:[- ]?v?\d(?:\.\d)?)?)"
    r"(?=[ -](?:(?:open(?:-source)?|public) )?licen[cs]e)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A value, the words that say it, and where they stand."""

    value: str
    words: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the text says of one thing; None where it says nothing."""

    parameters: Trait | None = None
    base: Trait | None = None
    training: Trait | None = None
    licence: Trait | None = None


def _about(named: Named, abstract: str, *, alone: bool) -> Iterator[str]:
    """What the abstract says of the thing: from its name to the end of the sentence, or a sentence about `the model`."""
    name = re.compile(rf"(?<![\w-]){re.escape(named.name)}(?![\w-])")
    for sentence in _SENTENCE.split(abstract):
        if m := name.search(sentence):
            rest = sentence[m.end() :]
        elif alone and (m := _ITS.match(sentence)):
            rest = sentence
        else:
            continue
        against = _AGAINST.search(rest)
        yield rest[: against.start() if against else None]


def _words(m: re.Match[str], most: int = 8) -> str:
    """What a rule found, cut to a few words from its start, with an ellipsis where words are left out."""
    words = m[0].split()
    return " ".join(words) if len(words) <= most else f"{' '.join(words[: most // 2])} … {' '.join(words[-most // 2 :])}"


def _first(rule: re.Pattern[str], texts: list[tuple[str, str]]) -> Trait | None:
    for where, text in texts:
        if m := rule.search(text):
            return Trait(value=next(g for g in m.groups() if g), words=_words(m), where=where)
    return None


def traits(named: Named, title: str, abstract: str = "", comment: str = "", *, alone: bool = True) -> Traits:
    """What these normal texts say of the thing they name; `alone` is whether the paper introduces nothing else."""
    title, abstract, comment = plain(title)[:700], plain(abstract)[:20_000], plain(comment)[:2_000]
    licence = _first(_LICENCE, [("abstract", abstract), ("comment", comment)]) if alone else None
    if named.kind != "model":
        return Traits(licence=licence)
    about = [("abstract", text) for text in _about(named, abstract, alone=alone)]
    said = [("title", named.said)] if named.where != "abstract" else []
    size = _IN_NAME.search(named.name)
    return Traits(
        parameters=Trait(value=size[0].upper(), words=size[0], where="name") if size else _first(_PARAMETERS, said + about),
        base=_first(_BASE, said + about),
        training=_first(_TRAINED, said + about),
        licence=licence,
    )
