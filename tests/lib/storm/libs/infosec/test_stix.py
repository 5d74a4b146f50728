"""``$lib.stix`` beside the standard: what we export is valid, and the validator is a process that ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.lib.limits as s_limits
import tests.waiting as t_waiting

NODES = """
[ inet:ipv4=1.2.3.4 :asn={[inet:asn=10 :name=ten]} inet:ipv6="::1" inet:dns:a=(vertex.link, 1.2.3.4)
  inet:url=http://vertex.link/ inet:email=a@vertex.link inet:web:acct=(twitter.com, foo) ] | spin |
[ ou:org=(o,) :name=org :hq={[ geo:place=(g,) :name=here :latlong=(1.5, 2.5) :loc=us.va ]} ] | spin |
[ ou:campaign=(c,) :name=camp :org=(o,) :goal={[ou:goal=(z,) :name=goal]} ] | spin |
[ risk:attack=(a,) :campaign=(c,) :target:org=(o,) :used:vuln=(v,) ] | spin |
[ risk:vuln=(v,) :name=vuln :cve=cve-2020-1234 ] | spin |
[ file:bytes=961b6dd3ede3cb8ecbaacbd68de040cd78eb2ed5889130cceb4c49268ea4d506 :name=x.exe :mime=text/plain ] | spin |
[ media:news=(n,) :title=news :published=2020 +(refs)> { inet:ipv4=1.2.3.4 } ] | spin |
[ it:prod:soft=(s,) :name=tool ] | spin |
[ it:app:yara:rule=(y,) :name=rule :text="rule x { condition: true }" ] | spin
"""
EXPORT = """
$bundle = $lib.stix.export.bundle()
inet:ipv4 inet:ipv6 inet:fqdn=vertex.link inet:url inet:email inet:web:acct ou:org ou:campaign risk:vuln file:bytes
media:news it:prod:soft it:app:yara:rule
$bundle.add($node) | spin | return(($bundle.size(), $lib.stix.validate($bundle.pack())))
"""


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core')) as core:
        yield core


async def test_what_we_export_is_valid(core: s_cortex.Cortex) -> None:
    await core.count(NODES)
    size, retn = await core.callStorm(EXPORT)
    assert size == 25
    assert retn['mesg'] == '' and 'result' in retn['result']
    # the standard recommends more than nodes tell: descriptions, and lists of file extensions and roles
    must = [error['message'] for error in retn['result'].get('errors', ()) if '{' not in error['message']]
    assert must == []


async def validate(core: s_cortex.Cortex, bundle: typing.Any) -> typing.Any:
    return await core.callStorm('return($lib.stix.validate($bundle))', opts={'vars': {'bundle': bundle}})


async def test_what_is_not_valid(core: s_cortex.Cortex) -> None:
    ident = 'bundle--1a411b74-52b0-4467-9bed-643a25bc8bd2'
    retn = await validate(core, {'type': 'bundle', 'id': ident, 'objects': [{'type': 'identity', 'name': 'ü'}]})
    assert (retn['ok'], retn['mesg'], retn['result']['result']) == (False, '', False)
    assert {'message': "'id' is a required property"} in retn['result']['errors']
    why = "Error validating bundle: Input must be an object with 'id' and 'type' properties."
    for bundle in ({}, 'foo', [1], None):
        assert await validate(core, bundle) == {'ok': False, 'mesg': why, 'result': {}}
    assert (await validate(core, b'foo'))['mesg'].startswith('Error validating bundle: ')


def validators() -> list[int]:
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if 'synapse.lib.stix.validator' in pathlib.Path(f'/proc/{pid}/cmdline').read_text():
                if f'\nPPid:\t{os.getpid()}\n' in pathlib.Path(f'/proc/{pid}/status').read_text():
                    found.append(int(pid))
    return found


async def test_the_process_ends_with_the_query(core: s_cortex.Cortex) -> None:
    task = asyncio.create_task(validate(core, {}))
    await t_waiting.until(lambda: validators())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert validators() == []


async def test_so_many_at_once(core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [asyncio.create_task(validate(core, {})) for _ in range(4)]
    most = 0
    while not all(task.done() for task in tasks):
        most = max(most, len(validators()))
        await asyncio.sleep(0.01)
    assert most == s_limits.STIX_VALIDATORS
    assert all(task.result()['mesg'].startswith('Error validating bundle: Input must be') for task in tasks)


async def test_no_validation_takes_for_ever(core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'STIX_VALIDATE_SECS', 0.01)
    assert (await validate(core, {}))['mesg'] == 'Error validating bundle: not done after 0 seconds'
    assert validators() == []


async def test_a_large_bundle(core: s_cortex.Cortex) -> None:
    """Every object is a query; the time of one must not grow with the size of the bundle."""
    objects = [
        {'type': 'url', 'id': f'url--{i}', 'value': f'http://vertex.link/{i}', 'x': 'y' * 500} for i in range(2000)
    ]
    opts = {'vars': {'bundle': {'id': 'bundle--1', 'objects': objects}}}
    assert await core.count('yield $lib.stix.import.ingest($bundle)', opts=opts) == 2001
    text = (
        'init { $b=$lib.stix.export.bundle() } inet:url $b.add($node) | spin | return(($b.size(), $lib.len($b.pack())))'
    )
    assert await core.callStorm(text) == (2000, 3)
