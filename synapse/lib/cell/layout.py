"""The directory of a cell: its paths, its permanent iden, and the lock that keeps a second process out (cell.md 3).

``cell.guid`` holds the iden and is the lock file. POSIX record locks belong to the process and vanish when *any*
descriptor of the file is closed, so while a cell lives nobody in its process may open that file: ask `Layout.iden`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import typing

import synapse.common as s_common
import synapse.exc as s_exc

GUID_FILE = 'cell.guid'

# Directories that this process has locked: a second lockf() in one process would succeed.
_locked: set[str] = set()


class Layout:
    """Paths of one service directory. Made by the boot sequence before anything else touches the directory.

    Args:
        dirn: The directory; it is made when missing (mode 0700).
        celltype: Named in the error when another process holds the lock.
    """

    def __init__(self, dirn: str, celltype: str) -> None:
        self.dirn = s_common.gendir(dirn)
        self.celltype = celltype
        self.iden = ''
        self.inaugural = False
        self.fd: int | None = None

    def path(self, *parts: str) -> str:
        """Return a path inside of the directory."""
        return os.path.join(self.dirn, *parts)

    def lock(self) -> None:
        """Take the lock on ``cell.guid``. Raises FatalErr when another process (or cell in this one) has it."""
        mesg = f'Cannot start the {self.celltype}, another process is already running it.'
        real = os.path.realpath(self.dirn)
        if real in _locked:
            raise s_exc.FatalErr(mesg=mesg)
        fd = os.open(self.path(GUID_FILE), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            raise s_exc.FatalErr(mesg=mesg) from None
        self.fd = fd
        _locked.add(real)

    def is_born(self) -> bool:
        """Return True when the directory has an iden: it is a service, not just a place for one."""
        try:
            # the lock would be lost by opening and closing the file
            return os.stat(self.path(GUID_FILE)).st_size > 0
        except FileNotFoundError:
            return False

    def load_iden(self, iden: str | None = None) -> str:
        """Return the permanent iden; a new directory (``inaugural``) gets the one given, or a random one.

        Raises BadConfValu when the one given, BadCoreStore when the one stored is not an iden.
        """
        assert self.fd is not None
        text = os.pread(self.fd, 64, 0).decode(errors='replace').strip()
        if not text:
            self.inaugural = True
            text = self._write_iden(iden)
        if not s_common.isguid(text):
            path = self.path(GUID_FILE)
            raise s_exc.BadCoreStore(mesg=f'The file {path} does not hold a service iden: {text!r}', path=path)
        self.iden = text
        return text

    def _write_iden(self, iden: str | None) -> str:
        if iden is None:
            iden = s_common.guid()
        if not s_common.isguid(iden):
            mesg = f'Invalid config for cell:guid, data must be 32 lower-case hex characters: {iden!r}'
            raise s_exc.BadConfValu(mesg=mesg, name='cell:guid', value=iden)
        self.store_iden(iden.encode())
        return iden

    def store_iden(self, byts: bytes) -> None:
        """Write the content of ``cell.guid`` through the locked descriptor, durably: all of it or (OSError) nothing."""
        assert self.fd is not None
        try:
            if os.pwrite(self.fd, byts, 0) != len(byts):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.path(GUID_FILE))
            os.fsync(self.fd)
        except OSError:
            os.ftruncate(self.fd, 0)
            raise
        s_common.sync_path(self.dirn)

    def make_dirs(self) -> None:
        """Make the standard directories; the scratch ones are emptied."""
        for name in ('slabs', 'certs'):
            s_common.gendir(self.path(name))
        for name in ('tmp', 'sockets'):
            path = self.path(name)
            if os.path.isdir(path):
                clear_dir(path)
            s_common.gendir(path)

    def backup_dir(self, conf: str | None) -> str:
        """Return the directory for backups, made when missing. Raises BadConfValu when it lies inside of ours."""
        if conf is None:
            return s_common.gendir(self.path('backups'))
        path = s_common.genpath(conf)
        if os.path.commonpath((os.path.realpath(path), os.path.realpath(self.dirn))) == os.path.realpath(self.dirn):
            raise s_exc.BadConfValu(mesg='backup:dir must not be within the service directory', name='backup:dir')
        return s_common.gendir(path)

    def wipe(self) -> None:
        """Delete everything in the locked directory. The lock file itself becomes empty: the directory is as new."""
        assert self.fd is not None
        for entry in os.scandir(self.dirn):
            if entry.name != GUID_FILE:
                _remove(entry)
        os.ftruncate(self.fd, 0)

    def clear(self, keep: typing.Container[str]) -> None:
        """Delete everything in the locked directory but its iden and what lies at its top under these names."""
        for entry in os.scandir(self.dirn):
            if entry.name != GUID_FILE and entry.name not in keep:
                _remove(entry)

    def unlock(self) -> None:
        """Let the directory go. The very last thing that a cell does."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
            _locked.discard(os.path.realpath(self.dirn))

    def unlock_unborn(self) -> None:
        """Let the directory go; without an iden it gets back to being no service at all."""
        if self.fd is not None and not self.is_born():
            os.unlink(self.path(GUID_FILE))
        self.unlock()


def clear_dir(path: str) -> None:
    """Delete everything in a directory, not the directory itself."""
    for entry in os.scandir(path):
        _remove(entry)


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path)
    else:
        os.unlink(entry.path)


def disk_usage(path: str, skip: tuple[str, ...] = ()) -> tuple[int, int]:
    """Return ``(real, apparent)`` bytes of a directory tree: blocks that it occupies, and sum of file sizes.

    Args:
        path: Top directory.
        skip: Directories (absolute paths) to leave out.
    """
    real = apparent = 0
    todo = [path]
    while todo:
        try:
            entries = list(os.scandir(todo.pop()))
        except FileNotFoundError:  # trees of a live service change under us
            continue
        for entry in entries:
            try:
                stat = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            real += stat.st_blocks * 512
            apparent += stat.st_size
            if entry.is_dir(follow_symlinks=False) and entry.path not in skip:
                todo.append(entry.path)
    return real, apparent
