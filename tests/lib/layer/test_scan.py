from __future__ import annotations

import pathlib
import tempfile

import hypothesis
import hypothesis.strategies as st

import synapse.lib.layer.scan as s_scan
import synapse.lib.slab as s_slab

_key = st.binary(min_size=1, max_size=2)
_rows = st.sets(st.tuples(_key, st.integers(0, 5).map(lambda n: n.to_bytes(8, 'big'))), max_size=30)


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(_rows, _key, _key, st.integers(1, 5), st.booleans())
def test_scan_in_chunks(rows: set[tuple[bytes, bytes]], lo: bytes, hi: bytes, size: int, reverse: bool) -> None:
    with tempfile.TemporaryDirectory() as dirn:
        slab = s_slab.Slab.open(str(pathlib.Path(dirn, 'x.lmdb')))
        db = slab.db('rows', dupsort=True, dupfixed=True)
        for key, nid in rows:
            slab.xact.put(key, nid, db=db)
        for low, high in ((lo, hi), (lo, lo)):
            want = sorted((k, n) for k, n in rows if (k == low if high is low else low <= k < high))
            scan = s_scan.Scan(slab, db, low, high, reverse)
            have = []
            while nids := scan.nids(size):
                have.extend(nids)
            assert have == [n for _, n in (reversed(want) if reverse else want)]
            assert s_scan.count(slab, db, low, high) == len(want)
        slab.close()


def test_scan_sees_what_is_written_ahead_of_it(tmp_path: pathlib.Path) -> None:
    slab = s_slab.Slab.open(str(tmp_path / 'x.lmdb'))
    db = slab.db('rows', dupsort=True, dupfixed=True)
    for key in (b'b', b'd'):
        slab.xact.put(key, b'12345678', db=db)
    scan = s_scan.Scan(slab, db, b'a', b'z')
    assert scan.rows(1) == [(b'b', b'12345678')]
    slab.xact.put(b'a', b'12345678', db=db)
    slab.xact.put(b'c', b'12345678', db=db)
    slab.xact.delete(b'd', db=db)
    slab.mark_dirty(1)
    slab.commit()
    assert scan.rows(5) == [(b'c', b'12345678')]
    slab.close()
