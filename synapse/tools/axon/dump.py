"""Write the blobs of an Axon into tar archives, from where the last run ended (spec: axon.md 10, dump)."""

from __future__ import annotations

import asyncio
import os
import tarfile
import tempfile
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.axon.transfer as s_transfer
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress

ROTATE = 4_000_000_000
SPOOL = 4 * s_transfer.CHUNK


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('axon.dump', description='Write the blobs of an Axon into .tar.gz archives.')
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the Axon.')
    pars.add_argument('--offset', type=int, default=None, help='The offset to begin at, instead of that of the state.')
    pars.add_argument('--rotate-size', type=int, default=ROTATE, help='Bytes of blobs after which an archive ends.')
    pars.add_argument('--statefile', default=None, help='Where the next offset is kept: a file, or a directory.')
    pars.add_argument('outdir', help='The directory for the archives.')
    return pars.parse_args(argv)


class Archive:
    """One archive in the making. It has its name when it is complete."""

    def __init__(self, outdir: str, iden: str, start: int) -> None:
        self.outdir = outdir
        self.iden = iden
        self.start = start
        self.size = 0
        fd, self.temp = tempfile.mkstemp(dir=outdir, prefix=f'{iden}.', suffix='.partial')
        self.file = os.fdopen(fd, 'wb')
        self.tar = tarfile.open(fileobj=self.file, mode='w:gz', compresslevel=6)

    def add(self, name: str, size: int, file: typing.IO[bytes]) -> None:
        """Add a member from an open file."""
        info = tarfile.TarInfo(name)
        info.size = size
        info.mode = 0o644
        self.tar.addfile(info, file)
        self.size += size

    def finish(self, end: int) -> None:
        """Complete the archive, durably; ``end`` is the offset after its last blob."""
        self.tar.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        os.replace(self.temp, os.path.join(self.outdir, f'{self.iden}.{self.start:012d}-{end:012d}.tar.gz'))
        s_common.sync_path(self.outdir)

    def discard(self) -> None:
        """Remove what is not complete."""
        self.file.close()
        if os.path.exists(self.temp):
            os.unlink(self.temp)


class Dump:
    """One run."""

    def __init__(self, axon: typing.Any, iden: str, opts: typing.Any, statefile: str) -> None:
        self.axon = axon
        self.iden = iden
        self.opts = opts
        self.statefile = statefile
        self.archive: Archive | None = None
        self.next = 0

    async def run(self, start: int) -> None:
        """Dump all blobs from an offset on."""
        self.next = start
        try:
            async for offs, (sha256, size) in self.axon.hashes(start):
                if self.archive is None:
                    self.archive = Archive(self.opts.outdir, self.iden, self.next)
                print(f'Dumping blob {sha256.hex()} (size={size}, offs={offs})')
                await self.add_blob(sha256, size)
                self.next = offs + 1
                if self.archive.size >= self.opts.rotate_size:
                    print(f'Rotating to new .tar.gz file at offset {self.next}')
                    await self.finish()
            await self.finish()
        finally:
            if self.archive is not None:
                self.archive.discard()

    async def finish(self) -> None:
        """Complete the archive, if there is one, then remember how far we are."""
        archive = self.archive
        if archive is not None:
            await asyncio.to_thread(archive.finish, self.next)
            self.archive = None
            s_common.yamlsave({'offset:next': self.next}, self.statefile)

    async def add_blob(self, sha256: bytes, size: int) -> None:
        """Add a blob to the archive, by way of a file when it is large: a member's size stands before its bytes."""
        assert self.archive is not None
        with tempfile.SpooledTemporaryFile(SPOOL, dir=self.opts.outdir) as file:
            with s_progress.show(sha256.hex(), total=size, unit='bytes') as bar:
                async for byts in self.axon.get(sha256):
                    file.write(byts)
                    bar.advance(len(byts))
            if file.tell() != size:
                raise s_exc.BadDataValu(mesg=f'Blob {sha256.hex()} has {file.tell()} bytes, not {size}.')
            file.seek(0)
            await asyncio.to_thread(self.archive.add, f'{sha256.hex()}.blob', size, typing.cast(typing.Any, file))


def start_offset(opts: typing.Any, statefile: str) -> int:
    """Return the offset to begin at: as told, else where the last run ended, else 0."""
    if opts.offset is not None:
        return int(opts.offset)
    state = s_common.yamlload(statefile) if os.path.isfile(statefile) else None
    return int((state or {}).get('offset:next', 0))


async def main(argv: typing.Sequence[str]) -> int:
    """Dump what is new."""
    opts = parse(argv)
    if os.path.exists(opts.outdir) and not os.path.isdir(opts.outdir):
        raise s_exc.BadArg(mesg=f'Specified output directory {opts.outdir} exists but is not a directory.')
    os.makedirs(opts.outdir, exist_ok=True)
    async with s_cmd.connect(opts.url) as axon:
        info = (await axon.getCellInfo())['cell']
        if 'axon' not in info['type']:
            raise s_exc.BadArg(mesg=f'Axon dump tool only works on axons, not {info["type"]}')
        statefile = opts.statefile or opts.outdir
        if os.path.isdir(statefile):
            statefile = os.path.join(statefile, f'{info["iden"]}.yaml')
        start = start_offset(opts, statefile)
        print(f'Starting the dump from offs={start}')
        await Dump(axon, info['iden'], opts, statefile).run(start)
    print('Successfully dumped blobs.')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
