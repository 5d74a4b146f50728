"""``$lib.aha``, the aha commands, and a pool of AHA as the Storm pool: a deployment of processes."""

from __future__ import annotations

import contextlib
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import tests.deployment as t_deploy
import tests.lib.cortex.serving as t_serving
import tests.waiting as t_waiting

pytestmark = pytest.mark.slow

Any = typing.Any
NET = t_deploy.NETWORK
NAMES = [f'00.cortex.{NET}', f'01.cortex.{NET}', f'cortex.{NET}']
HERE = {'mirror': False}


@pytest.fixture(scope='module')
def site(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[t_deploy.Deployment]:
    """An AHA, a Cortex and its mirror."""
    with t_deploy.deployment(tmp_path_factory.mktemp('site')) as site, contextlib.ExitStack() as stack:
        stack.enter_context(site.service('cortex', '00.cortex', site.provision('00.cortex')))
        url = site.provision('01.cortex', '--mirror', 'cortex')
        stack.enter_context(site.service('cortex', '01.cortex', url))
        for name in NAMES:
            site.wait_listed(name)
        wait_ready(site)
        yield site


def wait_ready(site: t_deploy.Deployment) -> None:
    """Wait until the mirror follows."""
    t_waiting.wait_until(lambda: call(site, 'return($lib.aha.get("01.cortex...").svcinfo.ready)') is True)


def call(site: t_deploy.Deployment, text: str, name: str = '00.cortex', **opts: Any) -> Any:
    """Return the value of a query."""
    with t_deploy.open_cell(site.path / name) as core:
        return core.callStorm(text, opts={**HERE, **opts})


def show(site: t_deploy.Deployment, text: str, **opts: Any) -> list[str]:
    """Return what a query prints and warns; its error is raised."""
    lines = []
    with t_deploy.open_cell(site.path / '00.cortex') as core:
        for kind, info in core.storm(text, opts={**HERE, **opts}):
            if kind == 'err':
                raise s_exc.make('SynErr', **info[1] | {'errx': info[0]})
            if kind in ('print', 'warn'):
                lines.append(info['mesg'])
    return lines


def test_services(site: t_deploy.Deployment) -> None:
    text = '$names=([]) for $entry in $lib.aha.list() { $names.append($entry.name) } return($names)'
    assert list(call(site, text)) == NAMES
    entry = call(site, 'return($lib.aha.get("00.cortex..."))')
    assert entry['name'] == NAMES[0] and entry['svcinfo']['leader'] == 'cortex' and entry['svcinfo']['online']
    assert call(site, f'return($lib.aha.get({NAMES[1]}).svcname)') == '01.cortex'
    assert call(site, 'return($lib.aha.get("cortex...", filters=({"mirror": true})).svcname)') == '01.cortex'
    for name in ('nope...', 'a b c', '', 'ü', 'x' * 600):
        assert call(site, 'return($lib.aha.get($name))', vars={'name': name}) is None
    for filters in ('foo', [1], 5):
        with pytest.raises(s_exc.BadArg):
            call(site, 'return($lib.aha.get("cortex...", filters=$filters))', vars={'filters': filters})
    with pytest.raises(s_exc.NoSuchName, match='No AHA service for svcname=.nope...'):
        call(site, '$lib.aha.del("nope...")')


def test_a_service_that_is_gone_is_removed(site: t_deploy.Deployment) -> None:
    with site.service('jsonstor', '00.gone', site.provision('00.gone')):
        site.wait_listed(f'00.gone.{NET}')
    site.wait_listed(f'00.gone.{NET}', online=False)
    line = next(line for line in show(site, 'aha.svc.list --nexus') if line.startswith('00.gone'))
    assert line.split()[2:4] == ['false', 'false'] and line.endswith(' <offline>')
    lines = show(site, 'aha.svc.stat --nexus 00.gone...')
    assert 'Online:     false' in lines
    assert 'Nexus:      Service is not online. Will not attempt to retrieve its nexus offset.' in lines
    call(site, '$lib.aha.del("00.gone...") $lib.aha.del("gone...")')
    assert call(site, 'return($lib.aha.get("00.gone..."))') is None


def test_calling_all_instances(site: t_deploy.Deployment) -> None:
    text = """
        $list = ([])
        for $item in $lib.aha.METH($name, $todo, timeout=$timeout, skiprun=$skip) { $list.append($item) }
        return($list)
    """

    def ask(meth: str, *todo: Any, name: str = 'cortex...', timeout: Any = 20, skip: Any = None) -> dict[str, Any]:
        vars = {'name': name, 'todo': [todo[0], todo[1:], {}], 'timeout': timeout, 'skip': skip}
        items = call(site, text.replace('METH', meth), vars=vars)
        return {name: [valu for owner, valu in items if owner == name] for name, _ in items}

    iden = call(site, 'return($lib.cell.iden)')
    assert ask('callPeerApi', 'getCellIden') == {NAMES[0]: [(True, iden)], NAMES[1]: [(True, iden)]}
    run = call(site, 'return($lib.aha.get("cortex...").svcinfo.run)')
    assert set(ask('callPeerApi', 'getCellIden', skip=run)) == {NAMES[1]}
    answers = ask('callPeerGenr', 'storm', '$lib.print(hi)')
    assert [mesg[1][0] for mesg in answers[NAMES[1]]] == ['init', 'print', 'fini']
    for items in (ask('callPeerApi', 'nope'), ask('callPeerGenr', 'getCellIden')):
        assert [item[0][0] for item in items.values()] == [False, False]
    assert {item[0][1][0] for item in ask('callPeerApi', 'getCellIden', timeout=0).values()} == {'TimeOut'}
    for kwargs in ({'name': 'nope...'}, {'timeout': -1}):
        with pytest.raises((s_exc.NoSuchName, s_exc.BadArg)):
            ask('callPeerApi', 'getCellIden', **typing.cast(Any, kwargs))
    for todo in ('foo', [1], {}, None):
        with pytest.raises(s_exc.BadArg):
            call(site, 'for $x in $lib.aha.callPeerApi("cortex...", $todo) {}', vars={'todo': todo})


def test_pools(site: t_deploy.Deployment) -> None:
    assert show(site, 'aha.pool.list') == ['0 pools.']
    assert show(site, 'aha.pool.add pool...') == [f'Created AHA service pool: pool.{NET}']
    added = f'AHA service (00.cortex...) added to service pool (pool.{NET})'
    assert show(site, 'aha.pool.svc.add pool... 00.cortex...') == [added]
    assert show(site, 'aha.pool.list') == [f'Pool: pool.{NET}', f'    {NAMES[0]}', '1 pools.']
    assert show(site, 'aha.svc.stat pool...') == [
        'Resolved pool... to an AHA Pool.\n',
        'The pool currently has 1 members.',
        f'AHA Pool:   pool.{NET}',
        f'Member:     {NAMES[0]}',
    ]
    text = """
        $pool = $lib.aha.pool.get("pool...") $pool.add("01.cortex...") $two = $lib.dict.keys($pool.services)
        $gone = $pool.del("00.cortex...") $nope = $pool.del("xx...")
        return(($pool.name, $two, $gone, $nope, $pool.services))
    """
    name, two, gone, nope, left = call(site, text)
    assert (name, list(two), gone, nope, list(left)) == (f'pool.{NET}', NAMES[:2], NAMES[0], None, [NAMES[1]])
    assert show(site, 'for $pool in $lib.aha.pool.list() { $lib.print($pool) }') == [f'aha:pool: pool.{NET}']
    assert show(site, 'aha.pool.svc.del pool... 00.cortex...') == [
        'Did not remove (00.cortex...) from the service pool.'
    ]
    removed = f'AHA service ({NAMES[1]}) removed from service pool (pool.{NET})'
    assert show(site, 'aha.pool.svc.del pool... 01.cortex...') == [removed]
    for verb in ('add', 'del'):
        assert show(site, f'aha.pool.svc.{verb} nope... 00.cortex...') == ['No AHA service pool named: nope...']
    for query in (
        'aha.pool.add 00.cortex...',
        'aha.pool.svc.add pool... nope...',
        'aha.pool.add ""',
        'aha.pool.add "a b"',
    ):
        with pytest.raises(s_exc.SynErr):
            show(site, query)
    assert show(site, 'aha.pool.del pool...') == [f'Removed AHA service pool: pool.{NET}']
    assert show(site, 'aha.pool.del pool...') == []
    assert call(site, 'return(($lib.aha.pool.get("pool..."), $lib.aha.pool.del("pool...")))') == (None, None)
    with pytest.raises(s_exc.NoSuchType):
        call(site, 'return($lib.aha.pool.add("other..."))')
    assert call(site, 'return($lib.aha.pool.del("other...").name)') == f'other.{NET}'


def test_the_list_and_the_groups(site: t_deploy.Deployment) -> None:
    head, *rows = show(site, 'aha.svc.list')
    assert head == f'{"Name":45} Leader Online Ready Host            Port '
    assert [row.split()[:5] for row in rows] == [
        [NAMES[0], 'true', 'true', 'true', '127.0.0.1'],
        [NAMES[1], 'false', 'true', 'true', '127.0.0.1'],
        [NAMES[2], 'true', 'true', 'true', '127.0.0.1'],
    ]
    head, *rows = show(site, 'aha.svc.list --nexus')
    assert head.endswith(' Nexus') and all(row.split()[6].isdigit() for row in rows)
    lines = show(site, 'aha.svc.stat --nexus cortex...')
    assert lines[0] == 'Resolved cortex... to an AHA Service.\n' and f'Name:       {NAMES[2]}' in lines
    assert any(line.startswith('Nexus:      ') and line.split()[1].isdigit() for line in lines)
    assert '    host:       127.0.0.1' in lines and show(site, 'aha.svc.stat nope...') == [
        'No service found for: "nope..."'
    ]
    lines = show(site, 'aha.svc.mirror --wait')
    assert lines[0] == 'Service Mirror Groups:' and lines[2] == NAMES[2] and lines[-1] == ''
    assert [line.split()[:4] for line in lines[3:5]] == [
        [NAMES[0], 'leader', 'True', 'True'],
        [NAMES[1], 'follower', 'True', 'True'],
    ]
    assert f'Group Leader: {NAMES[0]}' in lines and 'Group Status: In Sync' in lines
    assert 'Group Status: Unknown' in show(site, 'aha.svc.mirror --timeout 0')
    with pytest.raises(s_exc.SynErr):
        show(site, 'aha.svc.mirror --timeout -1')


DENIED = [
    '$lib.aha.list()',
    'for $entry in $lib.aha.list() {}',
    '$lib.aha.get("cortex...")',
    '$lib.aha.del("cortex...")',
    '$lib.aha.callPeerApi("cortex...", ([]))',
    '$lib.aha.callPeerGenr("cortex...", ([]))',
    '$lib.aha.pool.list()',
    '$lib.aha.pool.get(x)',
    '$lib.aha.pool.add(x)',
    '$lib.aha.pool.del(x)',
    'aha.svc.list',
    'aha.svc.stat cortex...',
    'aha.svc.mirror',
    'aha.pool.list',
]


def test_for_admins_only(site: t_deploy.Deployment) -> None:
    iden = call(site, 'return($lib.auth.users.add(low).iden)')
    for query in DENIED:
        with pytest.raises(s_exc.AuthDeny, match='This action requires global admin permissions.'):
            call(site, query, user=iden)
    for query in ('$lib.aha.del("cortex...")', '$lib.aha.pool.add(x)', '$lib.aha.callPeerApi("cortex...", ([]))'):
        with pytest.raises(s_exc.IsReadOnly):
            call(site, query, readonly=True)


def test_a_pool_of_aha_as_the_storm_pool(site: t_deploy.Deployment) -> None:
    where = 'return($lib.cell.getCellInfo().cell.aha.name)'
    show(site, 'aha.pool.add mirrors...')
    for name in NAMES[:2]:
        show(site, f'aha.pool.svc.add mirrors... {name}')
    show(site, 'cortex.storm.pool.set aha://mirrors...')
    t_waiting.wait_until(lambda: call(site, where, mirror=True) == '01.cortex')
    # it is itself a member, and passed over
    assert [call(site, where, mirror=True) for _ in range(10)] == ['01.cortex'] * 10
    assert call(site, where) == '00.cortex'
    for num in range(10):
        call(site, f'[inet:asn={num}]', mirror=bool(num % 2))
        with t_deploy.open_cell(site.path / '00.cortex') as core:
            assert core.count('inet:asn') == num + 1
    show(site, 'aha.pool.svc.del mirrors... 01.cortex...')
    t_waiting.wait_until(lambda: call(site, where, mirror=True) == '00.cortex')
    show(site, 'cortex.storm.pool.del | aha.pool.del mirrors...')


def test_cron_jobs_that_prefer_a_mirror(site: t_deploy.Deployment) -> None:
    call(site, '$lib.queue.add(seen)')
    put = '$lib.queue.get(seen).put($lib.cell.getCellInfo().cell.aha.name)'
    take = 'for ($offs, $item) in $lib.queue.get(seen).gets($num, wait=(true), size=1) { return($item) }'
    for num, (name, where) in enumerate((('01.cortex...', '01'), ('00.cortex...', '00'), ('nope...', '00'))):
        show(site, f'cron.at --now --affinity {name} {{ {put} }}')
        assert call(site, take, vars={'num': num}) == f'{where}.cortex'


async def test_without_aha(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path) as core:
        for query in (*DENIED, 'aha.pool.add x', 'aha.pool.del x', 'aha.pool.svc.add x y'):
            with pytest.raises(s_exc.NeedConfValu, match='AHA is not configured on this service.'):
                await core.callStorm(query)


async def test_aha_is_away(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path, **{'aha:registry': 'tcp://127.0.0.1:1'}) as core:
        with pytest.raises(s_exc.NotReady, match='AHA cannot be reached'):
            await core.callStorm('$lib.aha.get("cortex...")')
