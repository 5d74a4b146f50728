"""``$lib.stix``: bundles that were exported, back to nodes, and what the standard says of them (runtime spec 21)."""

from __future__ import annotations

import asyncio
import json
import sys
import typing
import weakref

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.stix.objects as s_stixobjects
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Node = s_view.Node
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.stix', 'STIX 2.1: objects for nodes, and nodes for objects.')


@lib('$lib.stix.lift')
async def stix_lift(rt: Runtime, bundle: Prim) -> typing.AsyncGenerator[Node, None]:
    """Yield the nodes that the objects of an exported bundle name; those that are not here are passed over.

    Raises: BadArg.
    """
    for item in objects_of(bundle):
        ndef = s_stixobjects.ndef_of(item)
        if ndef is not None and rt.model.form(ndef[0]) is not None:
            await rt.editor.flush()
            node = rt.editor.node_by_ndef(*ndef)
            if node is not None:
                yield node
        await rt.breathe()


def objects_of(bundle: Any) -> typing.Iterable[Any]:
    """Return the objects of a bundle. Raises: BadArg."""
    items = bundle.get('objects', ()) if isinstance(bundle, dict) else None
    if not isinstance(items, (list, tuple)):
        raise s_exc.BadArg(mesg='A STIX bundle must be a dictionary with a list of objects.')
    return items


@lib('$lib.stix.validate')
async def stix_validate(rt: Runtime, bundle: Prim) -> dict[str, Any]:
    """Hold a bundle against the standard, recommendations included; returns ``{ok, mesg, result}``."""
    try:
        text = json.dumps(bundle).encode()
    except (TypeError, ValueError) as e:
        return _failed(str(e))
    async with _slots():
        return await _validate(text)


_SLOTS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()


def _slots() -> asyncio.Semaphore:
    """Return what bounds the validators that run at once: each is a process."""
    return _SLOTS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(s_limits.STIX_VALIDATORS))


async def _validate(text: bytes) -> dict[str, Any]:
    argv = (sys.executable, '-m', 'synapse.lib.stix.validator')
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    proc = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=null)
    try:
        async with asyncio.timeout(s_limits.STIX_VALIDATE_SECS):
            byts, _ = await proc.communicate(text)
        retn: dict[str, Any] = json.loads(byts)
        return retn
    except TimeoutError:
        return _failed(f'not done after {s_limits.STIX_VALIDATE_SECS:.0f} seconds')
    except ValueError:
        return _failed(f'the validator ended with code {proc.returncode}')
    finally:
        if proc.returncode is None:
            proc.kill()
            await proc.wait()


def _failed(why: str) -> dict[str, Any]:
    return {'ok': False, 'mesg': f'Error validating bundle: {why}', 'result': {}}


# the texts of a mapping


def run_text(rt: Runtime, text: str, vars: dict[str, Any], node: Node | None = None) -> s_runtime.Stream:
    """Run a text of a mapping, at a node if one is given. It sees no variables but these."""
    inner = Runtime(rt.query)
    inner.vars.update(vars)
    plan = rt.query.core.plan(text, 'storm', vars)
    stream: s_runtime.Stream = plan.run(inner, None if node is None else s_plan.one(inner.path(node)))
    return stream


async def call_text(rt: Runtime, text: str, vars: dict[str, Any], node: Node | None = None) -> Any:
    """Run a text of a mapping for what it returns; novalu if it returns nothing. Raises: RecursionLimitHit."""
    rt.enter(text)
    try:
        async for _ in run_text(rt, text, vars, node):
            await rt.breathe()
    except s_signals.Return as e:
        return e.valu
    finally:
        rt.leave()
    return s_common.novalu
