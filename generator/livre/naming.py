"""What a paper calls the model, dataset or benchmark that it introduces, told by rules from its title and abstract.

A rule answers only where the text itself says that the name is that of a new model, dataset or benchmark: a title
`X: a … model for …`, a name that ends in `Bench` or `BERT`, an abstract that introduces `X, a … dataset`. What is
called a framework, an agent or a study, and what is called nothing, has no name here: nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .latex import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["model", "dataset", "benchmark"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LONGEST = 40
"""Letters of the longest name that a rule takes."""
_MOST_TOKENS = 4
_PHRASE = 90
_TOKEN = r"[A-Za-z0-9][\w.+'-]*"  # noqa: S105 - a pattern
_NAME = rf"{_TOKEN}(?: {_TOKEN}){{0,{_MOST_TOKENS - 1}}}"
_TITLE = re.compile(rf"({_NAME})(?: \(([^()]{{1,{LONGEST}}})\))?\s?[:—–](?!//) ?(.+)")
_HEADS: dict[str, Kind] = {
    **dict.fromkeys(
        ("model", "llm", "vlm", "mllm", "lvlm", "lmm", "slm", "fm", "network", "transformer", "encoder", "gpt", "bert"), "model"
    ),
    **dict.fromkeys(("dataset", "data set", "corpus", "datasets"), "dataset"),
    **dict.fromkeys(("benchmark", "testbed"), "benchmark"),
}
"""The last word of what a thing is said to be, and the kind that it says."""
_OTHER = _set(
    "agent agents framework frameworks system systems pipeline platform toolkit tool tools method approach survey review study "
    "overview library assistant challenge strategy paradigm algorithm simulator environment workflow architecture interface "
    "perspective tutorial"
)
_FAMILY = re.compile(r"(?:family|suite|series|collection) of (?:[\w-]+ ){0,4}(models|benchmarks|datasets)\b", re.IGNORECASE)
_STOP = re.compile(
    r"\s+(?:for|of|in|on|with|from|to|that|which|via|using|by|towards?|through|across|under|as|at|based|trained|built|designed|powered|"
    r"capable|enabling|grounded|comprising|containing|covering|featuring|is|are|and|without|within|beyond|when|where|against|about|"
    r"driven|tailored|consisting|spanning|pretrained|specialized|specialised|we|has|can|it|released)\b|[,;:.?!()—–]|\s-+\s",
    re.IGNORECASE,
)
_LEANING = re.compile(r"based|driven|powered|grounded|tailored", re.IGNORECASE)
"""After these a noun says what leads the thing (`an LLM based approach`), not what it is."""
_VERSION = re.compile(r"(?:v|V)?\d+(?:\.\d+)*[A-Za-z]?|II|III|XL|Pro|Large|Base|Mini|Plus|Ultra")
_ENDING = re.compile(
    r"(Bench|Benchmark)(?:[-_ ]?[vV]?\d[\d.]*|-[A-Z]{1,4})?$|"
    r"(GPT|BERT|LLaMA|Llama|LLaVA|CLIP|Mamba|Qwen|Gemma|PaLM|(?<=[a-z])LM|[A-Z][a-z]+Net)(?:[-_ ]?[vV]?\d[\w.]*)?$"
)
_NOT_ENDINGS = re.compile(
    r"(?:chat|open)?gpt\W?\d*|(?:llm|vlm|mllm|clip|bert|llama|llava|mamba|qwen|gemma|palm)s?\W?\d*|.*\bvs\b.*", re.IGNORECASE
)
_KNOWN = _set(
    "ai ml dl nlp nlu llm llms vlm vlms mllm mllms lvlm lvlms lmm lmms fm fms slm slms gpt chatgpt bert clip sam sam2 llama vit cnn "
    "cnns gan gans rag rl rlhf ehr ehrs emr mri ct pet ecg eeg icu icd icd-10 vqa qa cxr wsi wsis ner kg kgs covid covid-19 us uk "
    "usmle fda ivf tcm nhs fmri pubmed arxiv gemini claude deepseek deepseek-r1 qwen gpt-3 gpt-3.5 gpt-4 gpt-4o gpt-4v gpt-5 o1 o3 "
    "agi xai hipaa iot ar vr xr dna rna mrna snp mllm-based 2d 3d 4d x-ray x-rays ocr api apis chatgpt-4 i ii iii iv a an the"
)
"""What papers are about, and not what they introduce."""
_JOINED = re.compile(
    r"(?:[\w.]+-)+(?:based|driven|powered|guided|enhanced|assisted|aware|augmented|specific|level|scale|shot|free|in|to|and|ray|19|oriented|"
    r"informed|centric|agnostic|supervised|tuned|tuning|training|language|image|text|time|world|grained|like|ready|generated|as|or|modal|the|art|end|step)",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\b(?:of|in|for|and|with|to|the|vs\.?|versus|or|is|are|on|from|as|by|at|meets?|can|do|does|an|not|but|via)\b")
_DULL = _set(
    "towards toward survey review part on from beyond study introduction overview perspective position paper report tutorial "
    "editorial commentary case preprint appendix abstract chapter section supplement supplementary response comment note notes task "
    "challenge shared workshop proceedings"
)
_SAYS = (
    r"(?:[Ww]e|[Tt]his (?:paper|work|study|article|report)|[Hh]ere,? we|[Aa]uthors)"
    r"(?: (?:first|further|therefore|thus|then|also|additionally|here))?,? "
    r"(?:have )?(?:present|introduce|propose|develop|release|describe|construct|build|built|create|curate|design|establish|report|unveil|"
    r"launch|contribute)"
    r"(?:e?d|s)?"
)
_INTRODUCED = re.compile(
    rf"{_SAYS} (?:\\?[\"“'])?({_NAME})(?:[\"”'])?(?: \(([^()]{{1,80}})\))?,? (?:which is |is )?"
    rf"(?:an?|the(?: first)?|our|one of the) ([^.]{{3,{_PHRASE}}})"
)
_CALLED = re.compile(
    rf"{_SAYS} (?:an?|the(?: first)?|our) ([^.,]{{3,{_PHRASE}}}?),? (?:called|named|termed|dubbed|which we (?:call|name|term)) "
    rf"(?:[\"“'])?({_NAME})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name and its kind; `words` of the text say so, `where` they stand: title, name or abstract; `said` is what follows the name."""

    name: str
    kind: Kind
    words: str
    where: Literal["title", "name", "abstract"]
    said: str = ""


def _telling(token: str) -> bool:
    """Whether a word looks made up: capitals inside, several of them, or letters and digits; and is not what everybody writes about."""
    if token.lower().rstrip(".") in _KNOWN or _JOINED.fullmatch(token):
        return False
    letters = re.sub(r"[^A-Za-z]", "", token)
    if len(letters) < 2:  # noqa: PLR2004 - one letter is no name
        return False
    parts = [p for p in re.split(r"[-.+_']", token) if p]
    if len(parts) > 1 and all(p.lower() in _KNOWN or p.islower() for p in parts):
        return False
    return any(re.search(r"[a-z][A-Z]|[A-Z]{2}|[A-Za-z]\d|\d[A-Za-z]|^[a-z]+[A-Z]", p) for p in parts) and not re.fullmatch(
        r"\d+(?:st|nd|rd|th|D|s)", token
    )


def looks_named(text: str, *, defined: bool = False) -> bool:
    """Whether these words can be a name; where it is defined (`X: a …`), one capitalised word or two joined ones are enough."""
    tokens = text.split()
    if (
        not tokens
        or len(text) > LONGEST
        or _SMALL.search(text)
        or tokens[0].lower() in _DULL
        or text.lower() in _KNOWN
        or ". " in text
        or text.endswith(("'s", "-", "."))
    ):
        return False
    first, rest = tokens[0], tokens[1:]
    if _telling(first):
        return all(_telling(t) or _VERSION.fullmatch(t) for t in rest)
    if not defined or any(not (_telling(t) or _VERSION.fullmatch(t)) for t in rest):
        return False
    if rest and any(map(_telling, rest)):
        return bool(re.fullmatch(r"[A-Z][a-z]+|[A-Z]+", first)) and first.lower() not in _KNOWN and not first.endswith("ing")
    return bool(re.fullmatch(r"[A-Z][a-z]{2,}(?:-[A-Z][a-z]+)?", first)) and not _JOINED.fullmatch(first)


def _head(phrase: str) -> tuple[Kind | None, str]:
    """What a phrase says that a thing is, with the words, or that it is something else (its word, no kind)."""
    if m := _FAMILY.search(phrase[:_PHRASE]):
        return _HEADS[m[1].lower().rstrip("s")], m[0]
    stop = _STOP.search(phrase)
    if stop and _LEANING.fullmatch(stop[0].strip()):
        return None, ""
    body = phrase[: stop.start() if stop else None].replace("/", " ").strip()
    words = body.split()
    if not words:
        return None, ""
    last = words[-1].lower().strip("\"'“”")
    if "-" in last:
        last = last.rpartition("-")[2]
    if len(words) > 1 and " ".join(words[-2:]).lower() == "data set":
        return "dataset", " ".join(words[-2:])
    return _HEADS.get(last), " ".join(words[-2:]) if last in _HEADS else (last if last in _OTHER else "")


_ARTICLE = re.compile(r"(?:an?|the(?: first)?|our)\s+", re.IGNORECASE)
_TESTING = re.compile(r"(Benchmarking)\b", re.IGNORECASE)
_GERUND = re.compile(
    r"[A-Z]?[a-z-]+ing\b|"
    r"Build\b|Use\b|Train\b|Make\b|Your\b|Towards?\b|How\b|What\b|Why\b|Can\b|Do\b|Is\b|Are\b|From\b|On\b|When\b|Beyond\b|"
    r"Large Language Models\b",
    re.IGNORECASE,
)


def _of_title(title: str) -> Named | None:
    m = _TITLE.fullmatch(title)
    if not m:
        return None
    name, inside, rest = m[1].strip(), m[2] or "", m[3].strip()
    article = _ARTICLE.match(rest)
    kind, words = _head(rest[article.end() :] if article else rest) if article or not _GERUND.match(rest) else (None, "")
    defined = bool(article and kind)
    if not looks_named(name, defined=defined):
        if not (inside and looks_named(inside)) or name.lower() in _DULL:
            return None
        name = inside
    if kind == "dataset" and (ending := by_ending(name, rest)) and ending.kind == "benchmark":
        kind = "benchmark"
    if kind:
        return Named(name=name, kind=kind, words=words, where="title", said=rest)
    if words:
        return None
    if t := _TESTING.match(rest):
        return Named(name=name, kind="benchmark", words=t[1], where="title", said=rest)
    return by_ending(name, rest)


def by_ending(name: str, rest: str = "") -> Named | None:
    """The kind that the end of a name says: `PhysBench` is a benchmark, `BioCLIP` a model; None where it says none."""
    if (m := _ENDING.search(name)) and not _NOT_ENDINGS.fullmatch(name):
        return Named(name=name, kind="benchmark" if m[1] else "model", words=m[1] or m[2], where="name", said=rest)
    return None


def _of_abstract(abstract: str) -> Iterator[Named]:
    for m in _INTRODUCED.finditer(abstract):
        kind, words = _head(m[3])
        for name in (m[1], m[2] or ""):
            if kind and looks_named(name):
                yield Named(name=name, kind=kind, words=words, where="abstract", said=m[3])
                break
    for m in _CALLED.finditer(abstract):
        kind, words = _head(m[1])
        name = next((n for n in _shorter(m[2]) if looks_named(n)), "")
        if kind and name:
            yield Named(name=name, kind=kind, words=words, where="abstract", said=m[1])


def _shorter(text: str) -> Iterator[str]:
    """A run of words, then the same with ever fewer at its end."""
    tokens = text.rstrip(".'").split()
    yield from (" ".join(tokens[:n]) for n in range(len(tokens), 0, -1))


def named(title: str, abstract: str = "") -> tuple[Named, ...]:
    """Every model, dataset and benchmark that a paper introduces by name, the title's first; each name once.

    `title` and `abstract` are normal texts (see `latex`); very long ones are read in part.
    """
    title, abstract = plain(title)[:700], plain(abstract)[:20_000]
    of_title = _of_title(title)
    found = list(_of_abstract(abstract))
    if not of_title and (m := _TITLE.fullmatch(title)) and looks_named(m[1]):
        found = [f for f in found if f.name == m[1]] + [f for f in found if f.name != m[1]]
    out: dict[str, Named] = {}
    for one in [*([of_title] if of_title else []), *found]:
        out.setdefault(one.name.casefold(), one)
    return tuple(out.values())
