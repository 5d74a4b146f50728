"""What remote callers may ask of an Axon (axon.md 3): the permission, then the service."""

from __future__ import annotations

import typing

import synapse.lib.axon.early as s_early
import synapse.lib.axon.uploads as s_uploads
import synapse.lib.cell as s_cell
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.axon as s_axon

Any = typing.Any
Info = dict[str, Any] | None
Burst = s_telepath.Burst


class AxonApi(s_cell.CellApi):
    """The API of an Axon, beside that of every cell. A hash is 32 bytes; hex is taken too."""

    __module__ = 'synapse.axon'

    cell: s_axon.Axon

    def expectTeleBulk(self, name: str, size: int) -> s_telepath.Work | None:
        """Begin to save a blob that is on its way, for a user who may."""
        if name == 'put' and self.user.allowed(('axon', 'upload')):
            return self.cell.intake.expect(size)
        return None

    # ----- reading

    async def get(
        self, sha256: bytes, offs: int | None = None, size: int | None = None
    ) -> typing.AsyncGenerator[bytes | s_telepath.Large, None]:
        """Yield a blob, or a range of it, in chunks of up to 16 MiB. Raises: NoSuchFile, BadArg."""
        await self._reqUserAllowed(('axon', 'get'))
        async for item in self.cell.reading.ranges(sha256, offs, size):
            yield item

    async def readlines(self, sha256: str, errors: str = 'ignore') -> typing.AsyncGenerator[Any, None]:
        """Yield the lines of a text. Raises: NoSuchFile, BadDataValu."""
        await self._reqUserAllowed(('axon', 'get'))
        async for found in self.cell.reading.lines(sha256, errors):
            yield Burst(found)

    async def jsonlines(self, sha256: str, errors: str = 'ignore') -> typing.AsyncGenerator[Any, None]:
        """Yield the JSON values of lines. Raises: NoSuchFile, BadJsonText, BadDataValu."""
        await self._reqUserAllowed(('axon', 'get'))
        async for found in self.cell.reading.jsonlines(sha256, errors):
            yield Burst(found)

    async def csvrows(
        self, sha256: bytes, dialect: str = 'excel', errors: str = 'ignore', **fmtparams: Any
    ) -> typing.AsyncGenerator[Any, None]:
        """Yield the rows of a CSV file. Raises: NoSuchFile, BadArg, BadDataValu."""
        await self._reqUserAllowed(('axon', 'get'))
        async for found in self.cell.reading.csvrows(sha256, dialect, errors, fmtparams):
            yield Burst(found)

    async def iterMpkFile(self, sha256: str) -> typing.AsyncGenerator[Any, None]:
        """Yield the msgpack values of a blob. Raises: NoSuchFile, BadDataValu."""
        await self._reqUserAllowed(('axon', 'get'))
        async for found in self.cell.reading.msgpack(sha256):
            yield Burst(found)

    async def unpack(self, sha256: bytes, fmt: str, offs: int = 0) -> tuple[Any, ...]:
        """Return what ``struct`` finds at an offset. Raises: NoSuchFile, BadArg, BadDataValu."""
        await self._reqUserAllowed(('axon', 'get'))
        return await self.cell.reading.unpack(sha256, fmt, offs)

    # ----- asking

    async def has(self, sha256: bytes) -> bool:
        """Return True when a blob exists."""
        await self._reqUserAllowed(('axon', 'has'))
        return await self.cell.has(sha256)

    async def size(self, sha256: bytes) -> int | None:
        """Return the size of a blob, None when there is none."""
        await self._reqUserAllowed(('axon', 'has'))
        return await self.cell.size(sha256)

    async def hashset(self, sha256: bytes) -> dict[str, str]:
        """Return ``{md5, sha1, sha256, sha512}`` in hex. Raises NoSuchFile."""
        await self._reqUserAllowed(('axon', 'has'))
        return await self.cell.hashset(sha256)

    async def hashes(
        self, offs: int, wait: bool = False, timeout: float | None = None
    ) -> typing.AsyncGenerator[Any, None]:
        """Yield (offset, (sha256, size)) in the order of addition; see `Axon.hashes`."""
        await self._reqUserAllowed(('axon', 'has'))
        async for rows in self.cell.hash_bursts(offs, wait, timeout):
            yield s_telepath.RawBurst(rows)

    async def history(self, tick: int, tock: int | None = None) -> typing.AsyncGenerator[Any, None]:
        """Yield (time, (sha256, size)) of additions between two times."""
        await self._reqUserAllowed(('axon', 'has'))
        async for item in self.cell.history(tick, tock=tock):
            yield item

    async def wants(self, sha256s: typing.Sequence[bytes]) -> list[bytes]:
        """Return those of the hashes that are not stored."""
        await self._reqUserAllowed(('axon', 'has'))
        return await self.cell.wants(sha256s)

    async def metrics(self) -> dict[str, int]:
        """Return ``{'size:bytes', 'file:count'}``."""
        await self._reqUserAllowed(('axon', 'has'))
        return await self.cell.metrics()

    # ----- changing

    async def put(self, byts: bytes | s_early.Early) -> s_uploads.Saved:
        """Store a blob; returns (size, sha256). Raises HitLimit."""
        await self._reqUserAllowed(('axon', 'upload'))
        if isinstance(byts, s_early.Early):
            return await self.cell.intake.put_early(byts)
        return await self.cell.put(byts)

    async def puts(self, files: typing.Sequence[bytes]) -> list[s_uploads.Saved]:
        """Store blobs; returns (size, sha256) of each. Raises HitLimit: those before it are stored."""
        await self._reqUserAllowed(('axon', 'upload'))
        return await self.cell.puts(files)

    async def upload(self) -> s_uploads.UpLoadShare:
        """Return an upload: ``write(bytes)``, ``save()``."""
        await self._reqUserAllowed(('axon', 'upload'))
        return await s_uploads.UpLoadShare.anit(self.link, self.cell)

    async def del_(self, sha256: bytes) -> bool:
        """Remove a blob. Returns False when there is none."""
        await self._reqUserAllowed(('axon', 'del'))
        return await self.cell.del_(sha256)

    async def dels(self, sha256s: typing.Sequence[bytes]) -> list[bool]:
        """Remove blobs; returns for each whether it was there."""
        await self._reqUserAllowed(('axon', 'del'))
        return await self.cell.dels(sha256s)

    # ----- the web

    async def wget(
        self,
        url: str,
        params: Any = None,
        headers: Info = None,
        json: Any = None,
        body: Any = None,
        method: str = 'GET',
        ssl: bool = True,
        timeout: float | None = None,
        proxy: Any = True,
        ssl_opts: Info = None,
    ) -> dict[str, Any]:
        """Fetch a URL and store the body; returns what came of it (axon.md 6)."""
        await self._reqUserAllowed(('axon', 'wget'))
        return await self.cell.wget(
            url, params, headers, json, body, method, ssl=ssl, timeout=timeout, proxy=proxy, ssl_opts=ssl_opts
        )

    async def wput(
        self,
        sha256: bytes,
        url: str,
        params: Any = None,
        headers: Info = None,
        method: str = 'PUT',
        ssl: bool = True,
        timeout: float | None = None,
        proxy: Any = True,
        ssl_opts: Info = None,
    ) -> dict[str, Any]:
        """Send a blob to a URL; returns what came of it (axon.md 6)."""
        await self._reqUserAllowed(('axon', 'wput'))
        return await self.cell.wput(
            sha256, url, params, headers, method, ssl=ssl, timeout=timeout, proxy=proxy, ssl_opts=ssl_opts
        )

    async def postfiles(
        self,
        fields: typing.Sequence[dict[str, Any]],
        url: str,
        params: Any = None,
        headers: Info = None,
        method: str = 'POST',
        ssl: bool = True,
        timeout: float | None = None,
        proxy: Any = True,
        ssl_opts: Info = None,
    ) -> dict[str, Any]:
        """Send a form with blobs to a URL; returns what came of it (axon.md 6)."""
        await self._reqUserAllowed(('axon', 'wput'))
        return await self.cell.postfiles(
            fields, url, params, headers, method, ssl=ssl, timeout=timeout, proxy=proxy, ssl_opts=ssl_opts
        )
