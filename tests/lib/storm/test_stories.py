"""Runs the cases in ``stories/``: queries with every message that they send, to the last key.

A case is a query (``opts {json}`` on a line of its own before it), a line of dashes, and the messages as JSON, one a
line; cases are parted by a line of ``=``. Each file is told to one Cortex, in order, with several batch sizes. The
present time is ``"<time>"``, ``["any", null]`` stands for any messages; of init and fini only what does not depend on
the time is given. Nodes have no ``.created``.
"""

from __future__ import annotations

import json
import pathlib
import re
import typing

import pytest

import synapse.common as s_common
import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.model.ext as s_ext

Any = typing.Any
STORIES = sorted(pathlib.Path(__file__).parent.glob('stories/*.txt'))
VOLATILE = {'.created', 'efile', 'eline', 'tick', 'tock', 'took', 'abstick', 'abstock', 'highlight'}


def plain(valu: Any) -> Any:
    """Return a message without what differs from run to run."""
    if isinstance(valu, dict):
        return {key: plain(item) for key, item in valu.items() if key not in VOLATILE}
    if isinstance(valu, (list, tuple)):
        return [plain(item) for item in valu]
    if isinstance(valu, int) and abs(valu - s_common.now()) < 86400000:
        return '<time>'
    if isinstance(valu, str):
        return re.sub(r'\b1[5-9]\d{11}\b', lambda m: str(plain(int(m[0]))), valu)
    return valu


async def tell(core: s_cortex.Cortex, text: str, opts: dict[str, Any]) -> list[Any]:
    mesgs: list[Any] = []
    try:
        async for name, info in core.storm(text, opts=opts):
            mesgs.append([name, plain(info)])
            if name == 'init' and 'task' not in opts:
                assert re.fullmatch('[0-9a-f]{32}', mesgs[-1][1].pop('task'))
    except s_exc.SynErr as e:
        mesgs.append(['fails', e.errname])
    return mesgs


def stories(path: pathlib.Path) -> typing.Iterator[tuple[str, dict[str, Any], list[Any]]]:
    for block in path.read_text().split('\n====\n'):
        block = '\n'.join(line for line in block.split('\n') if not line.startswith('## '))
        query, _, expect = block.partition('\n----')
        opts = {}
        if query.lstrip('\n').startswith('opts '):
            head, _, query = query.lstrip('\n').partition('\n')
            opts = json.loads(head[5:])
        yield query.strip('\n'), opts, [json.loads(line) for line in expect.split('\n') if line.strip()]


@pytest.mark.parametrize('batch', [1, 7, 1024])
@pytest.mark.parametrize('path', STORIES, ids=lambda path: path.stem)
async def test_stories(path: pathlib.Path, batch: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'STORM_BATCH', batch)
    monkeypatch.setattr(s_limits, 'STORM_BATCH_MIN', min(batch, s_limits.STORM_BATCH_MIN))
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        for name, typ in (('score', 'int'), ('when', 'time')):
            s_ext.add_tagprop(core.model, name, (typ, {}), {})
        for query, opts, want in stories(path):
            mesgs = await tell(core, query, opts)
            if want == [['any', None]]:
                continue
            shown = {name for name, _ in want}
            have = [mesg for mesg in mesgs if mesg[0] in shown or mesg[0] == 'err']
            have = json.loads(json.dumps(have))
            assert have == want, f'{query}\n{opts}'
