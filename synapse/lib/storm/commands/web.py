"""Commands that fetch something from the web: ``wget``, ``nodes.import``; and ``feed.list``."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.libs.inet.http as s_libhttp
import synapse.lib.storm.libs.services.axon as s_libaxon
import synapse.lib.storm.libs.services.feed as s_libfeed
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.purecmd as s_purecmd
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Nodes = typing.AsyncGenerator[s_view.Node, None]
_VERIFY = Arg('--no-ssl-verify', action='store_true', help='Accept any certificate of the server.')
_BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'
_HEADERS = {
    'Accept': '*/*',
    'Accept-Encoding': 'gzip, deflate',
    'Accept-Language': 'en-US,en;q=0.9',
    'User-Agent': _BROWSER,
}


class _Fetch(s_command.Cmd):
    """Base of both: the nodes of URLs that are given, or of the inet:url nodes that come in."""

    def fetch(self, rt: Runtime, url: str, opts: Opts) -> Nodes:
        """Yield the nodes of one URL."""
        raise NotImplementedError

    async def run(self, rt: Runtime, genr: s_plan.Stream | None, opts: Opts) -> s_plan.Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            urls = opts.urls
            if not urls and path.node.form.name == 'inet:url':
                urls = [path.node.valu]
            elif not urls:
                rt.warn(f'{self.name} can only take inet:url nodes as input without args.')
            for url in urls:
                async for node in self.fetch(rt, s_coerce.tostr(url), opts):
                    yield [path.fork(node)]
        for url in opts.urls if empty else ():
            async for node in self.fetch(rt, s_coerce.tostr(url), opts):
                yield [rt.path(node)]


@s_command.command
class Wget(_Fetch):
    """Store what URLs give in the Axon, and yield an inet:urlfile node for each.

    Without URLs in the arguments, those of the inet:url nodes that come in are fetched.
    """

    name = 'wget'
    args = (
        Arg('urls', nargs='*', default=(), help='The URLs.'),
        _VERIFY,
        Arg('--timeout', default=300, help='How many seconds one may take.'),
        Arg('--params', help='Parameters, as a dictionary.'),
        Arg('--headers', default=_HEADERS, help='Headers of the request, as a dictionary.'),
        Arg('--no-headers', action='store_true', help='Send no headers but the necessary ones.'),
    )

    async def fetch(self, rt: Runtime, url: str, opts: Opts) -> Nodes:
        headers = {} if opts.no_headers else opts.headers
        info = {'params': opts.params, 'headers': headers, 'ssl': not opts.no_ssl_verify}
        node = await s_libaxon.axon_urlfile(rt, url, timeout=s_coerce.toint(opts.timeout), **info)
        if node is not None:
            yield node


@s_command.command
class NodesImport(_Fetch):
    """Fetch files of packed nodes, add the nodes and yield them.

    Without URLs in the arguments, those of the inet:url nodes that come in are fetched.
    """

    name = 'nodes.import'
    args = (Arg('urls', nargs='*', default=(), help='The URLs of the files.'), _VERIFY)

    async def fetch(self, rt: Runtime, url: str, opts: Opts) -> Nodes:
        resp = await s_libhttp.http_get(rt, url, ssl_verify=not opts.no_ssl_verify)
        if resp.info['code'] != 200:
            rt.warn(f'nodes.import got HTTP error code: {resp.info["code"]} for {url}')
            return
        async for node in s_libfeed.feed_genr(rt, 'syn.nodes', s_libhttp.resp_msgpack(rt, resp)):
            yield node


s_purecmd.define(
    'feed.list',
    'List the formats in which nodes can be fed.',
    [],
    """
    $lib.print("Storm feed list:")
    for $info in $lib.feed.list() { $lib.print(`    ({$info.name.ljust(30)}): {$info.desc}`) }
    """,
)
