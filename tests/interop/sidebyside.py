"""The same Storm queries asked of two Cortexes, and whether their answers are the same.

Answers are the messages that an analyst sees, with all that they carry. Left out: what tells of the moment (times,
counts of milliseconds) and of the code (file, line); edits, which may be told in other portions. Identifiers that only
one side gives are compared by where they occur.
"""

from __future__ import annotations

import datetime
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
SETUP = """
$lib.model.ext.addTagProp(score, (int, ({})), ({}))
$lib.model.ext.addTagProp(when, (time, ({})), ({}))
return($lib.auth.users.add(low).iden)
"""
# what runs by itself ends
CLEAN = """
for $item in $lib.dmon.list() { $lib.dmon.del($item.iden) }
for $item in $lib.queue.list() { $lib.queue.del($item.name) }
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
        self.view = await self.proxy.callStorm(f'{CLEAN} return($lib.view.add(layers=($lib.layer.add().iden,)).iden)')

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
        return url, proxy.callStorm(SETUP)


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


def texts(ours: list[Any], theirs: list[Any]) -> tuple[str, str]:
    """Return both answers as text, with names in place of the identifiers that only one of them has."""
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
