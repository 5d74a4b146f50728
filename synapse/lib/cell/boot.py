"""From the command line to a running service (cell.md 1): flags, logging, restore, options, doors, signals."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import logging
import os
import signal
import sys
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.layout as s_layout
import synapse.lib.cell.logs as s_logs
import synapse.lib.cell.restore as s_restore
import synapse.lib.limits as s_limits

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell

logger = logging.getLogger('synapse.lib.cell')

TELEPATH_URL = 'tcp://0.0.0.0:27492'
HTTPS_PORT = 4443


def make_parser(ctor: type[s_cell.Cell], conf: s_conf.Config) -> argparse.ArgumentParser:
    """Return the argument parser of a service class."""
    name = ctor.getCellType()
    prefix = conf.prefixes[0]
    pars = argparse.ArgumentParser(prog=name)
    pars.add_argument('dirn', help=f'The storage directory for the {name} service.')
    pars.add_argument(
        '--log-level', default='INFO', type=str.upper, choices=s_logs.LEVELS, help='Which log lines to write.'
    )
    pars.add_argument('--structured-logging', default=False, action='store_true', help='Write log lines as JSON.')
    for flag, kind, default, text in (
        ('telepath', str, TELEPATH_URL, 'The telepath URL to listen on'),
        ('https', int, HTTPS_PORT, 'The port of the HTTPS API'),
        ('name', str, None, 'An additional name to share the service as'),
    ):
        envar = f'{prefix}_{flag.upper()}'
        text = f'{text} (default: {default}; environment: {envar}).'
        pars.add_argument('--' + flag, default=os.environ.get(envar, default), type=kind, help=text)
    s_conf.add_flags(pars, conf.confdefs)
    return pars


@contextlib.contextmanager
def logged(mesg: str, *args: typing.Any) -> typing.Iterator[None]:
    """Log an exception that leaves the block."""
    try:
        yield
    except Exception:
        logger.exception(mesg, *args)
        raise


async def init_from_argv(ctor: type[s_cell.Cell], argv: typing.Sequence[str]) -> s_cell.Cell:
    """Return a running cell with its listeners bound. Errors are logged here, and raised."""
    conf = s_conf.Config(ctor.getConfDefs(), prefixes=ctor.getEnvPrefix())
    opts = make_parser(ctor, conf).parse_args(list(argv))
    name = ctor.getCellType()
    with logged('Error while bootstrapping cell config.'):
        s_logs.setup(opts.log_level, opts.structured_logging)
        logger.info('Starting %s version %s, Synapse version: %s', name, ctor.VERSTRING, s_common.verstring)
        await s_restore.restore_from_url(opts.dirn, name)
        conf.set_from_opts(opts)
        conf.set_from_envars()
        await ctor.prepare(s_layout.Layout(opts.dirn, name), conf)
        conf.set_from_file(s_common.genpath(opts.dirn, 'cell.yaml'))
    with logged('Error starting cell at %s', opts.dirn):
        cell = await ctor.anit(opts.dirn, conf=conf)
        try:
            await _start_listeners(cell, opts)
        except BaseException:
            await cell.fini()
            raise
    return cell


async def _start_listeners(cell: s_cell.Cell, opts: argparse.Namespace) -> None:
    name = cell.getCellType()
    turl = cell.getDmonListenUrl()
    if 'dmon:listen' not in cell.conf and turl is None:
        turl = opts.telepath
        await cell.listen(turl)
    port = opts.https
    if 'https:port' in cell.conf:
        port = cell.conf['https:port']
    else:
        await cell.addHttpsPort(port)
    if opts.name:
        cell.dmon.share(opts.name, cell)
    logger.info('...%s API (telepath): %s', name, turl or cell.getLocalUrl())
    logger.info('...%s API (https): %s', name, 'disabled' if port is None else port)
    if opts.name:
        logger.info('...%s API (telepath name): %s', name, opts.name)


async def execmain(ctor: type[s_cell.Cell], argv: typing.Sequence[str]) -> bool:
    """Run a service until SIGTERM or SIGINT (clean end), SystemExit(1) when it cannot start.

    A signal that comes while the service is still starting stops the start, and what was opened is closed.

    Returns:
        True when the service asks to be started anew.
    """
    loop = asyncio.get_running_loop()
    boot = loop.create_task(init_from_argv(ctor, argv))

    def stop(sig: signal.Signals) -> None:
        # the loop may have queued this call before the cell put its own handler in our place
        if boot.done():
            if not boot.cancelled() and boot.exception() is None:
                boot.result().on_signal(sig)
        elif sig != signal.SIGHUP:
            logger.warning('Caught %s, shutting down.', sig.name)
            boot.cancel()

    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sig, stop, sig)
    try:
        cell = await boot
    except asyncio.CancelledError:
        return False
    except Exception:
        sys.exit(1)
    tune()
    await cell.main()
    return cell.again


def tune() -> None:
    """Leave what the start made out of garbage collection, and collect less often.

    A service makes many small objects that reference counting frees; scanning its model again and again for cycles
    costs a third of ingest. Asynchronous generators are not noted one by one, only to be closed when the loop ends:
    the service closes what it began before that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*s_limits.GC_THRESHOLD)
    sys.set_asyncgen_hooks(firstiter=None)


def run(ctor: type[s_cell.Cell], argv: typing.Sequence[str] | None = None) -> None:
    """Entry point of ``python -m synapse.servers.<x>``."""
    again = s_base.run(execmain(ctor, sys.argv[1:] if argv is None else argv))
    if again:
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def resolve(name: str) -> typing.Any:
    """Return what a dotted python path names, None when there is none. Raises what its module raises at import."""
    modname, _, clsname = name.rpartition('.')
    try:
        module = importlib.import_module(modname)
    except ValueError:
        return None
    except ModuleNotFoundError as e:
        if e.name is not None and (modname == e.name or modname.startswith(e.name + '.')):
            return None
        raise
    return getattr(module, clsname, None)


def resolve_cell(name: str) -> type[s_cell.Cell] | None:
    """Return the cell class with a dotted python path, None when there is none."""
    ctor = resolve(name)
    return ctor if hasattr(ctor, 'initFromArgv') else None


def stem_ctor(dirn: str) -> type[s_cell.Cell]:
    """Return the class that a directory is meant for: ``cell:ctor`` in its cell.yaml, else ``SYN_STEM_CELL_CTOR``.

    Raises NoSuchDir, NoSuchFile (neither says which), NoSuchCtor.
    """
    if not os.path.isdir(dirn):
        raise s_exc.NoSuchDir(mesg=f'Directory {dirn} does not exist!', path=dirn)
    path = os.path.join(dirn, 'cell.yaml')
    name = s_conf.load_mapping(path).get('cell:ctor') or os.environ.get('SYN_STEM_CELL_CTOR')
    if not name:
        mesg = f'No such file: {path} and SYN_STEM_CELL_CTOR environment variable is not set.'
        raise s_exc.NoSuchFile(mesg=mesg, path=path)
    ctor = resolve_cell(str(name))
    if ctor is None:
        raise s_exc.NoSuchCtor(mesg=f'Unable to resolve ctor [{name}]', ctor=name)
    return ctor
