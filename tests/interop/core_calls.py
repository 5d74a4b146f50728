"""Run by the peer's Python: call a Cortex of ours with the peer's client and print what comes back as JSON.

usage: core_calls.py URL
"""

import asyncio
import json
import sys

import synapse.exc as s_exc
import synapse.telepath as s_telepath


async def failing(func, *args, **kwargs):
    try:
        await func(*args, **kwargs)
    except s_exc.SynErr as e:
        return [e.__class__.__name__, e.get('mesg')]


async def calls(prox):
    podes = [
        (('inet:ipv4', '1.2.3.4'), {'props': {'asn': 7}, 'tags': {'foo': (None, None)}}),
        (('inet:fqdn', 'a.com'), {}),
    ]
    podes[0][1]['edges'] = [('refs', ('inet:fqdn', 'a.com'))]
    yield 'feed', await prox.addFeedData('syn.nodes', podes)
    yield 'storm', [mesg[0] async for mesg in prox.storm('inet:ipv4 $lib.print(hi)', opts={'repr': True})]
    yield 'nodes', [mesg[1] async for mesg in prox.storm('inet:ipv4', opts={'show': ['node']}) if mesg[0] == 'node']
    yield 'call', await prox.callStorm('return(($x, (1), ({"a": $x})))', opts={'vars': {'x': 'y'}})
    yield 'count', await prox.count('inet:ipv4=1.2.3.4 -(refs)> *')
    yield 'export', [pode[1].get('edges') async for pode in prox.exportStorm('inet:ipv4 inet:fqdn=a.com')]
    yield 'valid', [await prox.reqValidStorm('inet:ipv4'), await prox.isValidStorm('inet:ipv4')]
    yield 'invalid', (await prox.isValidStorm('['))[0]
    yield 'model', sorted(await prox.getModelDict())
    yield 'defs', sorted((await prox.getModelDefs())[0][1])
    yield 'info', sorted(await prox.getCoreInfoV2())
    yield 'norm', await prox.getPropNorm('inet:ipv4', '1.2.3.4')
    yield 'typenorm', await prox.getTypeNorm('int', '5')
    yield 'vars', [await prox.setStormVar('x', 1), await prox.getStormVar('x'), await prox.popStormVar('x')]
    yield 'feeds', [item['name'] for item in await prox.getFeedFuncs()]
    yield 'addnode', (await prox.addNode('inet:asn', 9))[0]
    await prox.addForm('_peer:form', 'int', {}, {'doc': 'x'})
    await prox.addFormProp('_peer:form', 'prop', ('int', {}), {})
    yield 'ext', await prox.count('[ _peer:form=1 :prop=2 ] +:prop=2')
    yield 'view', sorted(await prox.getViewDef(None))
    yield 'badsyntax', (await failing(prox.callStorm, '['))[0]
    yield 'badview', await failing(prox.count, '', opts={'view': 'a' * 32})
    yield 'badfeed', (await failing(prox.addFeedData, 'newp', []))[0]
    yield 'badname', (await failing(prox.getPropNorm, 'newp', 1))[0]
    yield 'cantdel', await failing(prox.delFormProp, '_peer:form', 'prop')


async def layer_calls(prox):
    edits = [item async for item in prox.syncNodeEdits2(0, wait=False)]
    yield 'sync', sorted({form for _, nodeedits, _ in edits for _, form, _ in nodeedits})
    yield 'index', [await prox.getEditIndx() == edits[-1][0] + 1, await prox.getEditSize() == len(edits)]
    nodeedits = [item async for item in prox.iterLayerNodeEdits()]
    offs, changes = await prox.saveNodeEdits(nodeedits, {'time': 1})
    yield 'same', [len(changes) == len(nodeedits), any(item[2] for item in changes)]
    yield 'badedit', (await failing(prox.storNodeEdits, [(b'x', 'inet:asn', [])]))[0]


async def main(url):
    async with s_telepath.withTeleEnv():
        for path, func in (('*', calls), ('*/layer', layer_calls)):
            async with await s_telepath.openurl(f'{url}:{path}') as prox:
                async for name, valu in func(prox):
                    print(json.dumps([name, valu]), flush=True)


asyncio.run(main(sys.argv[1]))
