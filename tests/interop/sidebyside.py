"""The same Storm queries asked of two Cortexes, and whether their answers are the same.

Answers are the messages that an analyst sees, with all that they carry. Left out: what tells of the moment (times,
counts of milliseconds) and of the code (file, line); edits, which may be told in other portions; the words in which a
syntax error is described; what an error of ours says beyond the peer's. Identifiers that only one side gives are
compared by where they occur.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import typing

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.storm.test_queries as t_queries

Any = typing.Any

_SKIP = ('init', 'fini', 'node:edits', 'node:edits:count')
_DROP = ('.created', 'efile', 'eline', 'esrc', 'ename', 'took', 'tick', 'tock')
_YEAR = datetime.date.today().year
_MOMENT = re.compile(
    rf'\b(?:{_YEAR}[-/]\d\d[-/]\d\d \d\d:\d\d:\d\d(?:\.\d+)?|1[5-9]\d{{11}}|(?<=up )\d\d:\d\d:\d\d\.\d{{3}})\b'
)
_IDEN = re.compile(r'\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b')
_SETUP = """
$lib.model.ext.addTagProp(score, (int, ({})), ({}))
$lib.model.ext.addTagProp(when, (time, ({})), ({}))
return($lib.auth.users.add(low).iden)
"""
_TURN = """
for $item in $lib.dmon.list() { $lib.dmon.del($item.iden) }
for $item in $lib.queue.list() { $lib.queue.del($item.name) }
return($lib.view.add(layers=($lib.layer.add().iden,)).iden)
"""


class Side:
    """One of the two Cortexes.

    Args:
        proxy: A proxy of its root.
        low: The iden of a user without rights.
    """

    def __init__(self, proxy: s_telepath.Proxy, low: str) -> None:
        self.proxy = proxy
        self.low = low
        self.view = ''

    async def turn(self) -> None:
        """Go on in a view without nodes; what runs by itself ends."""
        self.view = await self.proxy.callStorm(_TURN)

    async def ask(self, case: t_queries.Case) -> list[Any]:
        """Return the answer to a case: messages, or one value or error."""
        opts = {'view': self.view, **case.opts}
        if 'low' in case.heads:
            opts['user'] = self.low
            if 'rules' in case.heads:
                await self.proxy.setUserRules(self.low, t_queries.rules_of(case))
        try:
            for name, func in (('call', self.proxy.callStorm), ('count', self.proxy.count)):
                if name in case.heads:
                    return [['return', _plain(await func(case.query, opts=opts))]]
            return [_plain(m) async for m in self.proxy.storm(case.query, opts=opts) if m[0] not in _SKIP]
        except s_exc.SynErr as e:
            return [['failed', e.get('errx') or e.errname, e.get('mesg')]]


def prepare(url: str) -> tuple[str, str]:
    """Give a Cortex what the stories expect; return its URL and the iden of a user without rights."""
    with s_telepath.openurl(url) as proxy:
        return url, proxy.callStorm(_SETUP)


def _plain(valu: Any) -> Any:
    """Return a value as JSON has it, without what differs from run to run."""
    if isinstance(valu, dict):
        items = sorted(valu.items(), key=lambda item: str(item[0]))
        return {str(key): _plain(item) for key, item in items if key not in _DROP}
    if isinstance(valu, (list, tuple)):
        return [_plain(item) for item in valu]
    if isinstance(valu, int) and 1.5e12 < valu < 2.5e12:
        return '<time>'
    if isinstance(valu, str):
        return _MOMENT.sub('<time>', valu)
    return f'<{len(valu)} bytes>' if isinstance(valu, bytes) else valu


def _trim(query: str, ours: list[Any], theirs: list[Any]) -> None:
    """Drop from errors what need not be the same."""
    known = hashlib.md5(query.encode()).hexdigest()
    for mine, his in zip(ours, theirs, strict=False):
        if mine[0] == his[0] in ('warn', 'print'):
            mine[1] = {key: valu for key, valu in mine[1].items() if key in his[1]}
        if mine[0] == his[0] == 'failed' and mine[1] == his[1] == 'BadSyntax':
            mine[2] = his[2] = ''
        if mine[0] == his[0] == 'err' and mine[1][0] == his[1][0]:
            (name, info), (_, infos) = mine[1], his[1]
            drop = [key for key in {**info, **infos} if infos.get(key) is None]
            if name == 'BadSyntax':
                drop += ['mesg', 'highlight', 'token']
            place, other = info.get('highlight'), infos.get('highlight')
            if place and other and other['hash'] not in (known, place['hash']):
                drop.append('highlight')  # a command that they wrote in Storm: not a text that anybody has seen
            for key in drop:
                info.pop(key, None)
                infos.pop(key, None)


def texts(query: str, ours: list[Any], theirs: list[Any]) -> tuple[str, str]:
    """Return both answers as text, with names in place of the identifiers that only one of them has."""
    _trim(query, ours, theirs)
    a, b = (json.dumps(answer, indent=1, default=str) for answer in (ours, theirs))
    both = set(_IDEN.findall(a)) & set(_IDEN.findall(b))
    return _mask(a, both), _mask(b, both)


def _mask(text: str, both: set[str]) -> str:
    seen: dict[str, str] = {}
    return _IDEN.sub(lambda m: m[0] if m[0] in both else seen.setdefault(m[0], f'<iden {len(seen)}>'), text)


def same_but_for_order(ours: list[Any], theirs: list[Any]) -> bool:
    """Return True when both have the same messages with the same things in them."""
    mine, other = (sorted(sorted(_IDEN.sub('<iden>', str(mesg))) for mesg in answer) for answer in (ours, theirs))
    return mine == other
