"""Any sequence of changes leaves what a dictionary of objects would hold, also after a replay of the log."""

from __future__ import annotations

import asyncio
import copy
import pathlib
import tempfile
import typing

import hypothesis
import hypothesis.strategies as st

import synapse.exc as s_exc
import synapse.jsonstor as s_jsonstor
from tests.lib.jsonstor.serving import collect

Any = typing.Any

PATHS = st.sampled_from(['a', 'a/b', 'a/b/c', 'ab', 'b', 'b/a'])
NAMES = st.sampled_from(['x', 'y', 'x/y', 'x/y/z'])
LEAVES = st.sampled_from([None, 0, 1, 'text', (1, 2), {}, {'x': 1}, {'x': {'y': 2}}])
OBJS = st.one_of(LEAVES, st.dictionaries(st.sampled_from('xy'), LEAVES))

STEPS = st.one_of(
    st.tuples(st.just('setPathObj'), PATHS, OBJS),
    st.tuples(st.just('delPathObj'), PATHS),
    st.tuples(st.just('setPathObjProp'), PATHS, NAMES, LEAVES),
    st.tuples(st.just('delPathObjProp'), PATHS, NAMES),
    st.tuples(st.just('cmpDelPathObjProp'), PATHS, NAMES, LEAVES),
    st.tuples(st.just('popPathObjProp'), PATHS, NAMES),
    st.tuples(st.just('setPathLink'), PATHS, PATHS),
    st.tuples(st.just('copyPathObj'), PATHS, PATHS),
)


class Fails(Exception):
    """The step is an error."""


class Model:
    """What the steps mean: names of boxes with objects in them."""

    def __init__(self) -> None:
        self.boxes: dict[str, list[Any]] = {}

    def objs(self) -> dict[str, Any]:
        return {path: box[0] for path, box in self.boxes.items()}

    def setPathObj(self, path: str, item: Any) -> None:
        self.boxes[path] = [copy.deepcopy(item)]

    def delPathObj(self, path: str) -> None:
        self.boxes.pop(path, None)

    def setPathLink(self, src: str, dst: str) -> None:
        if dst not in self.boxes:
            raise Fails
        self.boxes[src] = self.boxes[dst]

    def copyPathObj(self, src: str, dst: str) -> None:
        self.setPathObj(dst, self.boxes.get(src, [None])[0])

    def holder(self, path: str, name: str, make: bool = False) -> Any:
        """Return the dictionary for the last name of a property, or None. Nothing is made where that would fail."""
        info = self.boxes.get(path, [None])[0]
        if info is None:
            return None
        for part in name.split('/')[:-1]:
            self.need(info)
            if info.get(part) is None:
                if not make:
                    return None
                info[part] = {}
            info = info[part]
        return self.need(info)

    def need(self, info: Any) -> Any:
        if not isinstance(info, dict):
            raise Fails
        return info

    def setPathObjProp(self, path: str, name: str, valu: Any) -> bool:
        info = self.holder(path, name, make=True)
        if info is None:
            return False
        last = name.split('/')[-1]
        if last not in info or info[last] != valu:
            info[last] = copy.deepcopy(valu)
        return True

    def cmpDelPathObjProp(self, path: str, name: str, valu: Any) -> bool:
        info = self.holder(path, name)
        if info is None or info.get(name.split('/')[-1]) != valu:
            return False
        info.pop(name.split('/')[-1], None)
        return True

    def popPathObjProp(self, path: str, name: str) -> Any:
        info = self.holder(path, name)
        return None if info is None else info.pop(name.split('/')[-1], None)

    def delPathObjProp(self, path: str, name: str) -> bool:
        info = self.holder(path, name)
        if info is None:
            return False
        info.pop(name.split('/')[-1], None)
        return True


async def attempt(func: typing.Callable[[], Any], error: type[Exception]) -> Any:
    try:
        retn = func()
        return await retn if asyncio.iscoroutine(retn) else retn
    except error:
        return Fails


async def held(cell: s_jsonstor.JsonStorCell) -> dict[str, Any]:
    return {'/'.join(parts): obj for parts, obj in await collect(cell.getPathObjs(()))}


async def play(steps: list[Any], dirn: pathlib.Path) -> None:
    model = Model()
    async with await s_jsonstor.JsonStorCell.anit(str(dirn / 'a'), conf={'nexslog:en': True}) as cell:
        for name, *args in steps:
            want = await attempt(lambda: getattr(model, name)(*args), Fails)  # noqa: B023
            got = await attempt(lambda: getattr(cell, name)(*args), s_exc.SynErr)  # noqa: B023
            assert got == want, (name, args)
            assert await held(cell) == model.objs()
        # each path lists itself and what is below it
        for path in model.boxes:
            want = sorted(other[len(path) + 1 :] for other in model.boxes if f'{other}/'.startswith(f'{path}/'))
            assert await collect(cell.getPathList(path)) == want
        boxes = {id(box): box for box in model.boxes.values()}
        assert cell.slab.entries(cell.objs.shared) <= len(boxes)
        changes = [item async for item in cell.getNexusChanges(0, wait=False)]
    async with await s_jsonstor.JsonStorCell.anit(str(dirn / 'b'), conf={'cell:guid': cell.iden}) as again:
        for _, (_iden, event, argv, kwargs, _) in changes:
            if event.startswith('json:'):
                await attempt(lambda: again._push(event, *argv, **kwargs), s_exc.SynErr)  # noqa: B023
        assert await held(again) == model.objs()


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(st.lists(STEPS, max_size=25))
def test_it_is_a_dictionary_of_objects(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as dirn:
        asyncio.run(play(steps, pathlib.Path(dirn)))
