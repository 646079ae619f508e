"""Reference lists in every dialect, and the identifiers that are there and only those."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgement import DATA
from livre.citations.bbl import references
from livre.citations.detex import plain, settled, uncommented
from livre.citations.named import identifiers
from livre.errors import Malformed

REFS = Path(DATA) / "refs"


def ids(text: str) -> list[str]:
    return [str(i) for i in identifiers(text)]


def named(tex: str) -> list[str]:
    return ids(plain(settled(uncommented(tex))))


def listed(tex: str, name: str = "main.bbl") -> list[list[str]]:
    return [[str(i) for i in r.identifiers] for r in references({name: tex})]


def thebibliography(*items: str) -> str:
    return "\\begin{thebibliography}{9}\n" + "\n\n".join(items) + "\n\\end{thebibliography}\n"


@pytest.mark.parametrize(
    "text",
    [
        "arXiv:2503.02104",
        "arXiv: 2503.02104v2.",
        "arxiv preprint arXiv:2503.02104, 2025",
        "arXiv e-prints, p. arXiv:2503.02104",
        "ArXiv preprint 2503.02104",
        "arXiv:2503.02104 [cs.CV]",
        "[arXiv:2503.02104 [hep-ph]].",
        "J. Ex. 1, 2 (2025), 2503.02104 [hep-ph]",
        "CoRR, abs/2503.02104, 2025",
        "volume abs/2503.02104",
        "https://arxiv.org/abs/2503.02104v1",
        "http://arxiv.org/pdf/2503.02104v2.pdf",
        "arxiv.org/2503.02104",
        "https://ar5iv.labs.arxiv.org/html/2503.02104",
        "https://huggingface.co/papers/2503.02104",
        "https://www.alphaxiv.org/abs/2503.02104",
        "https://doi.org/10.48550/arXiv.2503.02104",
        "doi:10.48550/ARXIV.2503.02104",
        "doi: 10.48550/arxiv.2503.02104, arXiv: 2503.02104",
        "eprint 2503.02104",
        "arXiv:cs.CV/2503.02104",
        "arXiv:2503. 02104",
        "arXiv-2503.02104",
        "arXiv (Cornell University), 2503.02104",
        "[2503.02104]",
        "Ada Example (2025), 2503.02104 .",
        "J. Ex. 567, 76 (2026), 2503.02104.",
        "A. Example and B. Example, Of dragons, 2503.02104.",
        "https://ui.adsabs.harvard.edu/abs/2025arXiv250302104E",
    ],
)
def test_an_arxiv_id_is_found_however_it_is_written(text):
    assert ids(text) == ["arxiv:2503.02104"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hep-th/9901001", "hep-th/9901001"),
        ("[hep-th/9901001]", "hep-th/9901001"),
        ("arXiv:hep-th/9901001v3 [hep-th]", "hep-th/9901001"),
        ("http://xxx.lanl.gov/abs/cond-mat/9901001", "cond-mat/9901001"),
        ("arXiv:math.GT/0211159", "math/0211159"),
        ("cs.AI/0503050", "cs/0503050"),
        ("10.48550/arXiv.quant-ph/0205133", "quant-ph/0205133"),
        ("[Archives -physics/0406126]", "physics/0406126"),
        ("arXiv:0704.0001", "0704.0001"),
        ("arXiv:1412.6980", "1412.6980"),
    ],
)
def test_ids_of_old_are_found(text, found):
    assert ids(text) == [f"arxiv:{found}"]


@pytest.mark.parametrize(
    "text",
    [
        "pp. 1234.5678",
        "Nature 2503.02104",
        "pages 1207.2389--1209.1",
        "12.03.2015, 1503.02104, 77",
        "ISSN 2331-8422",
        "ISBN 978-3-319-24574-4",
        "CERN-TH/9901001",
        "hep-th/9913001",
        "hep-th/0801001",
        "hep-th/9901000",
        "https://example.org/math/0211159",
        "https://example.org/2503.02104",
        "https://example.org/abs/2503.02104",
        "arXiv:2503.2104",
        "arXiv:1409.04232",
        "arXiv:2513.02104",
        "arXiv:2503.00000",
        "arXiv:2503.021045",
        "arXiv preprint, November 2025",
        "arXiv, vol. 12, issue 2, report 2503.02104",
        "(2019), 2503.02104.",
        "J. Ex. 7 (1999), 1103.0210.",
        "DOI 10.1145/nnnnnnn.nnnnnnn",
        "10.1016/j",
        "section 10.1000 / 12",
        "110.1038/s41586-023-06291-2",
        "doi:10.1234567890/x1",
        "https://www.pnas.org/lookup/suppl/doi:10.1073/pnas.1611835114",
        "See Supplemental Material at http://link.aps.org/supplemental/10.1103/PhysRevB.1.1 for details",
        "supplementary material: 10.1371/journal.pone.0012345",
        "10.1371/journal.pone.0012345.s001",
        "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        "10.1038/größe1",
    ],
)
def test_what_only_looks_like_an_identifier_is_none(text):
    assert ids(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("doi:10.1038/s41586-023-06291-2.", "10.1038/s41586-023-06291-2"),
        ("https://doi.org/10.1145/1571941.1572114", "10.1145/1571941.1572114"),
        ("(https://doi.org/10.1016/S0370-2693(99)01277-0).", "10.1016/s0370-2693(99)01277-0"),
        ("doi:https://doi.org/10.1111/j.1467-8659.2011.02064.x.", "10.1111/j.1467-8659.2011.02064.x"),
        ("10.1088/1126-6708/2006/10/031,arXiv", "10.1088/1126-6708/2006/10/031"),
        ("10.1007/JHEP01(2010)042 [x]", "10.1007/jhep01(2010)042"),
        ("10.1103/PhysRevD.101.066006[arXiv:hep]", "10.1103/physrevd.101.066006"),
        ("10.1890/0012-9658(2006)87[2418:TSIOSA]2.0.CO;2", "10.1890/0012-9658(2006)87[2418:tsiosa]2.0.co;2"),
        ("10.1038/nature14539;", "10.1038/nature14539"),
        ("10.1038/nature14539.URL", "10.1038/nature14539"),
        ("10.1038/nature14539https://x.org", "10.1038/nature14539"),
        ("“doi:10.1038/nature14539”", "10.1038/nature14539"),
        ("10.1109/ CVPR.2011.5995347", "10.1109/cvpr.2011.5995347"),
        ("10.1007/978–3–319–24574–4_28", "10.1007/978-3-319-24574-4_28"),
        ("https://link.springer.com/chapter/10.1007/978-3-319-24574-4_28", "10.1007/978-3-319-24574-4_28"),
        ("https://onlinelibrary.wiley.com/doi/abs/10.1002/mp.13264", "10.1002/mp.13264"),
        ("https://www.pnas.org/doi/10.1073/pnas.1611835114/full", "10.1073/pnas.1611835114"),
        ("https://dl.acm.org/doi/10.1145/3292500.3330701?download=true", "10.1145/3292500.3330701"),
        ("https://iopscience.iop.org/article/10.1088/1361-6560/ab1234/meta", "10.1088/1361-6560/ab1234"),
        ("https://www.medrxiv.org/content/10.64898/2026.03.23.26348808v2", "10.64898/2026.03.23.26348808"),
        ("https://www.biorxiv.org/content/10.1101/2020.05.01.073262v1.full.pdf", "10.1101/2020.05.01.073262"),
        ("10.1016/S2589-7500(20)30001-2/fulltext", "10.1016/s2589-7500(20)30001-2"),
        ("https://link.springer.com/content/pdf/10.1007/s00330-019-06205-9.pdf", "10.1007/s00330-019-06205-9"),
        ("https://doi.org/10.1016%2Fj.cell.2019.01.001", "10.1016/j.cell.2019.01.001"),
        ("Nucl. Phys. B Proc. Suppl. 46 (1996), doi:10.1016/0920-5632(96)00015-1", "10.1016/0920-5632(96)00015-1"),
    ],
)
def test_a_doi_ends_where_it_ends(text, found):
    assert ids(text) == [f"doi:{found}"]


def test_several_identifiers_in_a_row_are_all_found():
    assert ids("arXiv:2503.00001, 2503.00002 and 2503.00003v2; 1412.6980") == ["arxiv:2503.00001", "arxiv:2503.00002", "arxiv:2503.00003"]
    assert ids("10.1000/one1;10.1000/two2, 10.1000/three3https://doi.org/10.1000/four4") == [
        "doi:10.1000/four4", "doi:10.1000/one1", "doi:10.1000/three3", "doi:10.1000/two2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"\doi{10.1007/978-3-319-24574-4\_28}", "doi:10.1007/978-3-319-24574-4_28"),
        (r"10.1007/978-3-319-24574-4{\_}28.", "doi:10.1007/978-3-319-24574-4_28"),
        (r"10.1007/978-3-319-24574-4$\_$28.", "doi:10.1007/978-3-319-24574-4_28"),
        (r"doi: 10.1007/978-3-319-24574-4{\textunderscore }28", "doi:10.1007/978-3-319-24574-4_28"),
        (r"\path{doi:10.1109/5.771073}", "doi:10.1109/5.771073"),
        (r"10.1109\slash 5.771073", "doi:10.1109/5.771073"),
        (r"10.1109\/5.771073", "doi:10.1109/5.771073"),
        ("\\url{https://doi.org/10.1109/5.7%\n  71073}", "doi:10.1109/5.771073"),
        (r"\href{https://doi.org/10.1109/5.771073}{\emph{J. Ex.} 5}", "doi:10.1109/5.771073"),
        (r"\href {\doibase 10.1109/5.771073} {\bibfield {journal} {\bibinfo {journal} {J. Ex.}\ }}", "doi:10.1109/5.771073"),
        (r"\bibinfo{doi}{10.1109/5.771073}", "doi:10.1109/5.771073"),
        (r"\url{https://doi.org/10.1016%2Fj.ex.2019.01}", "doi:10.1016/j.ex.2019.01"),
        (r"\url{https://doi.org/10.1109/5.\allowbreak{}771073}", "doi:10.1109/5.771073"),
        (r"\href{https://arxiv.org/abs/2503.02104}{Title}", "arxiv:2503.02104"),
        (r"\Eprint {http://arxiv.org/abs/2503.02104} {arXiv:2503.02104 [hep-ph]}", "arxiv:2503.02104"),
        (r"\eprint{2503.02104}", "arxiv:2503.02104"),
        (r"\arxiv{hep-th/9901001}", "arxiv:hep-th/9901001"),
        (r"\bibinfo{eprint}{2503.02104}", "arxiv:2503.02104"),
        (r"[\href{http://arxiv.org/abs/1207.2389}{{\tt 1207.2389}}]", "arxiv:1207.2389"),
        (r"\newblock {\em arXiv preprint arXiv:2503.02104}, 2025.", "arxiv:2503.02104"),
        ("{arXiv}:2503.02104", "arxiv:2503.02104"),
        ("arXiv:\n  2503.02104", "arxiv:2503.02104"),
        ("\\url{http://arxiv.org/abs/%\n2503.02104}", "arxiv:2503.02104"),
    ],
)
def test_tex_does_not_hide_an_identifier(tex, found):
    assert named(tex) == [found]


def test_a_comment_names_nothing_and_an_escaped_percent_is_none():
    assert named("5\\% of it % arXiv:2503.02104\n done, arXiv:2503.00001") == ["arxiv:2503.00001"]
    assert named("100\\\\% arXiv:2503.02104") == []
    assert uncommented("a%b\n   c %20 d\n\\url{http://x.org/%20e}") == "ac \\url{http://x.org/%20e}"


def test_what_is_switched_off_names_nothing():
    tex = (
        "\\bibitem{a} A.\n\\begin{comment}\n\\bibitem{b} B.\n\\end{comment}\n\\iffalse\\bibitem{c} C.\\fi\n\\bibitem{d} D. \\begin{comment}"
    )
    assert [r.text for r in references({"main.bbl": thebibliography(tex)})] == ["A.", "D."]


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("Ada Example.\n\\newblock A {B}ook of dragons, June 2099.\n\\newblock {\\em J. Ex.}, 2099.", "A Book of dragons"),
        (
            "Ada Example. 2099.\n\\newblock \\href{https://doi.org/10.1/x1}{A book of dragons}.\n\\newblock In \\emph{Ex}.",
            "A book of dragons",
        ),
        ("\\bibinfo{author}{Example, A.}, \\bibinfo {title} {A book of {D}ragons},\n\\bibinfo{journal}{J. Ex.}", "A book of Dragons"),
        ("\\bibfield{author}{A. E.} 2099.\n\\newblock \\showarticletitle{A book of dragons}.\n\\newblock", "A book of dragons"),
        ("A.~Example, ``A book of dragons,'' \\emph{J. Ex.}, 2099.", "A book of dragons"),
        ("A. Example, “A book of dragons,” J. Ex., 2099.", "A book of dragons"),
        ("Example, A.: A book of dragons. J. Ex. (2099)", ""),
    ],
    ids=["plain", "acl", "elsevier", "acm", "ieee", "quoted", "unmarked"],
)
def test_a_title_is_what_the_style_marks(item, title):
    (reference,) = references({"main.bbl": thebibliography(f"\\bibitem[{{E}}(2099)]{{a}}\n{item}")})
    assert reference.title == title
    assert "A book of" in reference.text.replace("Book", "book")


REVTEX = r"""\bibitem [{\citenamefont {Example}(2099)}]{a}%
  \BibitemOpen
  \bibfield  {author} {\bibinfo {author} {\bibfnamefont {A.}~\bibnamefont {Example}},\ }\bibfield  {title} {\bibinfo {title} {{Of dragons
  and beyond}},\ }\href {https://doi.org/10.22331/q-2099-08-06-79} {\bibfield  {journal} {\bibinfo  {journal} {J. Ex.}\ }\textbf
  {\bibinfo {volume} {2}},\ \bibinfo {pages} {79} (\bibinfo {year} {2099})},\ \Eprint {https://arxiv.org/abs/1801.00862}
  {arXiv:1801.00862} \BibitemShut {NoStop}%
"""
ACM = r"""\bibitem[Example et~al\mbox{.}(2099)]%
        {a}
\bibfield{author}{\bibinfo{person}{Ada Example}.} \bibinfo{year}{2099}\natexlab{}.
\newblock \showarticletitle{Of dragons and beyond}. In \bibinfo{booktitle}{\emph{Ex}}. \bibinfo{pages}{41--86}.
\newblock
\urldef\tempurl%
\url{https://doi.org/10.22331/q-2099-08-06-79}
\showDOI{\tempurl}
\newblock
\showeprint[arxiv]{1801.00862}
"""
SPRINGER = r"""\bibitem[\protect\citeauthoryear{Example}{2099}]{a}
\begin{barticle}
\bauthor{\bsnm{Example}, \binits{A.}}:
\batitle{Of dragons and beyond}.
\bjtitle{J. Ex.}
\bvolume{2},
\bfpage{79}
(\byear{2099})
\doiurl{10.22331/q-2099-08-06-79}.
\arxivurl{arXiv:1801.00862}
\end{barticle}
\endbibitem
"""
AAS = r"""\bibitem[{{Example} {et~al.}(2099)}]{a}
{Example}, A. 2099, Of dragons and beyond, \jex, 2, 79, \dodoi{10.22331/q-2099-08-06-79}. \doarXiv{1801.00862}
"""
ELSEVIER = r"""\bibitem{a}
A.~Example, \href {https://doi.org/10.22331/q-2099-08-06-79} {Of dragons and beyond}, J. Ex. 2~(7) (2099) 79.
\newblock \href {http://arxiv.org/abs/1801.00862} {\path{arXiv:1801.00862}}, \href {https://doi.org/10.22331/q-2099-08-06-79}
  {\path{doi:10.22331/q-2099-08-06-79}}.
"""
MNRAS = r"""\bibitem[\protect\citeauthoryear{Example}{Example}{2099}]{a}
Example A.,  2099, Of dragons and beyond, \mn@doi [J. Ex.] {10.22331/q-2099-08-06-79}, \mn@eprint {arXiv} {1801.00862}
"""
SEVERAL = {"REVTeX": REVTEX, "ACM": ACM, "Springer": SPRINGER, "AAS": AAS, "Elsevier": ELSEVIER, "MNRAS": MNRAS}


@pytest.mark.parametrize("item", SEVERAL.values(), ids=SEVERAL)
def test_every_publisher_s_style_is_read(item):
    (reference,) = references({"main.bbl": thebibliography(item)})
    assert [str(i) for i in reference.identifiers] == ["arxiv:1801.00862", "doi:10.22331/q-2099-08-06-79"]
    assert "Of dragons and beyond" in reference.text
    assert "Example" in reference.text
    assert "\\" not in reference.text
    if item in {REVTEX, ACM, SPRINGER}:
        assert reference.title == "Of dragons and beyond"


def test_a_label_may_hold_brackets_and_braces():
    tex = thebibliography(
        "\\bibitem[{\\citenamefont{Example}\\ \\emph{et~al.}[1](2099)}]{a}%\n  arXiv:2503.00001",
        "\\bibitem [{Ex(2099)}]{b}arXiv:2503.00002",
        "\\bibitem\n  {c} arXiv:2503.00003",
        "\\harvarditem{Example}{2099}{d} arXiv:2503.00004",
    )
    assert listed(tex) == [[f"arxiv:2503.0000{n}"] for n in (1, 2, 3, 4)]


def test_definitions_and_commented_items_are_no_references():
    tex = "\\def\\bibitem#1{x}\n\\providecommand{\\BibitemOpen}{}\n" + thebibliography(
        "\\bibitemdeclare{x}{y}%\n\\bibitem{a} arXiv:2503.00001 \\bibitemStop", "%\\bibitem{b} arXiv:2503.00002"
    )
    assert listed(tex) == [["arxiv:2503.00001"]]


BIBLATEX = r"""% $ biblatex bbl format version 3.3 $
\refsection{0}
  \datalist[entry]{none/global//global/global/global}
    \entry{a}{article}{}{}
      \name{author}{1}{}{%
        {{hash=1}{%
           family={Exämple},
           familyi={E\bibinitperiod},
           given={Ada}}}%
      }
      \field{eprinttype}{arXiv}
      \field{title}{A {B}ook}
      \field{subtitle}{of dragons}
      \field{abstract}{As in arXiv:2503.09999}
      \field{year}{2099}
      \verb{eprint}
      \verb 2503.00001
      \endverb
      \verb{doi}
      \verb 10.1007/978-3-319-24574-4\_28
      \endverb
    \endentry
    \entry{b}{misc}{dataonly}{}
      \field{title}{A parent}
    \endentry
    \entry{c}{misc}{}{}
      \field{eprinttype}{pubmed}
      \verb{eprint}
      \verb 31946205
      \endverb
    \endentry
  \enddatalist
  \datalist[list]{shorthand/global//global/global}
    \entry{a}{article}{}{}
    \endentry
  \enddatalist
\endrefsection
"""


def test_biblatex_names_its_fields_and_each_entry_counts_once():
    first, second = references({"main.bbl": BIBLATEX})
    assert [str(i) for i in first.identifiers] == ["arxiv:2503.00001", "doi:10.1007/978-3-319-24574-4_28"]
    assert first.title == "A Book: of dragons"
    assert first.text.startswith("Exämple. A Book: of dragons. 2099. ")
    assert second.identifiers == ()


BIB = """@string{ex = "J. Ex."}
@article{One, title={A book of dragons}, author={Example, Ada}, journal=ex, eprint={2503.00001}, archiveprefix={arXiv}}
@article{two, title={Another}, author={Example, Bea}, doi={10.1000/two2}}
@misc{three, title={Never cited}, url={https://arxiv.org/abs/2503.00003}}
"""


def test_of_a_bib_file_only_what_is_cited_counts():
    tex = "\\cite[see][p. 2]{one} \\citep*{ two,\n four} % \\cite{three}"
    found = references({"main.tex": tex, "refs.bib": BIB})
    assert [[str(i) for i in r.identifiers] for r in found] == [["arxiv:2503.00001"], ["doi:10.1000/two2"]]
    assert found[0].title == "A book of dragons"
    assert len(references({"main.tex": "\\nocite{*}", "refs.bib": BIB})) == 3
    assert references({"refs.bib": BIB}) == ()


def test_what_is_typeset_comes_before_what_lies_about():
    bbl, inline = thebibliography("\\bibitem{a} arXiv:2503.00001"), thebibliography("\\bibitem{b} arXiv:2503.00002")
    root = "\\documentclass{x}\\bibliography{refs}"
    assert listed(inline, "main.tex") == [["arxiv:2503.00002"]]
    assert [
        len(references(files)) for files in ({"main.tex": root, "main.bbl": bbl, "refs.bib": BIB}, {"main.tex": root, "main.bbl": ""})
    ] == [1, 0]
    old = {"main.tex": root, "main.bbl": bbl, "old.bbl": inline}
    assert [str(r.identifiers[0]) for r in references(old)] == ["arxiv:2503.00001"]
    both = {"main.tex": "\\input{x}", "a.bbl": bbl, "b.bbl": inline}
    assert len(references(both)) == 2
    stale = {"main.tex": f"\\documentclass{{x}}{inline}", "main.bbl": bbl}
    assert [str(r.identifiers[0]) for r in references(stale)] == ["arxiv:2503.00002"]


def test_a_list_without_end_is_refused():
    with pytest.raises(Malformed, match="more than 10000"):
        references({"main.bbl": thebibliography("\\bibitem{} A." * 10_001)})


def test_the_end_of_a_very_long_reference_is_read():
    assert listed(thebibliography("\\bibitem{a} " + "A. Member, " * 3000 + "arXiv:2503.00001")) == [["arxiv:2503.00001"]]


ITEMS = [
    "\\bibitem{a} Ada Example. \\newblock A book. \\newblock \\emph{J. Ex.}, 31:\\penalty0 26--27, 2099. \\newblock \\doi{10.1000/one_1}.",
    "\\bibitem[{Example}(2099)]{b} A. Example, ``Of dragons,'' arXiv preprint arXiv:2503.00002, 2025.",
    "\\bibitem{c} \\href {https://doi.org/10.1103/PhysRevLett.1.1} {\\bibinfo {journal} {J. Ex.} } [hep-th/9901001].",
    "\\bibitem{d} B. Example. URL \\url{https://www.medrxiv.org/content/10.64898/2026.03.23.26348808v2}, pages 1234.5678.",
]
KNOWN = {"doi:10.1000/one_1", "arxiv:2503.00002", "doi:10.1103/physrevlett.1.1", "arxiv:hep-th/9901001", "doi:10.64898/2026.03.23.26348808"}


@given(st.permutations(ITEMS), st.randoms(use_true_random=False))
def test_neither_order_nor_wrapping_changes_what_is_found(items, rng):
    tex = thebibliography(*("".join(rng.choice([" ", "\n", "\n  ", "\t", "  "]) if c == " " else c for c in item) for item in items))
    found = listed(tex)
    assert {i for one in found for i in one} == KNOWN
    assert len(found) == 4


@given(st.text(alphabet="\\{}[]%$\n ~ab1/.:-(),<>&_'\"`", max_size=300))
def test_whatever_stands_in_a_list_it_is_read(text):
    tex = thebibliography(f"\\bibitem{{a}} {text}", "\\bibitem{b} arXiv:2503.00001")
    found = references({"main.bbl": tex, "main.tex": text, "refs.bib": text})
    assert all(r.text == " ".join(r.text.split()) for r in found)


@given(st.text(max_size=200))
def test_every_identifier_that_is_found_can_be_written_and_read_again(text):
    for one in identifiers(f"arXiv:{text} 10.1000/{text}"):
        assert type(one).parse(str(one)) == one


def loosely(text: str) -> set[str]:
    """Everything of the shape of an identifier, without any care: a count of its own, to hold the careful one against."""
    text = re.sub(r"%\n\s*", "", text).replace("\\_", "_")
    arxiv = {f"arxiv:{m}" for m in re.findall(r"(?<![\d.])\d{4}\.\d{5}(?!\d)", text)} | {
        f"arxiv:{m}" for m in re.findall(r"[a-z]+-[a-z]+/\d{7}", text)
    }
    dois = {f"doi:{m.rstrip('.').lower()}" for m in re.findall(r"10\.\d{4,9}/[^\s{}%,]+", text)}
    return arxiv | dois


@pytest.mark.data
@pytest.mark.skipif(not REFS.is_dir(), reason="the real reference lists are not here")
@pytest.mark.parametrize(
    ("name", "references_", "arxiv", "dois", "only_loosely"),
    [
        ("derm-agent/main.bbl", 11, 7, 3, set()),
        ("brainfm-profiler/main.excerpt.bbl", 15, 10, 5, {"doi:10.48550/arxiv.2306.03819", "doi:10.64898/2026.03.23.26348808v2"}),
        ("medical-skill-hub/main.excerpt.bbl", 3, 1, 2, {"doi:10.48550/arxiv.2402.03216"}),
    ],
)
def test_of_real_lists_every_identifier_is_found_and_no_other(name, references_, arxiv, dois, only_loosely):
    text = (REFS / name).read_text(encoding="utf-8")
    found = references({"main.bbl": text})
    ours = {str(i) for r in found for i in r.identifiers}
    assert (len(found), sum(i.startswith("arxiv") for i in ours), sum(i.startswith("doi") for i in ours)) == (references_, arxiv, dois)
    assert loosely(text) - ours == only_loosely
    assert ours - loosely(text) == {i.removesuffix("v2") for i in only_loosely if i.endswith("v2")}


@pytest.mark.data
@pytest.mark.skipif(not REFS.is_dir(), reason="the real reference lists are not here")
def test_every_format_that_biber_has_written_is_read():
    files = sorted((REFS / "biber-bbl-formats").glob("*.bbl"))
    found = {f.name: references({"main.bbl": f.read_text(encoding="utf-8")}) for f in files}
    assert len(found) == 21
    assert all(r.title and not r.identifiers and len(rs) in {1, 3} for rs in found.values() for r in rs)
    assert sum(rs[0].title == "The Fullness of Times" for rs in found.values()) == 20
