"""The events of objects, and the handlers that apply them (jsonstor.md 6).

What a change does is decided here, when everything before it in the log was applied: whether there is an object,
whether values are equal, what the old value was. An event from the log of another release may have a path as text.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.jsonstor.objects as s_objects
import synapse.lib.jsonstor.paths as s_paths
import synapse.lib.jsonstor.props as s_props
import synapse.lib.jsonstor.values as s_values
import synapse.lib.limits as s_limits

Any = typing.Any
Path = s_paths.Path
Pairs = typing.Sequence[tuple[Path, Path]]
onPush = s_cell.Cell.onPush


class ObjectEvents(s_cell.Cell):
    """How changes of objects are applied."""

    objs: s_objects.Objects

    def get_obj(self, parts: s_paths.Parts) -> Any:
        """Return the object of a path, None when there is none."""
        lkey = s_paths.find_key(parts)
        byts = None if lkey is None else self.objs.get(lkey)
        return None if byts is None else s_common.un(byts)

    def has_obj(self, parts: s_paths.Parts) -> bool:
        """Return True when a path has an object, be it None."""
        lkey = s_paths.find_key(parts)
        return lkey is not None and self.objs.has(lkey)

    @onPush('json:set')
    def _on_set(self, path: Path, item: Any) -> None:
        # not measured again: what was accepted once must be applied at every replay, whatever the limits are then
        self.objs.put(_key(path), s_common.en(item))

    @onPush('json:del')
    def _on_del(self, path: Path) -> None:
        self.objs.remove(_key(path))

    @onPush('json:set:prop')
    def _on_set_prop(self, path: Path, prop: Path, valu: Any) -> bool:
        obj = self._get(path)
        if obj is None:
            return False
        if s_props.put(obj, s_props.names_of(prop), valu):
            self._update(path, obj)
        return True

    @onPush('json:del:prop')
    def _on_del_prop(self, path: Path, name: Path) -> bool:
        return self._drop(path, name)[0]

    @onPush('json:cmp:del:prop')
    def _on_cmp_del_prop(self, path: Path, name: Path, valu: Any) -> bool:
        return self._drop(path, name, lambda old: old == valu)[0]

    @onPush('json:pop:prop')
    def _on_pop_prop(self, path: Path, prop: Path) -> Any:
        return self._drop(path, prop)[1]

    @onPush('json:link')
    def _on_link(self, srcpath: Path, dstpath: Path) -> None:
        dst = s_paths.parts_of(dstpath)
        lkey = s_paths.find_key(dst)
        if lkey is None or not self.objs.link(_key(srcpath), lkey):
            raise s_exc.NoSuchPath(mesg=f'There is no object at {s_paths.text(dst)}.', path=dst)

    @onPush('json:copy')
    def _on_copy(self, oldp: Path, newp: Path) -> None:
        self._copy(oldp, newp)

    @onPush('json:copys')
    def _on_copys(self, paths: Pairs) -> None:
        # what is too much fails before anything was copied; a copy may be the source of a later one, so that the sum
        # can only be an estimate from above
        sizes: dict[bytes, int] = {}
        total = 0
        for oldp, newp in paths:
            lkey = s_paths.find_key(s_paths.parts_of(oldp))
            size = 1 if lkey is None else sizes.get(lkey) or self.objs.size(lkey)
            sizes[_key(newp)] = size
            total += size
        if total > s_limits.JSON_COPY_BYTES:
            mesg = f'The copies have {total} bytes, at most {s_limits.JSON_COPY_BYTES} are made at once.'
            raise s_exc.BadArg(mesg=mesg, size=total)
        for oldp, newp in paths:
            self._copy(oldp, newp)

    def _copy(self, oldp: Path, newp: Path) -> None:
        lkey = s_paths.find_key(s_paths.parts_of(oldp))
        byts = None if lkey is None else self.objs.get(lkey)
        self.objs.put(_key(newp), s_values.pack(None) if byts is None else byts)

    def _get(self, path: Path) -> Any:
        return self.get_obj(s_paths.parts_of(path))

    def _update(self, path: Path, obj: Any) -> None:
        self.objs.update(_key(path), s_values.pack(obj))

    def _drop(self, path: Path, name: Path, test: typing.Callable[[Any], bool] = lambda old: True) -> tuple[bool, Any]:
        """Remove a property whose value passes a test; returns (there was a place for it and it passed, value)."""
        obj = self._get(path)
        names = s_props.names_of(name)
        if obj is None:
            return False, None
        info = s_props.holder(obj, names)
        old = None if info is None else info.get(names[-1])
        if info is None or not test(old):
            return False, None
        if names[-1] in info:
            del info[names[-1]]
            self._update(path, obj)
        return True, old


def _key(path: Path) -> bytes:
    return s_paths.key_of(s_paths.parts_of(path))
