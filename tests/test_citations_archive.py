"""Hostile e-prints: each has an outcome, within time and memory, and touches nothing."""

from __future__ import annotations

import gzip
import io
import random
import resource
import subprocess
import sys
import tarfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livre.citations.archive import LIMITS, Limits, NoSource, members
from livre.citations.detex import text
from livre.errors import Malformed, SourceError, Unavailable

BBL = b"\\begin{thebibliography}{1}\n\\bibitem{a} Ada Example. arXiv:9901.00001.\n\\end{thebibliography}\n"
HTML = b"<!DOCTYPE html>\n<html><body>404</body></html>"


def entry(name: str, data: bytes = b"", **header: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in header.items():
        setattr(info, field, value)
    return info, data


def tar(*entries: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def header(kind: bytes, size: int, name: str = "x") -> bytes:
    """One header block by hand, whatever it promises."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, 0
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT)[:512])
    block[124:136] = b"%011o\0" % size if size >= 0 else b"\xff" * 12
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pax(records: bytes, then: bytes = b"") -> bytes:
    return header(b"x", len(records)) + records + bytes(-len(records) % 512) + then


def zeros(megabytes: int) -> bytes:
    """Gzipped zeros, made quickly: the same block again and again, and no checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)) * (megabytes - 1)


def nested(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = gzip.compress(data)
    return data


GOOD = gzip.compress(tar(entry("main.tex", b"\\documentclass{article}"), entry("main.bbl", BBL)))
FILES = tar(entry("main.bbl", BBL))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def million() -> bytes:
    """A million empty files, made quickly."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = tarfile.TarInfo("a.tex").tobuf(tarfile.GNU_FORMAT) * 1000
    return packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) + (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)) * 999


def read(data: bytes, **options: object) -> dict[str, bytes | None]:
    return {m.name: m.data for m in members(io.BytesIO(data), **options)}  # type: ignore[arg-type]


REFUSED = {
    "an empty answer": (b"", Unavailable),
    "a page instead": (HTML, Unavailable),
    "a gzipped page": (gzip.compress(HTML), Unavailable),
    "a page that begins with blanks": (b"\n\n  <html>", Unavailable),
    "a text instead": (b"Rate exceeded.", Unavailable),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", NoSource),
    "a gzipped PDF": (gzip.compress(b"%PDF-1.7\n" + bytes(2000)), NoSource),
    "PostScript": (gzip.compress(b"%!PS-Adobe-3.0"), NoSource),
    "gzipped nothing": (gzip.compress(b""), NoSource),
    "gzipped blanks": (gzip.compress(b"\r\n \n"), NoSource),
    "a gzip bomb": (zeros(500), Malformed),
    "a bomb of one letter": (gzip.compress(b"a" * 30_000_000), Malformed),
    "a tar bomb": (gzip.compress(tar(entry("a.tex", bytes(100_000_000)))), Malformed),
    "a tar bomb of pictures": (gzip.compress(tar(*[entry(f"{n}.png", bytes(9_000_000)) for n in range(9)])), Malformed),
    "gzip in gzip in gzip": (nested(FILES, 3), Malformed),
    "gzip forty times over": (nested(FILES, 40), Malformed),
    "a bomb in a bomb": (gzip.compress(zeros(500)), Malformed),
    "a million files": (million(), Malformed),
    "six thousand files": (tar(*[entry(f"{n}.tex") for n in range(6000)]), Malformed),
    "six thousand gzip members": (gzip.compress(b"") * 6000 + gzip.compress(FILES), Malformed),
    "cut off in the middle": (GOOD[: len(GOOD) // 2], Malformed),
    "cut off before the checksum": (GOOD[:-8], Malformed),
    "cut off by a byte": (GOOD[:-1], Malformed),
    "cut off in its first bytes": (GOOD[:5], Malformed),
    "a tar cut off in a file": (gzip.compress(FILES[:600]), Malformed),
    "a tar cut off in a header": (gzip.compress(FILES + b"")[:40], Malformed),
    "a wrong checksum": (flipped(GOOD, len(GOOD) - 6), Malformed),
    "a wrong length": (flipped(GOOD, len(GOOD) - 2), Malformed),
    "a flipped bit": (flipped(GOOD, len(GOOD) // 2), Malformed),
    "a second header that is none": (FILES[:1024] + b"\x01" * 512 + FILES[1024:], Malformed),
    "a negative size": (FILES[:1024] + header(b"0", -1, "b.tex"), Malformed),
    "a size of eight gigabytes": (FILES[:1024] + header(b"0", 0o77777777777, "b.tex"), Malformed),
    "an extended header of a gigabyte": (header(b"x", 1 << 30) + bytes(4096), Malformed),
    "a long name of a gigabyte": (header(b"L", 1 << 30) + bytes(4096), Malformed),
    "an extended header that lies about its length": (pax(b"999999 path=main.bbl\n", FILES), Malformed),
    "an extended header of no length": (pax(b"0 path=main.bbl\n", FILES), Malformed),
    "an extended header at the end": (pax(b"17 path=main.bbl\n"), Malformed),
    "bytes that are nothing": (bytes(range(256)) * 8, Malformed),
    "text with NULs": (b"\\documentclass\0{article}" * 40, Malformed),
    "zip": (b"PK\x03\x04" + bytes(600), Malformed),
    "gzip with an unknown method": (b"\x1f\x8b\x09" + bytes(600), Malformed),
}


@pytest.mark.parametrize(("data", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_e_print_is_refused_with_a_reason(data, error):
    with pytest.raises(error) as raised:
        read(data)
    assert type(raised.value) is error
    assert 5 < len(str(raised.value)) < 120


PASSED_OVER = {
    "a symbolic link": entry("main.bbl", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "a hard link": entry("main.bbl", type=tarfile.LNKTYPE, linkname="other.bbl"),
    "a character device": entry("main.bbl", type=tarfile.CHRTYPE, devmajor=1, devminor=5),
    "a block device": entry("main.bbl", type=tarfile.BLKTYPE),
    "a pipe": entry("main.bbl", type=tarfile.FIFOTYPE),
    "a folder": entry("main.bbl", type=tarfile.DIRTYPE),
    "an absolute path": entry("/etc/main.bbl", b"no"),
    "a path upwards": entry("a/../../main.bbl", b"no"),
    "a path of Windows": entry("C:\\main.bbl", b"no"),
    "a hidden file": entry("._main.bbl", b"no"),
    "a name with a control": entry("a\x1b[2J.bbl", b"no"),
    "a name with a line end": entry("a\nb.bbl", b"no"),
    "a name that turns round": entry("\u202elbb.bbl", b"no"),
    "a very long name": entry("a/" * 400 + "main.bbl", b"no"),
    "a name that is no UTF-8": entry("\udcff.bbl", b"no"),
    "a picture": entry("main.png", b"no"),
    "a program": entry("main.bbl.exe", b"no"),
    "a sparse file": entry("main.bbl", b"no", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}),
    "a sparse file of old": entry("main.bbl", b"no", type=tarfile.GNUTYPE_SPARSE),
    "an unknown kind": entry("main.bbl", b"no", type=b"Q"),
}


@pytest.mark.parametrize("odd", PASSED_OVER.values(), ids=PASSED_OVER)
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
def test_what_is_no_plain_file_of_tex_is_passed_over(odd, form):
    data = tar(entry("first.bbl", b"1"), odd, entry("last.bbl", b"2"), form=form)
    assert read(data) == {"first.bbl": b"1", "last.bbl": b"2"} | (
        {"main.bbl": b"no"} if odd[0].pax_headers and form != tarfile.PAX_FORMAT else {}
    )


def test_a_link_has_no_contents_whatever_its_header_says():
    link = header(tarfile.SYMTYPE, 512, "main.bbl")
    assert read(link + FILES) == {"main.bbl": BBL}


def test_a_sparse_file_with_more_headers_is_passed_over():
    first = bytearray(header(tarfile.GNUTYPE_SPARSE, 512, "main.bbl"))
    first[482] = 1
    first[148:156] = b" " * 8
    first[148:156] = b"%06o\0 " % sum(first)
    more = bytearray(512)
    more[504] = 1
    assert read(bytes(first + more) + bytes(512) + b"x" * 512 + FILES) == {"main.bbl": BBL}


@pytest.mark.parametrize("data", [GOOD, gzip.decompress(GOOD), gzip.compress(GOOD)], ids=["gzipped", "plain", "gzipped twice"])
def test_the_files_of_tex_are_read_however_the_answer_was_packed(data):
    assert read(data) == {"main.tex": b"\\documentclass{article}", "main.bbl": BBL}


def test_one_gzipped_file_is_the_tex_itself():
    assert read(gzip.compress(BBL)) == {"main.tex": BBL}
    assert read(BBL) == {"main.tex": BBL}


def test_gzip_members_one_after_another_are_one_file():
    assert read(gzip.compress(BBL[:10]) + gzip.compress(BBL[10:]) + b"what follows") == {"main.tex": BBL}


def test_long_names_are_read_in_both_dialects():
    name = "folder/" * 20 + "main.bbl"
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        assert read(tar(entry(name, BBL), form=form)) == {name: BBL}


def test_a_file_too_large_is_named_and_not_held():
    data = tar(entry("big.bib", b"x" * (LIMITS.member + 1)), entry("main.bbl", BBL))
    assert read(data) == {"big.bib": None, "main.bbl": BBL}
    assert read(b"%" * (LIMITS.member + 1)) == {"main.tex": None}


def test_files_together_have_a_limit_too():
    many = [entry(f"{n}.bib", b"x" * 3_000_000) for n in range(4)]
    assert [data is None for data in read(tar(*many)).values()] == [False, False, True, True]


def test_time_is_limited():
    ticks = iter(range(0, 10**9, 20))
    with pytest.raises(Malformed, match="takes longer than 15 s"):
        read(gzip.compress(random.Random(1).randbytes(1_000_000)), clock=lambda: float(next(ticks)))


@pytest.mark.parametrize("limit", ["total", "members"])
def test_a_whole_e_print_beyond_a_limit_is_refused(limit):
    with pytest.raises(Malformed, match="more than"):
        read(GOOD, limits=Limits(**{limit: 1}))


@given(st.integers(0, len(GOOD) - 1))
def test_no_part_of_an_e_print_passes_for_the_whole(end):
    with pytest.raises(SourceError):
        read(GOOD[:end])


@given(st.binary(max_size=3000))
def test_whatever_is_sent_there_is_an_outcome(data):
    for sent in (data, gzip.compress(data), FILES[:512] + data):
        found: dict[str, bytes | None] = {}
        with suppress(SourceError):
            found = read(sent)
        assert all(name.endswith((".tex", ".bbl", ".bib", ".ltx")) for name in found)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Pölsterl".encode(), "Pölsterl"),
        ("Pölsterl".encode("latin-1"), "Pölsterl"),
        ("Pölsterl".encode("utf-16"), "Pölsterl"),
        ("Pölsterl".encode("utf-8-sig"), "Pölsterl"),
        (b"\xff\xfeP\x00\xd8", "P�"),
        (b"% a\r\n% b\rc", "% a\n% b\nc"),
    ],
    ids=["UTF-8", "Latin-1", "UTF-16", "byte order mark", "half a character", "other line ends"],
)
def test_every_text_is_read_as_what_it_is(data, expected):
    assert text(data) == expected


_RUN = """
import re, sys, time
from livre.citations.eprint import read
from livre.errors import SourceError
started = time.monotonic()
try:
    outcome = len(read(sys.stdin.buffer.read()))
except SourceError as error:
    outcome = str(error)
# Not ru_maxrss, in which a child begins with what its parent had.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
print(time.monotonic() - started, peak / 1024, outcome, sep="|")
"""

EXPENSIVE = {
    "a bomb of a gigabyte": (zeros(1000), "unpacks to more than 200 times"),
    "a million files": (million(), "files"),
    "a list of a million lines": (
        tar(entry("main.bbl", b"\\bibitem{a} A. B, \\emph{C} %d.\n" * 1_000_000)),
        "larger than 4 MB",
    ),
    "ten thousand references and one": (
        tar(entry("main.bbl", b"\\begin{thebibliography}{9}" + b"".join(b"\\bibitem{%d} A.\n" % n for n in range(10_001)))),
        "more than 10000 references",
    ),
    "a line of four megabytes": (tar(entry("main.bbl", b"\\begin{thebibliography}{1}\\bibitem{a} " + b"A " * 1_900_000)), "1"),
    "a million open braces": (tar(entry("main.bbl", b"\\begin{thebibliography}{1}\\bibitem[" + b"{" * 1_000_000)), "1"),
    "letters of four bytes": (tar(entry("main.bbl", b"\\bibitem{a} " + "𝔸".encode() * 900_000)), "1"),
}


@pytest.mark.parametrize(("data", "outcome"), EXPENSIVE.values(), ids=EXPENSIVE)
def test_no_e_print_costs_more_than_256_mb(data, outcome, tmp_path):
    """Time is limited by the clock of `members` and by sizes; here only a generous bound, which says that it ends."""
    ran = subprocess.run(
        [sys.executable, "-c", _RUN],
        input=data,
        capture_output=True,
        check=True,
        cwd=tmp_path,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    _, megabytes, said = ran.stdout.decode().strip().split("|", 2)
    assert outcome in said
    assert float(megabytes) < 256
    assert list(Path(tmp_path).iterdir()) == []
