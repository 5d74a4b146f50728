"""Load MITRE ATT&CK into a Cortex: ``python -m synapse.demo.attack --cortex URL``.

An example of a loader: packed nodes, in batches, through ``addFeedData``. Loading again brings nothing new and does no
harm. From a script::

    async with await synapse.telepath.openurl('cell:///path/to/cortex') as core:
        await synapse.demo.attack.load(core)
"""

from __future__ import annotations

import itertools
import time
import typing

import synapse.demo.stix as s_stix
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress

# Nodes in one call. The Cortex answers when they are on disk, so this is also how far the bar moves at once.
BATCH = 200

# What is counted at the end: the label, and a Storm query.
COUNTS = {
    'techniques': 'it:mitre:attack:technique',
    'tactics': 'it:mitre:attack:tactic',
    'groups': 'it:mitre:attack:group',
    'campaigns': 'it:mitre:attack:campaign',
    'software': 'it:mitre:attack:software',
    'mitigations': 'it:mitre:attack:mitigation',
    'data components': 'it:mitre:attack:data:component',
}


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('attack', description=f'Load MITRE ATT&CK v{s_stix.VERSION} into a Cortex.')
    pars.prog = 'synapse.demo.attack'
    pars.add_argument('--cortex', '-c', required=True, help='The Telepath URL of the Cortex.')
    pars.add_argument('--view', default=None, help='The iden of the view to load into.')
    return pars.parse_args(argv)


async def is_loaded(core: typing.Any) -> bool:
    """Return True if a load has come to its end: the source node is the last that is sent."""
    return bool(await core.count('meta:source=$iden', opts={'vars': {'iden': s_stix.SOURCE[1]}}))


async def load(core: typing.Any, viewiden: str | None = None) -> s_stix.Knowledge:
    """Send all nodes and edges to a Cortex, with a bar on a terminal.

    Args:
        core: A Telepath proxy to a Cortex.
        viewiden: The view to load into; None for the default one.
    """
    know = s_stix.Knowledge()
    nodes = list(s_stix.nodes(know))
    todo = iter(nodes)
    with s_progress.show(f'MITRE ATT&CK v{s_stix.VERSION}', total=len(nodes)) as bar:
        while batch := list(itertools.islice(todo, BATCH)):
            await core.addFeedData('syn.nodes', batch, viewiden=viewiden)
            bar.advance(len(batch))
    return know


async def report(core: typing.Any, know: s_stix.Knowledge, view: str | None = None) -> None:
    """Print what is in the Cortex now."""
    opts = {} if view is None else {'view': view}
    for label, query in COUNTS.items():
        print(f'{await core.count(query, opts=opts):>8,} {label}')
    print(f'{know.total:>8,} relationships')


async def main(argv: typing.Sequence[str]) -> int:
    """Load and report."""
    opts = parse(argv)
    tick = time.monotonic()
    async with s_cmd.connect(opts.cortex) as core:
        know = await load(core, opts.view)
        print(f'MITRE ATT&CK v{s_stix.VERSION} is loaded ({time.monotonic() - tick:.1f} s):')
        await report(core, know, opts.view)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
