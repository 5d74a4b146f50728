"""The Axon of a Cortex (axon.md 9): a cell in its own directory, or a remote one by the ``axon`` option.

The embedded cell shares users, role and change log with the Cortex. Permissions on blobs that are asked for through the
Cortex are those of the Cortex; a remote Axon knows it as one user.
"""

from __future__ import annotations

import contextlib
import typing

import synapse.axon as s_axon
import synapse.exc as s_exc
import synapse.lib.axon.http as s_http
import synapse.lib.axon.reading as s_reading
import synapse.lib.cell as s_cell
import synapse.lib.cortex.embed as s_embed
import synapse.lib.cortex.feed as s_feed
import synapse.lib.share as s_share
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Any = typing.Any
AnyAxon = s_axon.Axon | s_telepath.Client

# Nodes of a blob that are stored as one chunk.
_CHUNK = 1000


async def connect(core: s_cortex.Cortex) -> AnyAxon:
    """Return the embedded Axon, or a client of the remote one that connects in the background."""
    s_http.add_routes(core)
    client = await s_embed.remote(core, 'axon')
    if client is not None:
        return client
    iden = s_embed.claim(core, 'axon')
    conf = {'cell:guid': iden, 'health:sysctl:checks': False}
    conf.update({name: core.conf[name] for name in ('http:proxy', 'tls:ca:dir') if core.conf.get(name)})
    return await s_axon.Axon.anit(core.layout.path('axon'), conf=conf, parent=core)


async def listen(core: s_cortex.Cortex) -> None:
    """Make the embedded Axon reachable at the socket in its directory."""
    if isinstance(core.axon, s_axon.Axon):
        await core.axon.initServiceNetwork()


async def ready(core: s_cortex.Cortex, timeout: float | None = None) -> Any:
    """Return the Axon, embedded or a client; waits for a remote one. Raises TimeOut."""
    if isinstance(core.axon, s_telepath.Client):
        try:
            await core.axon.waitready(timeout=timeout)
        except TimeoutError:
            raise s_exc.TimeOut(mesg='Timed out waiting for the Axon.') from None
    return core.axon


async def blobs(core: s_cortex.Cortex, timeout: float | None = None) -> s_http.LocalBlobs | RemoteBlobs:
    """Return the door to the blobs, wherever they are. Raises TimeOut."""
    axon = await ready(core, timeout)
    return s_http.LocalBlobs(axon) if isinstance(axon, s_axon.Axon) else RemoteBlobs(axon)


class RemoteBlobs:
    """The door to an Axon in another process."""

    def __init__(self, client: s_telepath.Client) -> None:
        self.axon: Any = client

    async def has(self, sha256: bytes) -> bool:
        """Return True when a blob exists."""
        return bool(await self.axon.has(sha256))

    async def size(self, sha256: bytes) -> int | None:
        """Return the size of a blob, None when there is none."""
        return typing.cast('int | None', await self.axon.size(sha256))

    async def del_(self, sha256: bytes) -> bool:
        """Remove a blob."""
        return bool(await self.axon.del_(sha256))

    async def hashset(self, sha256: bytes) -> dict[str, str]:
        """Return the digests of a blob."""
        return typing.cast('dict[str, str]', await self.axon.hashset(sha256))

    async def read(self, sha256: bytes, offs: int, size: int) -> typing.AsyncGenerator[bytes, None]:
        """Yield a range that lies within a blob."""
        if size:
            async for byts in self.axon.get(sha256, offs, size):
                yield byts

    @contextlib.asynccontextmanager
    async def uploading(self) -> typing.AsyncIterator[Any]:
        """A stream that is forgotten at the end unless it was saved."""
        async with await self.axon.upload() as upload:
            yield upload


class CoreUpLoad(s_share.Share):
    """An upload through the Cortex, by reference."""

    async def __anit__(self, link: Any, item: s_http.LocalBlobs | RemoteBlobs) -> None:  # type: ignore[override]
        await super().__anit__(link, item)
        self._stream = await self.enter_context(item.uploading())

    async def write(self, byts: bytes) -> None:
        """Append bytes."""
        await self._stream.write(byts)

    async def save(self) -> tuple[int, bytes]:
        """Store what was written since the last save; returns (size, sha256). Raises HitLimit."""
        return typing.cast('tuple[int, bytes]', await self._stream.save())


class BlobApi(s_cell.CellApi):
    """Blobs through the Cortex (cortex.md 2.2)."""

    cell: s_cortex.Cortex

    async def getAxonUpload(self) -> CoreUpLoad:
        """Return an upload: ``write(bytes)``, ``save()``."""
        await self._reqUserAllowed(('axon', 'upload'))
        return await CoreUpLoad.anit(self.link, await blobs(self.cell))

    async def getAxonBytes(self, sha256: str) -> typing.AsyncGenerator[bytes | s_telepath.Large, None]:
        """Yield a blob in chunks. Raises NoSuchFile."""
        await self._reqUserAllowed(('axon', 'get'))
        axon = await ready(self.cell)
        byts = s_reading.req_hash(sha256)
        items = axon.reading.ranges(byts, None, None) if isinstance(axon, s_axon.Axon) else axon.get(byts)
        async for item in items:
            yield item

    async def feedFromAxon(self, sha256: str, opts: dict[str, Any] | None = None) -> int:
        """Store the nodes of a blob of packed nodes; returns how many were accepted. Raises NoSuchFile."""
        view = self.cell.stacks.view_of((opts or {}).get('view'), self.user)
        await self._reqUserAllowed(('node',), gateiden=view.wlyr.iden)
        axon = await ready(self.cell)
        count = 0
        chunk: list[Any] = []
        with self.cell.boss.task('feeddata', self.user, {'name': 'syn.nodes', 'view': view.iden, 'sha256': sha256}):
            async for item in axon.iterMpkFile(sha256):
                chunk.append(item)
                if len(chunk) >= _CHUNK:
                    count += await s_feed.add_nodes(view, self.user.iden, chunk)
                    chunk = []
            return count + (await s_feed.add_nodes(view, self.user.iden, chunk) if chunk else 0)
