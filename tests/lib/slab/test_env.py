"""One environment, one write transaction, one offset."""

from __future__ import annotations

import pathlib
import resource
import subprocess
import sys

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import synapse.lib.slab.env as s_env


@pytest.fixture
def path(tmp_path: pathlib.Path) -> str:
    return str(tmp_path / 'test.lmdb')


def test_commit_saves_data_and_offset_together(path: str) -> None:
    slab = s_slab.Slab.open(path)
    assert slab.fresh and slab.indx == 0 and slab.saved_indx == -1
    db = slab.db('foo')
    slab.xact.put(b'k', b'v', db=db)
    slab.mark_dirty(2)
    slab.indx = 7
    gen = slab.gen
    assert slab.commit() and slab.gen == gen + 1
    assert not slab.commit()
    slab.indx = 9
    assert slab.lagging() and not slab.commit()
    assert slab.commit(force=True)
    slab.close()
    slab.close()
    again = s_slab.Slab.open(path)
    assert (again.indx, again.fresh, again.dirty) == (9, False, False)
    assert again.xact.get(b'k', db=again.db('foo')) == b'v'
    assert not again.dirty
    again.close()


def test_what_was_not_committed_is_gone_after_a_crash(path: str) -> None:
    code = (
        'import os, sys, synapse.lib.slab as s_slab;'
        'slab = s_slab.Slab.open(sys.argv[1]); kv = s_slab.KeyVal(slab, "kv");'
        'kv.set("a", 1); slab.indx = 1; slab.commit(); kv.set("b", 2); slab.indx = 2; os._exit(9)'
    )
    assert subprocess.run([sys.executable, '-c', code, path]).returncode == 9
    slab = s_slab.Slab.open(path)
    assert slab.indx == 1
    assert dict(s_slab.KeyVal(slab, 'kv').items()) == {'a': 1}
    slab.close()


def test_handles_outlive_commits(path: str) -> None:
    slab = s_slab.Slab.open(path)
    db = slab.db('dups', dupsort=True, dupfixed=True)
    with slab.xact.cursor(db=db) as curs:
        curs.putmulti([(b'a', b'%08d' % indx) for indx in range(5)])
    slab.mark_dirty(40)
    slab.commit()
    assert slab.db('dups') is db
    with slab.xact.cursor(db=db) as curs:
        assert len(curs.getmulti([b'a'], dupdata=True, dupfixed_bytes=8)) == 5
    slab.close()


def test_scan_survives_commits_and_deletes(path: str) -> None:
    slab = s_slab.Slab.open(path)
    db = slab.db('foo')
    for indx in range(1000):
        slab.xact.put(b'%04d' % indx, b'', db=db)
    slab.mark_dirty(1)
    seen = []
    for lkey, _ in slab.scan(db, b'0100', b'0900', rows=10):
        seen.append(int(lkey))
        slab.xact.delete(lkey, db=db)
        slab.mark_dirty(1)
        slab.commit()
        if len(seen) == 100:
            break
    seen.extend(int(lkey) for lkey, _ in slab.scan(db, b'0100', b'0900', rows=7))
    assert seen == list(range(100, 900))
    assert slab.entries(db) == 900
    slab.close()


def test_scan_prefix_ends_with_the_prefix(path: str) -> None:
    slab = s_slab.Slab.open(path)
    db = slab.db('foo')
    keys = [b'a', b'b', b'b\xff', b'b\xff\xff\x01', b'c', b'\xff\xff']
    for lkey in keys:
        slab.xact.put(lkey, b'', db=db)
    assert [lkey for lkey, _ in slab.scan_prefix(db, b'b')] == keys[1:4]
    assert [lkey for lkey, _ in slab.scan_prefix(db, b'b\xff')] == keys[2:4]
    assert [lkey for lkey, _ in slab.scan_prefix(db, b'\xff')] == keys[5:]
    assert [lkey for lkey, _ in slab.scan(db)] == keys
    slab.close()


def test_one_process_opens_it_once(path: str) -> None:
    slab = s_slab.Slab.open(path)
    with pytest.raises(s_exc.SlabAlreadyOpen):
        s_slab.Slab.open(path)
    slab.close()


def test_readonly_sees_commits_only_and_makes_nothing(path: str) -> None:
    slab = s_slab.Slab.open(path)
    s_slab.KeyVal(slab, 'kv').set('a', 1)
    slab.close()
    ro = s_slab.Slab.open(path, readonly=True)
    assert s_slab.KeyVal(ro, 'kv').get('a') == 1
    with pytest.raises(s_exc.NoSuchName):
        ro.db('nope')
    assert not ro.commit()
    ro.close()


def test_the_map_grows_between_batches(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_MAP_ROOM', 2 * s_limits.MIB)
    monkeypatch.setattr(s_limits, 'SLAB_MAP_LOW', s_limits.MIB)
    slab = s_slab.Slab.open(path)
    db = slab.db('foo')
    for indx in range(64):
        slab.ensure_room(4096)
        for sub in range(16):
            slab.xact.put(b'%04d.%04d' % (indx, sub), b'x' * 4096, db=db)
        slab.mark_dirty(65536)
    slab.close()
    slab = s_slab.Slab.open(path)
    assert slab.entries(slab.db('foo')) == 1024
    slab.close()


def test_the_map_does_not_grow_under_a_snapshot(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'SLAB_MAP_ROOM', 2 * s_limits.MIB)
    slab = s_slab.Slab.open(path)
    with slab.snapshot():
        assert slab.needs_growth(1)
        with pytest.raises(s_exc.DbOutOfSpace):
            slab.ensure_room(1)
    slab.ensure_room(1)
    assert not slab.snaps
    slab.close()


def test_a_nearly_full_disk_is_refused_before_anything_is_written(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slab = s_slab.Slab.open(path)
    monkeypatch.setattr(s_env, 'free_bytes', lambda path: 1000)
    with pytest.raises(s_exc.DbOutOfSpace) as cm:
        slab.ensure_room(1)
    assert cm.value.get('free') == 1000 and path in cm.value.get('mesg')
    slab.close()


def test_scarce_address_space_makes_the_room_smaller(path: str) -> None:
    code = (
        'import resource, sys; import synapse.lib.slab as s_slab;'
        f'resource.setrlimit(resource.RLIMIT_AS, ({6 << 30}, {6 << 30}));'
        's_slab.Slab.open(sys.argv[1]).close()'
    )
    assert subprocess.run([sys.executable, '-c', code, path]).returncode == 0
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


FSIZE = """
import resource, signal, sys
import synapse.exc as s_exc, synapse.lib.slab as s_slab
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
slab = s_slab.Slab.open(sys.argv[1])
kv = s_slab.KeyVal(slab, 'kv')
kv.set('a', 1)
slab.commit()
resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
for indx in range(1000):
    kv.set(f'k{indx}', 'x' * 1000)
try:
    slab.commit()
except s_exc.SynErr as e:
    print(e.errname, e.get('path'))
print(kv.get('a'), kv.get('k1'), slab.failed is not None)
try:
    slab.commit()
except s_exc.SynErr as e:
    print(e.errname)
slab.close()
"""


def test_a_failed_commit_is_final_and_keeps_the_last_one(path: str) -> None:
    proc = subprocess.run([sys.executable, '-c', FSIZE, path], capture_output=True, text=True)
    assert proc.stdout == f'FatalErr {path}\n1 None True\nFatalErr\n', proc.stderr
    slab = s_slab.Slab.open(path)
    assert dict(s_slab.KeyVal(slab, 'kv').items()) == {'a': 1}
    slab.close()
