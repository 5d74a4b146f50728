"""``$lib.axon`` and ``$lib.bytes``: blobs by SHA-256 (spec: storm-runtime.md 20)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.objs as s_authobjs
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Genr = typing.AsyncGenerator[Any, None]
Info = dict[str, Any]
lib = s_registry.lib
s_registry.libdoc('$lib.axon', 'Blobs by SHA-256.')
s_registry.libdoc('$lib.bytes', 'Blobs by SHA-256. Deprecated: use $lib.axon.')


async def axon_of(rt: Runtime, verb: str | None = None) -> Any:
    """Return the Axon, if the user may do something with it. Raises: AuthDeny."""
    if verb in ('get', 'has', 'del'):
        perms = (('storm', 'lib', 'axon', verb), ('axon', verb))
        s_authobjs.confirm_any(rt, *(perms if verb == 'has' else reversed(perms)))
    elif verb == 'upload':
        rt.confirm(('axon', 'upload'))
    elif verb is not None:
        rt.confirm(('storm', 'lib', 'axon', verb))
    return await rt.query.core.cortex.getAxon()


def sha_of(text: str) -> bytes:
    """Return the hash that a text means. Raises: BadArg."""
    try:
        byts = bytes.fromhex(text)
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'Invalid SHA-256 hash: {e}', sha256=text[:100]) from e
    if len(byts) != 32:
        raise s_exc.BadArg(mesg=f'A SHA-256 hash has 32 bytes, not {len(byts)}.', sha256=text[:100])
    return byts


# storing


async def _put(rt: Runtime, name: str, byts: Any) -> tuple[int, str]:
    if not isinstance(byts, bytes):
        raise s_exc.BadArg(mesg=f'{name}() requires a bytes argument')
    axon = await axon_of(rt, 'upload')
    size, sha256 = await axon.put(byts)
    return (size, s_common.ehex(sha256))


async def _upload(rt: Runtime, name: str, genr: Any) -> tuple[int, str]:
    await axon_of(rt, 'upload')
    door = await rt.query.core.cortex.getHttpBlobs()
    async with door.uploading() as upload:
        async for byts in s_objects.iterate(rt, genr):
            if not isinstance(byts, bytes):
                raise s_exc.BadArg(mesg=f'{name}() requires a generator of bytes')
            await upload.write(byts)
        size, sha256 = await upload.save()
    return (size, s_common.ehex(sha256))


@lib('$lib.axon.put', readonly=False)
async def axon_put(rt: Runtime, byts: Any) -> tuple[int, str]:
    """Store bytes and return (size, SHA-256). Raises: AuthDeny, BadArg, HitLimit."""
    return await _put(rt, '$lib.axon.put', byts)


@lib('$lib.bytes.put', readonly=False)
async def bytes_put(rt: Runtime, byts: Any) -> tuple[int, str]:
    """Store bytes and return (size, SHA-256). Raises: AuthDeny, BadArg, HitLimit."""
    return await _put(rt, '$lib.bytes.put', byts)


@lib('$lib.axon.upload', readonly=False)
async def axon_upload(rt: Runtime, genr: Any) -> tuple[int, str]:
    """Store the pieces that a generator gives as one blob; returns (size, SHA-256). Raises: AuthDeny, BadArg."""
    return await _upload(rt, '$lib.axon.upload', genr)


@lib('$lib.bytes.upload', readonly=False)
async def bytes_upload(rt: Runtime, genr: Any) -> tuple[int, str]:
    """Store the pieces that a generator gives as one blob; returns (size, SHA-256). Raises: AuthDeny, BadArg."""
    return await _upload(rt, '$lib.bytes.upload', genr)


@lib('$lib.bytes.fromints', pure=True)
async def bytes_fromints(rt: Runtime, ints: Any) -> bytes:
    """Return bytes made of integers from 0 to 255. Raises: BadArg."""
    if ints is None:
        raise s_exc.BadArg(mesg='Value is not iterable: None')
    try:
        return bytes([s_coerce.toint(item) async for item in s_objects.iterate(rt, ints)])
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'Failed to convert ints to bytes: {e}') from e
    except (s_exc.BadCast, s_exc.StormRuntimeError) as e:
        raise s_exc.BadArg(mesg=e.get('mesg')) from e


# asking


async def _has(rt: Runtime, sha256: str) -> bool:
    """Return true if a blob is stored. Raises: AuthDeny, BadArg."""
    axon = await axon_of(rt, 'has')
    return bool(await axon.has(sha_of(sha256)))


async def _size(rt: Runtime, sha256: str) -> int | None:
    """Return the size of a blob, null if it is not stored. Raises: AuthDeny, BadArg."""
    axon = await axon_of(rt, 'has')
    size: int | None = await axon.size(sha_of(sha256))
    return size


async def _hashset(rt: Runtime, sha256: str) -> Info:
    """Return ``{md5, sha1, sha256, sha512}`` of a blob. Raises: AuthDeny, BadArg, NoSuchFile."""
    axon = await axon_of(rt, 'has')
    return dict(await axon.hashset(sha_of(sha256)))


for _lib in ('axon', 'bytes'):
    lib(f'$lib.{_lib}.has')(_has)
    lib(f'$lib.{_lib}.size')(_size)
    lib(f'$lib.{_lib}.hashset')(_hashset)


@lib('$lib.axon.metrics')
async def axon_metrics(rt: Runtime) -> Info:
    """Return ``{size:bytes, file:count}`` of all blobs. Raises: AuthDeny."""
    rt.confirm(('storm', 'lib', 'axon', 'has'))
    axon = await axon_of(rt)
    return dict(await axon.metrics())


@lib('$lib.axon.list')
async def axon_list(rt: Runtime, offs: int = 0, wait: bool = False, timeout: int | None = None) -> Genr:
    """Yield (offset, SHA-256, size) in the order of storing. Raises: AuthDeny."""
    rt.confirm(('storm', 'lib', 'axon', 'has'))
    axon = await axon_of(rt)
    if wait:
        await rt.out.publish()
    async for place, (sha256, size) in axon.hashes(offs, wait=wait, timeout=timeout):
        yield (place, s_common.ehex(sha256), size)


# reading


@lib('$lib.axon.read')
async def axon_read(rt: Runtime, sha256: str, offs: int = 0, size: int = s_limits.MIB) -> bytes:
    """Return some bytes of a blob, at most one MiB. Raises: AuthDeny, BadArg, NoSuchFile."""
    if not 1 <= size <= s_limits.MIB:
        raise s_exc.BadArg(mesg=f'Size must be between 1 and {s_limits.MIB} bytes')
    if offs < 0:
        raise s_exc.BadArg(mesg='Offset must be >= 0')
    axon = await axon_of(rt, 'get')
    return b''.join([byts async for byts in axon.get(sha_of(sha256), offs=offs, size=size)])


@lib('$lib.axon.unpack')
async def axon_unpack(rt: Runtime, sha256: str, fmt: str, offs: int = 0) -> Any:
    """Return what the struct format finds in a blob. Raises: AuthDeny, BadArg, NoSuchFile, BadDataValu."""
    axon = await axon_of(rt, 'get')
    return s_coerce.keep(await axon.unpack(sha_of(sha256), fmt, offs=offs))


@lib('$lib.axon.readlines')
async def axon_readlines(rt: Runtime, sha256: str, errors: str = 'ignore') -> Genr:
    """Yield the lines of a blob of text. Raises: AuthDeny, BadArg, NoSuchFile, BadDataValu."""
    axon = await axon_of(rt, 'get')
    sha_of(sha256)
    async for line in axon.readlines(sha256, errors=errors):
        yield line


@lib('$lib.axon.jsonlines')
async def axon_jsonlines(rt: Runtime, sha256: str, errors: str = 'ignore') -> Genr:
    """Yield the values of a blob of JSON lines. Raises: AuthDeny, BadArg, NoSuchFile, BadJsonText."""
    axon = await axon_of(rt, 'get')
    sha_of(sha256)
    async for item in axon.jsonlines(sha256, errors=errors):
        yield s_coerce.wrap(item)


@lib('$lib.axon.csvrows')
async def axon_csvrows(
    rt: Runtime, sha256: str, dialect: str = 'excel', errors: str = 'ignore', **fmtparams: Any
) -> Genr:
    """Yield the rows of a blob of CSV, each a list of text. Raises: AuthDeny, BadArg, NoSuchFile."""
    axon = await axon_of(rt, 'get')
    sha_of(sha256)
    params = {name: s_coerce.toprim(valu) for name, valu in fmtparams.items()}
    async for row in axon.csvrows(sha256, dialect=dialect, errors=errors, **params):
        yield tuple(row)


# removing


@lib('$lib.axon.del', readonly=False)
async def axon_del(rt: Runtime, sha256: str) -> bool:
    """Remove a blob; returns whether there was one. Raises: AuthDeny, BadArg."""
    axon = await axon_of(rt, 'del')
    return bool(await axon.del_(sha_of(sha256)))


@lib('$lib.axon.dels', readonly=False)
async def axon_dels(rt: Runtime, sha256s: Prim) -> list[bool]:
    """Remove blobs; returns for each whether it was there. Raises: AuthDeny, BadArg."""
    if not isinstance(sha256s, (list, tuple)):
        raise s_exc.BadArg(mesg='$lib.axon.dels() takes a list of SHA-256 values.')
    axon = await axon_of(rt, 'del')
    return list(await axon.dels([sha_of(s_coerce.tostr(item)) for item in sha256s]))


# the web


def _confirm_proxy(rt: Runtime, proxy: Any) -> Any:
    if proxy is not True:
        rt.confirm(('storm', 'lib', 'inet', 'http', 'proxy'))
    return s_coerce.toprim(proxy)


def _named(valu: Any) -> Any:
    """Return headers or parameters as plain data with text for values."""
    valu = s_coerce.toprim(valu)
    if not isinstance(valu, dict):
        return valu
    return {
        s_coerce.tostr(name): [s_coerce.tostr(part) for part in item]
        if isinstance(item, (list, tuple))
        else s_coerce.tostr(item)
        for name, item in valu.items()
    }


@lib('$lib.axon.wget', readonly=False)
async def axon_wget(
    rt: Runtime,
    url: str,
    headers: Any = None,
    params: Any = None,
    method: str = 'GET',
    json: Prim = None,
    body: Prim = None,
    ssl: bool = True,
    timeout: int | None = None,
    proxy: Any = True,
    ssl_opts: Prim = None,
) -> Info:
    """Store what a URL gives; returns ``{ok, code, url, size, hashes, ...}`` or what went wrong. Raises: AuthDeny."""
    axon = await axon_of(rt, 'wget')
    opts = {'ssl': ssl, 'timeout': timeout, 'proxy': _confirm_proxy(rt, proxy), 'ssl_opts': ssl_opts}
    await rt.out.publish()
    info = await axon.wget(
        url, params=_named(params), headers=_named(headers), json=json, body=body, method=method, **opts
    )
    return typing.cast(Info, s_coerce.keep({**info, 'original_url': url}))


@lib('$lib.axon.wput', readonly=False)
async def axon_wput(
    rt: Runtime,
    sha256: str,
    url: str,
    headers: Any = None,
    params: Any = None,
    method: str = 'PUT',
    ssl: bool = True,
    timeout: int | None = None,
    proxy: Any = True,
    ssl_opts: Prim = None,
) -> Info:
    """Send a blob to a URL; returns ``{ok, code, ...}`` or what went wrong. Raises: AuthDeny, BadArg."""
    axon = await axon_of(rt, 'wput')
    opts = {'ssl': ssl, 'timeout': timeout, 'proxy': _confirm_proxy(rt, proxy), 'ssl_opts': ssl_opts}
    await rt.out.publish()
    info = await axon.wput(sha_of(sha256), url, params=_named(params), headers=_named(headers), method=method, **opts)
    return typing.cast(Info, s_coerce.keep(info))


@lib('$lib.axon.urlfile', readonly=False)
async def axon_urlfile(rt: Runtime, *args: Any, **kwargs: Any) -> s_view.Node | None:
    """Store what a URL gives and return its inet:urlfile node; null, and a warning, if that failed.

    The arguments are those of $lib.axon.wget(). Raises: AuthDeny.
    """
    for form in ('file:bytes', 'inet:urlfile'):
        rt.confirm_edit('node', 'add', form)
    tick = s_common.now()
    wget = s_registry.LIBS['$lib.axon']['wget'].checked(len(args), tuple(kwargs))
    info = await wget(rt, *args, **kwargs)
    if not info.get('ok') or info.get('code') != 200:
        rt.warn(f'$lib.axon.urlfile(): HTTP code {info.get("code")}: {info.get("reason")}')
        return None
    mark = rt.editor.mark()
    hashes = {name: info['hashes'][name] for name in ('md5', 'sha1', 'sha256', 'sha512')}
    file = add_node(rt, 'file:bytes', f'sha256:{hashes["sha256"]}', {'size': info['size'], **hashes})
    seen = (tick, s_common.now())
    node = add_node(rt, 'inet:urlfile', (info['original_url'], file.valu), {'.seen': seen})
    for item in info.get('history') or ():
        urls = (item['request']['url'], info['url'])
        add_node(rt, 'inet:urlredir', urls, {'.seen': seen})
    rt.edited(mark)
    return node


def add_node(rt: Runtime, name: str, valu: Any, props: Info) -> s_view.Node:
    """Make a node with values that are not normalised yet; who may is the caller's question. Raises: BadTypeValu."""
    form = rt.model.reqForm(name)
    norm, info = form.type.norm(valu)
    node = rt.editor.add_node(form, norm, info)
    for name, item in props.items():
        prop = form.props[name]
        norm, info = prop.type.norm(item)
        rt.editor.set_prop(node, prop, norm, info)
    return node
