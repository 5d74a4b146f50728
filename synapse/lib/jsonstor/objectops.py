"""Objects as the service offers them (jsonstor.md 3): calls that check and copy their arguments, and push events."""

from __future__ import annotations

import asyncio
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.jsonstor.bursts as s_bursts
import synapse.lib.jsonstor.objectevents as s_objectevents
import synapse.lib.jsonstor.paths as s_paths
import synapse.lib.jsonstor.props as s_props
import synapse.lib.jsonstor.values as s_values
import synapse.lib.limits as s_limits

Any = typing.Any
Path = s_paths.Path
Parts = s_paths.Parts
Pairs = typing.Sequence[tuple[Path, Path]]


class ObjectOps(s_objectevents.ObjectEvents):
    """The slice of a JSONStor that keeps objects. A path is text or a list of names, and so is a property.

    All raise BadArg for what is no path or property, and where a property leads through a value that is no dictionary.
    """

    bigs: asyncio.Lock

    # -- read

    async def list_bursts(self, parts: s_paths.Parts) -> typing.AsyncGenerator[list[str], None]:
        """Yield lists of the paths below a path, relative to it; itself, when it has an object, as an empty text."""
        count = len(parts)
        for keys in s_bursts.of(self.objs.keys(parts)):
            yield [s_paths.text(s_paths.unpack(lkey)[count:]) for lkey in keys]

    async def obj_bursts(self, parts: s_paths.Parts) -> typing.AsyncGenerator[list[bytes], None]:
        """Yield lists of packed pairs (remaining names, object) of a path and all below it, in order."""
        count = len(parts)
        for rows in s_bursts.of(self._objs(parts), lambda row: len(row[1])):
            yield [b'\x92' + s_common.en(s_paths.unpack(lkey)[count:]) + byts for lkey, byts in rows]

    def _objs(self, parts: s_paths.Parts) -> typing.Iterator[tuple[bytes, bytes]]:
        for lkey in self.objs.keys(parts):
            byts = self.objs.get(lkey)
            if byts is not None:
                yield lkey, byts

    async def getPathObj(self, path: Path) -> Any:
        """Return the object of a path, None when there is none."""
        return self.get_obj(s_paths.parts_of(path))

    async def hasPathObj(self, path: Path) -> bool:
        """Return True when a path has an object, be it None."""
        return self.has_obj(s_paths.parts_of(path))

    async def getPathObjProp(self, path: Path, prop: Path) -> Any:
        """Return a property of an object, None when either is missing. Raises BadArg."""
        return s_props.get(self.get_obj(s_paths.parts_of(path)), s_props.names_of(prop, whole=True))

    async def getPathList(self, path: Path) -> typing.AsyncGenerator[str, None]:
        """Yield the paths below a path, relative to it; the path itself, when it has an object, as ``''``."""
        async for some in self.list_bursts(s_paths.parts_of(path)):
            for item in some:
                yield item

    async def getPathObjs(self, path: Path) -> typing.AsyncGenerator[tuple[Parts, Any], None]:
        """Yield (remaining names, object) of a path and all below it."""
        async for some in self.obj_bursts(s_paths.parts_of(path)):
            for byts in some:
                yield s_common.un(byts)

    # -- change

    async def setPathObj(self, path: Path, item: Any) -> None:
        """Give a path a new object. Raises BadArg (too long, too deep, too large), NotMsgpackSafe."""
        parts = s_paths.parts_of(path)
        await self.set_obj(parts, s_values.own(item))

    async def set_obj(self, parts: s_paths.Parts, item: Any) -> None:
        """Give a path a new object, one that nobody else can change. Raises as ``setPathObj``."""
        s_paths.key_of(parts)
        packed = b'\x92' + s_common.en(parts) + s_values.pack(item)
        await self.nexsroot.issue(self.nexsiden, 'json:set', (parts, item), {}, packed=packed)

    async def delPathObj(self, path: Path) -> None:
        """Forget the object of a path, if it has one."""
        parts = s_paths.parts_of(path)
        if s_paths.find_key(parts) is not None:
            await self._push('json:del', parts)

    async def setPathObjProp(self, path: Path, prop: Path, valu: Any) -> bool:
        """Set a property, with dictionaries on the way to it. Returns False when there is no object."""
        return bool(await self._edit('json:set:prop', path, s_props.names_of(prop), s_values.own(valu)))

    async def delPathObjProp(self, path: Path, name: Path) -> bool:
        """Remove a property. Returns False when there is nothing that could have it."""
        return bool(await self._edit('json:del:prop', path, s_props.names_of(name)))

    async def cmpDelPathObjProp(self, path: Path, name: Path, valu: Any) -> bool:
        """Remove a property if it has a value (None: or is missing). Returns whether that was so."""
        return bool(await self._edit('json:cmp:del:prop', path, s_props.names_of(name), s_values.own(valu)))

    async def popPathObjProp(self, path: Path, prop: Path) -> Any:
        """Remove a property and return its value, None when it was missing."""
        return await self._edit('json:pop:prop', path, s_props.names_of(prop))

    async def setPathLink(self, srcpath: Path, dstpath: Path) -> None:
        """Make a path another name of the object that ``dstpath`` has now. Raises NoSuchPath."""
        src, dst = s_paths.parts_of(srcpath), s_paths.parts_of(dstpath)
        s_paths.key_of(src)
        await self._push_by_size('json:link', (dst,), src, dst)

    async def copyPathObj(self, oldp: Path, newp: Path) -> None:
        """Give a path a copy of an object, None where there is none."""
        src, dst = s_paths.parts_of(oldp), s_paths.parts_of(newp)
        s_paths.key_of(dst)
        await self._push_by_size('json:copy', (src,), src, dst)

    async def copyPathObjs(self, paths: Pairs) -> None:
        """Make copies, one after the other, as one change. Raises BadArg, also when they are too many bytes."""
        pairs = pairs_of(paths)
        for _, dst in pairs:
            s_paths.key_of(dst)
        await self._push_by_size('json:copys', [src for src, _ in pairs], pairs)

    async def _edit(self, event: str, path: Path, *args: Any) -> Any:
        parts = s_paths.parts_of(path)
        if s_paths.find_key(parts) is None:
            return None
        return await self._push_by_size(event, (parts,), parts, *args)

    async def _push_by_size(self, event: str, reads: typing.Iterable[s_paths.Parts], *args: Any) -> Any:
        """Push an event that rewrites objects as large as those that it reads; big ones one at a time."""
        keys = (s_paths.find_key(parts) for parts in reads)
        if sum(self.objs.size(lkey) for lkey in keys if lkey is not None) < s_limits.JSON_BIG_BYTES:
            return await self._push(event, *args)
        async with self.bigs:
            return await self._push(event, *args)


def pairs_of(paths: Any) -> list[tuple[s_paths.Parts, s_paths.Parts]]:
    """Return (old path, new path) pairs as names. Raises BadArg."""
    if not isinstance(paths, (tuple, list)):
        raise s_exc.BadArg(mesg='The paths of a copy are a list of pairs.')
    for pair in paths:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise s_exc.BadArg(mesg='The paths of a copy are a list of pairs.')
    return [(s_paths.parts_of(oldp), s_paths.parts_of(newp)) for oldp, newp in paths]
