"""Copies a service directory so that the copy is a service directory: what to take, what to leave (cell.md 8.2, 8.3).

Databases and change log come from a snapshot (`synapse.lib.nexus.backup`); here is the rest, and the offline backup of
a directory that another process may be using.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import fnmatch
import logging
import os
import shutil
import time

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.layout as s_layout
import synapse.lib.nexus.backup as s_backup

logger = logging.getLogger('synapse.lib.cell')

# Never copied: scratch space, and backups (a backup of backups would double with each run).
SKIP_DIRS = ('**/tmp', '**/backups')

LOG_DIR = os.path.join('slabs', 'nexuslog')

# A database that is being made, see slab.env: not yet a part of the service.
_UNBORN = '*.lmdb.*.new'


@dataclasses.dataclass
class Plan:
    """What there is to copy, as paths relative to the source: plain directories and files, databases."""

    dirs: list[str] = dataclasses.field(default_factory=list)
    files: list[str] = dataclasses.field(default_factory=list)
    databases: list[str] = dataclasses.field(default_factory=list)


def make_plan(srcdir: str, skipdirs: collections.abc.Iterable[str] = ()) -> Plan:
    """Walk a service directory; links are followed, sockets and the like are left out.

    Args:
        srcdir: The directory.
        skipdirs: Globs of directories to leave out, matched against ``./name`` or ``sub/name``.
    """
    plan = Plan()
    globs = (*SKIP_DIRS, _UNBORN, *skipdirs)
    seen = {os.path.realpath(srcdir)}
    todo = ['']
    while todo:
        rel = todo.pop()
        for entry in sorted(os.scandir(os.path.join(srcdir, rel)), key=lambda entry: entry.name):
            path = os.path.join(rel, entry.name)
            if entry.is_file():
                plan.files.append(path)
            elif entry.is_dir() and not _skipped(path, globs):
                if entry.name.endswith('.lmdb'):
                    plan.databases.append(path)
                elif (real := os.path.realpath(entry.path)) not in seen:
                    seen.add(real)
                    plan.dirs.append(path)
                    todo.append(path)
    return plan


def _skipped(path: str, globs: collections.abc.Iterable[str]) -> bool:
    name = path if os.sep in path else os.path.join('.', path)
    return any(fnmatch.fnmatch(name, glob) for glob in globs)


def copy_plain(plan: Plan, srcdir: str, dstdir: str, skip: collections.abc.Container[str] = ()) -> None:
    """Copy the plain directories and files of a plan, durably. Files that vanish meanwhile are left out.

    Args:
        skip: Absolute source paths of directories whose content comes from elsewhere (the change log).
    """
    kept = [path for path in plan.dirs if os.path.join(srcdir, path) not in skip]
    for path in kept:
        os.makedirs(os.path.join(dstdir, path), mode=0o700, exist_ok=True)
    for path in plan.files:
        src, dst = os.path.join(srcdir, path), os.path.join(dstdir, path)
        # the lock file comes last, and not by opening it: in the process that holds the lock that would release it
        if path == s_layout.GUID_FILE or os.path.dirname(src) in skip:
            continue
        try:
            shutil.copy2(src, dst)
        except FileNotFoundError:
            logger.warning('%s vanished before it was copied', src)
            continue
        s_common.sync_path(dst)
    for path in ['', *kept]:
        s_common.sync_path(os.path.join(dstdir, path))


def copy_rest(srcdir: str, dstdir: str, captured: set[str], skipdirs: collections.abc.Iterable[str] = ()) -> None:
    """Copy what a snapshot does not hold; ``captured`` are the absolute paths that it does."""
    plan = make_plan(srcdir, skipdirs)
    for path in plan.databases:
        full = os.path.join(srcdir, path)
        if full not in captured:
            logger.warning('lmdb file %s not copied', full)
    copy_plain(plan, srcdir, dstdir, skip=captured)


def backup(srcdir: str, dstdir: str, skipdirs: collections.abc.Iterable[str] = ()) -> None:
    """Back up a service directory into another one, which may exist: files are then replaced.

    The service may be running in another process; the copy is consistent all the same. Must not be called in the
    process of the service itself.

    Raises:
        NoSuchDir: There is no source directory. BadArg: The destination lies inside of the source.
        BadCoreStore, FatalErr: A database cannot be read.
    """
    started = time.monotonic()
    srcdir, dstdir = s_common.genpath(srcdir), s_common.genpath(dstdir)
    if not os.path.isdir(srcdir):
        raise s_exc.NoSuchDir(mesg=f'Directory {srcdir} does not exist!', path=srcdir)
    skipdirs = [*skipdirs, *_inside(srcdir, dstdir)]
    s_common.gendir(dstdir)
    plan = make_plan(srcdir, skipdirs)
    logdir = os.path.join(srcdir, LOG_DIR)
    with s_backup.foreign([os.path.join(srcdir, path) for path in plan.databases], logdir) as snap:
        old = os.path.join(dstdir, LOG_DIR)
        if os.path.isdir(old):
            s_layout.clear_dir(old)
        snap.copy_sync(srcdir, dstdir, progress=lambda path: logger.info('Copying %s', path))
        # looked for again: the databases may speak of files that were made since
        plan = make_plan(srcdir, skipdirs)
        copy_plain(plan, srcdir, dstdir, skip=snap.paths)
    if s_layout.GUID_FILE in plan.files:
        with open(os.path.join(srcdir, s_layout.GUID_FILE), 'rb') as file:
            s_common.write_file(os.path.join(dstdir, s_layout.GUID_FILE), file.read())
    logger.info('Backup complete. Took [%.2f] for [%s]', time.monotonic() - started, srcdir)


def _inside(srcdir: str, dstdir: str) -> list[str]:
    """Return the glob that keeps a destination inside of the source out of its own copy."""
    rel = os.path.relpath(dstdir, srcdir)
    if rel == os.curdir:
        raise s_exc.BadArg(mesg='A directory cannot be backed up into itself.', path=dstdir)
    if rel.startswith(os.pardir):
        return []
    return [rel if os.sep in rel else os.path.join('.', rel)]
