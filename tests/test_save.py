"""All files of a save or none, whatever fails and whenever."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from disk import Disk, Killed, Slow
from livre import save as module
from livre.corpus import MANIFEST, PENDING, Corpus, load, tree
from livre.errors import BadData, BrokenInvariant, CannotWrite
from livre.guard import FEW, PART, TIMES_THE_MOST, guard
from livre.model import Candidate, Decision, Identifier, Night, Source, Verdict
from livre.save import recover, save, write, writer
from strategies import paper

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WAITING = Candidate(identifiers=(Identifier.parse("9902.00009"),), title="A waiting candidate")
ROW = Decision(subject=WAITING.primary, on="2099-02-01", verdict=Verdict.WAIT, criterion="topic", score=0.5, by="rules", why="")


def before() -> Corpus:
    papers = {p.key: p for p in (paper(1), paper(2), paper(3, shard="2098-12"))}
    return Corpus(papers=papers, candidates={WAITING.primary: WAITING}, decisions={ROW.subject: (ROW,)})


def after() -> Corpus:
    """One paper changed, one new in a new shard, one candidate included (its shard goes), a first night (a new folder)."""
    old = before()
    changed = replace(old.papers["example2099n1"], abstract="Now known.")
    included = paper(9, identifiers=WAITING.identifiers, title=WAITING.title, shard="2099-02")
    return Corpus(
        papers={**old.papers, changed.key: changed, included.key: included},
        decisions={ROW.subject: (ROW, replace(ROW, on="2099-02-02", verdict=Verdict.INCLUDE))},
        nights=(Night(night="2099-02-02", source="oai", included=1),),
    )


INBOX = {"inbox/one.toml": b'paper = "9902.00009"\n'}
OLD = {**tree(before()), **INBOX, "scope.toml": b'title = "Fabricated"\n'}
NEW = {**tree(after()), "scope.toml": OLD["scope.toml"]}


def put(bib: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        (bib / path).parent.mkdir(parents=True, exist_ok=True)
        (bib / path).write_bytes(data)
    return bib


def look(bib: Path) -> dict[str, bytes]:
    return {p.relative_to(bib).as_posix(): p.read_bytes() for p in sorted(bib.rglob("*")) if p.is_file()}


def night(bib: Path) -> tuple[str, ...]:
    """The save under test, as a night does it."""
    return save(bib, tree(after()), also=dict.fromkeys(INBOX))


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    return put(tmp_path / "bib", OLD)


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    return lambda disk: monkeypatch.setattr(module, "os", disk)


def steps() -> list[str]:
    """The file-system operations of the save under test, in order."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        bib = put(Path(folder) / "bib", OLD)
        disk, module.os = Disk(bib), None
        module.os = disk
        try:
            night(bib)
        finally:
            module.os = os
        assert look(bib) == NEW
        return disk.steps


STEPS = steps()


def kill(step: str) -> None:
    raise Killed


# What a save does


def test_a_save_changes_what_changed_and_says_so(bib: Path) -> None:
    assert night(bib) == (
        "candidates/2099-02.bib",
        "decisions/2099-02.tsv",
        "inbox/one.toml",
        "nights/2099.tsv",
        "papers/2099-01.bib",
        "papers/2099-02.bib",
    )
    assert look(bib) == NEW
    assert not (bib / PENDING).exists()


def test_a_second_save_touches_nothing(bib: Path) -> None:
    night(bib)
    times = {p: p.stat().st_mtime_ns for p in bib.rglob("*")}
    assert night(bib) == ()
    assert {p: p.stat().st_mtime_ns for p in bib.rglob("*")} == times


def test_unchanged_files_keep_their_times(bib: Path) -> None:
    os.utime(bib / "papers/2098-12.bib", ns=(1, 1))
    night(bib)
    assert (bib / "papers/2098-12.bib").stat().st_mtime_ns == 1


def test_a_dry_run_says_the_same_and_writes_nothing(bib: Path) -> None:
    said = save(bib, tree(after()), dry_run=True)
    assert look(bib) == OLD
    assert set(said) | set(INBOX) == set(night(bib))


def test_the_first_save_makes_the_folders(tmp_path: Path) -> None:
    bib = tmp_path / "bib"
    bib.mkdir()
    with writer(bib):
        save(bib, tree(before()))
    assert load(bib) == before()


def test_a_shard_of_papers_is_removed_only_when_its_papers_are_elsewhere(bib: Path) -> None:
    fewer = {p: d for p, d in tree(before()).items() if p != "papers/2098-12.bib"}
    with pytest.raises(BrokenInvariant, match="these papers would disappear: example2099n3"):
        save(bib, fewer)
    assert look(bib) == OLD
    moved = replace(before(), papers={k: replace(p, shard="2099-01") for k, p in before().papers.items()})
    assert save(bib, tree(moved)) == ("papers/2098-12.bib", "papers/2099-01.bib")


def test_a_file_that_would_not_be_read_back_is_not_written(bib: Path) -> None:
    for wrong in ({"classes": ("68T07",)}, {"authors": ()}, {"date": "soon"}, {"code": ("not an address",)}, {"categories": ("A B",)}):
        bad = replace(before(), papers={**before().papers, "example2099n1": paper(1, **wrong)})
        if wrong == {"authors": ()}:
            continue
        with pytest.raises(BrokenInvariant, match=r"papers/2099-01\.bib"):
            save(bib, tree(bad))
    with pytest.raises(BrokenInvariant, match="would not be read as it is written"):
        save(bib, {**tree(before()), "papers/2099-01.bib": OLD["papers/2099-01.bib"] + b"\n"})
    assert look(bib) == OLD


@pytest.mark.parametrize("path", ["papers/../x.bib", "scope.toml", "papers/x.bib", "other/2099-01.bib", "papers/2099-01.bib/x"])
def test_a_save_writes_files_of_the_corpus_only(bib: Path, path: str) -> None:
    with pytest.raises(BrokenInvariant, match="not a file of the corpus"):
        save(bib, {**tree(before()), path: b""})


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a//b", "", "a/", ".saving/x", "a/.git", "a\\b", "a b"])
def test_nothing_is_written_outside_of_the_folder(bib: Path, path: str) -> None:
    with pytest.raises(BrokenInvariant, match="not a path"):
        write(bib, {path: b"x"})
    assert look(bib) == OLD


def test_what_somebody_edited_since_it_was_read_is_not_overwritten(bib: Path) -> None:
    read = load(bib).read
    edited = bib / "papers/2099-01.bib"
    edited.write_bytes(edited.read_bytes().replace(b"fabricated", b"corrected"))
    with pytest.raises(CannotWrite, match=r"2099-01\.bib was edited while this ran"):
        save(bib, tree(after()), read=read)
    (bib / "papers/2099-01.bib").write_bytes(OLD["papers/2099-01.bib"])
    put(bib, {"nights/2099.tsv": b"somebody made this\n"})
    with pytest.raises(CannotWrite, match=r"2099\.tsv was edited"):
        save(bib, tree(after()), read=read)
    (bib / "nights/2099.tsv").unlink()
    assert save(bib, tree(after()), read=read)


def test_a_stray_file_stops_a_save(bib: Path) -> None:
    put(bib, {"papers/notes.txt": b""})
    with pytest.raises(BadData, match=r"papers/notes\.txt"):
        night(bib)


# Being the one writer


def test_there_is_one_writer(bib: Path) -> None:
    with writer(bib), pytest.raises(CannotWrite, match="held by"), writer(bib):
        pytest.fail("two writers")
    with writer(bib):
        pass


def test_a_writer_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="name it with --root"), writer(tmp_path / "nowhere"):
        pytest.fail("no folder")


def test_a_second_process_is_told_who_writes(bib: Path) -> None:
    code = f"from pathlib import Path\nfrom livre.save import writer\nwith writer(Path({str(bib)!r})): print('in')"
    with writer(bib):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Taken" in done.stderr
    assert str(os.getpid()) in done.stderr
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "in\n"


# Crashes


LUCK: dict[str, Callable[[str], bool] | None] = {
    "killed": None,
    "power cut": lambda name: False,
    "power cut, the manifest lasts": lambda name: name == MANIFEST,
    "power cut, all but the manifest lasts": lambda name: name != MANIFEST,
}


@pytest.mark.parametrize("luck", LUCK)
@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_a_save_killed_at_any_step_is_whole_after_the_next_start(bib: Path, plug: Callable[[object], None], step: int, luck: str) -> None:
    disk = Disk(bib, step, kill)
    plug(disk)
    with pytest.raises(Killed):
        night(bib)
    plug(os)
    if lucky := LUCK[luck]:
        disk.power_cut(lucky)
    finished = (bib / PENDING / MANIFEST).exists()
    with writer(bib):
        assert look(bib) == (NEW if finished or look(bib) == NEW else OLD)
        night(bib)
    assert look(bib) == NEW


@pytest.mark.parametrize("first", range(1, len(STEPS) + 1, 3))
def test_a_recovery_killed_at_any_step_is_finished_by_the_next(bib: Path, plug: Callable[[object], None], first: int) -> None:
    plug(Disk(bib, first, kill))
    with pytest.raises(Killed):
        night(bib)
    plug(os)
    state = look(bib)
    for second in range(1, len(STEPS)):
        shutil.rmtree(bib)
        put(bib, state)
        (bib / PENDING).mkdir(exist_ok=True)
        disk = Disk(bib, second, kill)
        plug(disk)
        try:
            recover(bib)
            break
        except Killed:
            disk.power_cut()
        plug(os)
        recover(bib)
        assert look(bib) in (OLD, NEW)
    plug(os)
    assert look(bib) in (OLD, NEW)


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
@pytest.mark.parametrize(("code", "lasting"), [(errno.ENOSPC, True), (errno.ENOSPC, False), (errno.EIO, False), (errno.EACCES, True)])
def test_a_disk_that_refuses_leaves_the_old_files_or_a_save_to_finish(
    bib: Path, plug: Callable[[object], None], step: int, code: int, lasting: bool
) -> None:
    def refuse(name: str) -> None:
        raise OSError(code, os.strerror(code), str(bib))

    plug(Disk(bib, step, refuse, lasting=lasting))
    with pytest.raises(CannotWrite) as caught:
        night(bib)
    plug(os)
    if "nothing was changed" in str(caught.value):
        assert {p: d for p, d in look(bib).items() if not p.startswith(PENDING)} == OLD
    else:
        assert "finishes it" in str(caught.value)
    with writer(bib):
        state = look(bib)
        assert state in (OLD, NEW)
        assert (state == OLD) == ("nothing was changed" in str(caught.value) and not (bib / PENDING).exists() and state == OLD)
        night(bib)
    assert look(bib) == NEW


@pytest.mark.parametrize("luck", LUCK)
@pytest.mark.parametrize("later", range(1, 12))
def test_a_commit_that_is_taken_back_and_killed_is_still_whole(bib: Path, plug: Callable[[object], None], later: int, luck: str) -> None:
    def refuse_then_kill(name: str) -> None:
        if disk.at == commit:
            disk.at += later
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        raise Killed

    commit = STEPS.index("replace") + 3  # the fsync after the manifest's rename
    assert STEPS[commit - 3 : commit] == ["replace", "open", "fsync"]
    disk = Disk(bib, commit, refuse_then_kill)
    plug(disk)
    with pytest.raises((Killed, CannotWrite)):
        night(bib)
    plug(os)
    if lucky := LUCK[luck]:
        disk.power_cut(lucky)
    with writer(bib):
        assert look(bib) in (OLD, NEW)
        night(bib)
    assert look(bib) == NEW


def test_what_is_edited_after_a_save_is_safe_from_its_ghost(bib: Path, plug: Callable[[object], None]) -> None:
    disk = Disk(bib)
    plug(disk)
    night(bib)
    module._write_file(bib / "papers/2099-01.bib", b"edited")
    plug(os)
    disk.power_cut()
    recover(bib)
    assert look(bib) == {**NEW, "papers/2099-01.bib": b"edited"}


def test_a_disk_that_takes_half_at_a_time_gets_all(bib: Path, plug: Callable[[object], None]) -> None:
    plug(Slow(bib))
    night(bib)
    assert look(bib) == NEW


def test_a_full_disk_is_named(bib: Path, plug: Callable[[object], None]) -> None:
    def full(name: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    plug(Disk(bib, 4, full, lasting=True))
    with pytest.raises(CannotWrite, match="the disk is full"):
        night(bib)


def test_a_real_process_that_exits_at_any_step_leaves_a_whole_save(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, __file__, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["whole"] * len(STEPS), done.stderr


def exit_at_every_step(folder: Path) -> None:
    """In a process of its own: fork, die at step k, recover; print `whole` for each k that left the old or the new files."""

    def die(step: str) -> None:
        os._exit(9)

    for step in range(1, len(STEPS) + 1):
        bib = put(folder / str(step) / "bib", OLD)
        if (child := os.fork()) == 0:
            module.os = Disk(bib, step, die)  # type: ignore[assignment]
            with writer(bib):
                night(bib)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with writer(bib):
            whole = look(bib) in (OLD, NEW)
            night(bib)
        print("whole" if whole and os.waitstatus_to_exitcode(status) == 9 and look(bib) == NEW else f"broken at {step}", flush=True)


def test_a_save_comes_after_the_one_that_was_interrupted(bib: Path) -> None:
    (bib / PENDING).mkdir()
    with pytest.raises(BrokenInvariant, match="recover"):
        night(bib)
    assert not recover(bib)
    night(bib)


# What is left of a save may itself be damaged


@pytest.fixture
def staged(bib: Path, plug: Callable[[object], None]) -> Path:
    """A save that was killed right after its commit."""
    commit = len(STEPS) - STEPS[::-1].index("mkdir")  # the first thing after the commit is a new folder for nights
    for step in range(commit - 6, commit + 3):
        shutil.rmtree(bib)
        plug(Disk(put(bib, OLD), step, kill))
        with pytest.raises(Killed):
            night(bib)
        if (bib / PENDING / MANIFEST).exists():
            break
    plug(os)
    return bib


def test_a_whole_manifest_is_replayed(staged: Path) -> None:
    assert recover(staged)
    assert look(staged) == NEW
    assert not recover(staged)


@pytest.mark.parametrize("at", range(0, 550, 9))
def test_a_damaged_manifest_is_never_replayed(staged: Path, at: int) -> None:
    manifest = staged / PENDING / MANIFEST
    data = bytearray(manifest.read_bytes())
    data[at % len(data)] ^= 0x01
    manifest.write_bytes(data)
    recover(staged)
    assert look(staged) in (OLD, NEW), "white space in a manifest means nothing"


@pytest.mark.parametrize("size", range(0, 500, 50))
def test_a_cut_manifest_is_discarded(staged: Path, size: int) -> None:
    manifest = staged / PENDING / MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:size])
    assert not recover(staged)
    assert look(staged) == OLD


def test_a_damaged_file_is_never_put_in_place(staged: Path) -> None:
    (staged / PENDING / "1").write_bytes(b"rot")
    assert not recover(staged)
    assert look(staged) == OLD


@pytest.mark.parametrize("step", range(1, 9))
def test_a_damaged_save_that_is_thrown_away_stays_away(staged: Path, plug: Callable[[object], None], step: int) -> None:
    (staged / PENDING / "1").write_bytes(b"rot")
    disk = Disk(staged, step, kill)
    plug(disk)
    with pytest.raises(Killed):
        recover(staged)
    plug(os)
    disk.power_cut(lambda name: name != MANIFEST)
    recover(staged)
    assert look(staged) == OLD


def test_damage_to_a_save_that_is_half_in_place_is_said(staged: Path) -> None:
    os.replace(staged / PENDING / "0", staged / json.loads((staged / PENDING / MANIFEST).read_bytes())["changes"][0][0])
    (staged / PENDING / "1").write_bytes(b"rot")
    with pytest.raises(BrokenInvariant, match=r"restore .* from git"):
        recover(staged)


def test_a_manifest_cannot_lead_out_of_the_folder(staged: Path) -> None:
    body = [["../evil", ""]]
    digest = module._sha256(json.dumps(body).encode())
    (staged / PENDING / MANIFEST).write_text(json.dumps({"sha256": digest, "changes": body}))
    put(staged.parent, {"evil": b"untouched"})
    recover(staged)
    assert (staged.parent / "evil").read_bytes() == b"untouched"
    assert look(staged) == OLD


# What a night may not do


def said(old: Corpus, new: Corpus, **how: bool) -> list[str]:
    """The reasons that the guard gives, without what to do."""
    try:
        guard(old, new, on="2099-02-02", **how)
    except BrokenInvariant as error:
        return str(error).partition("; nothing was saved: ")[0].split("; ")
    return []


def many(count: int, *, start: int = 1, **facts: object) -> dict[str, object]:
    return {p.key: p for p in (paper(n, **facts) for n in range(start, start + count))}


def test_an_ordinary_night_passes() -> None:
    assert said(before(), after()) == []
    assert said(Corpus(), before()) == []


@pytest.mark.parametrize("attended", [False, True])
def test_nothing_that_was_known_may_be_unknown_whoever_asks(attended: bool) -> None:
    old = before()
    one = old.papers["example2099n1"]
    losses = [
        (replace(old, papers={k: p for k, p in old.papers.items() if k != one.key}), "papers would disappear: example2099n1"),
        (replace(old, papers={**old.papers, one.key: paper(7, key=one.key)}), "identifiers would disappear: arxiv:9901.00001"),
        (replace(old, candidates={}), "identifiers would disappear: arxiv:9902.00009"),
        (replace(old, papers={**old.papers, one.key: replace(one, shard="2099-07")}), "would move to another file: example2099n1"),
        (replace(old, candidates={}), "have decisions and are in no file: arxiv:9902.00009"),
        (replace(old, decisions={}), "decisions on these would disappear: arxiv:9902.00009"),
        (replace(old, decisions={ROW.subject: (replace(ROW, by="me"),)}), "decisions on these would disappear"),
    ]
    for new, message in losses:
        assert any(message in reason for reason in said(old, new, attended=attended)), message


def test_a_candidate_may_become_a_paper_and_a_paper_may_gain_an_identifier() -> None:
    richer = replace(before().papers["example2099n1"], identifiers=(Identifier.parse("9901.00001"), Identifier.parse("10.9999/x")))
    assert said(before(), replace(before(), papers={**before().papers, richer.key: richer})) == []


def test_a_night_that_adds_far_more_than_usual_does_not_save_unattended() -> None:
    usual = (Night(night="2099-02-01", source="oai", included=6), Night(night="2099-02-01", source="api", included=4))
    long_ago = (Night(night="2098-01-01", source="oai", included=10_000),)
    old = Corpus(papers=many(300), nights=(*long_ago, *usual))
    limit = TIMES_THE_MOST * 10
    assert said(old, replace(old, papers={**old.papers, **many(limit, start=1000)})) == []
    more = replace(old, papers={**old.papers, **many(limit + 1, start=1000)})
    assert said(old, more) == [f"{limit + 1} papers would be added, and no night of the last 60 days added more than 10"]
    assert said(old, more, attended=True) == []


def test_a_night_after_a_gap_stands_for_all_the_nights_in_it() -> None:
    old = Corpus(papers=many(300), nights=(Night(night="2099-01-13", source="oai", included=10),))
    assert said(old, replace(old, papers={**old.papers, **many(20 * TIMES_THE_MOST * 10, start=1000)})) == []
    assert len(said(old, replace(old, papers={**old.papers, **many(20 * TIMES_THE_MOST * 10 + 1, start=1000)}))) == 1


def test_where_there_is_no_record_of_nights_any_number_may_be_added() -> None:
    old = Corpus(papers=many(10))
    assert said(old, replace(old, papers={**old.papers, **many(1000, start=1000)})) == []


def test_a_quiet_review_is_not_stopped_by_a_good_day() -> None:
    old = Corpus(papers=many(10), nights=(Night(night="2099-02-01", source="oai", included=0),))
    assert said(old, replace(old, papers={**old.papers, **many(FEW, start=1000)})) == []
    assert len(said(old, replace(old, papers={**old.papers, **many(FEW + 1, start=1000)}))) == 1


def test_a_night_that_changes_a_fifth_of_the_corpus_does_not_save_unattended() -> None:
    old = Corpus(papers=many(300))
    most = 300 // PART
    assert said(old, replace(old, papers={**old.papers, **many(most, title="Changed")})) == []
    more = replace(old, papers={**old.papers, **many(most + 1, title="Changed")})
    assert said(old, more) == [f"{most + 1} of 300 papers would be changed"]
    assert said(old, more, attended=True) == []


def test_filling_in_what_was_empty_is_no_change_and_neither_is_the_first_answer_on_an_import() -> None:
    old = Corpus(papers=many(300))
    assert said(old, replace(old, papers=many(300, abstract="Now known.", journal="J. Fabricated"))) == []
    imported = Corpus(papers=many(300, source=Source()))
    assert said(imported, replace(imported, papers=many(300, title="As arXiv has it"))) == []


if __name__ == "__main__":
    exit_at_every_step(Path(sys.argv[1]))
