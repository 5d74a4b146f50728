"""Properties: values inside of nested dictionaries (jsonstor.md 2 and 3). Pure; the edits change the object given.

A missing key, or None in the place of a dictionary, is nothing to walk into. Any other value that is no dictionary is
an error: a caller who walks through a list means something that does not exist.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.jsonstor.paths as s_paths

Any = typing.Any
Names = tuple[Any, ...]


def names_of(prop: Any, whole: bool = False) -> Names:
    """Return the keys that lead to a property: in a list any that a dictionary can have, text is split at ``/``.

    Raises BadArg, also for ``()`` unless ``whole`` allows it.
    """
    if isinstance(prop, str):
        return tuple(prop.split('/'))
    if not isinstance(prop, (tuple, list)):
        raise s_exc.BadArg(mesg=f'A property is text or a list of keys, not {type(prop).__name__}.')
    names = tuple(prop)
    if not names and not whole:
        raise s_exc.BadArg(mesg='The name of a property may not be an empty list.')
    try:
        hash(names)
    except TypeError as e:
        raise s_exc.BadArg(mesg=f'A key on the way to a property can be in no dictionary: {e}') from None
    return names


def _need_dict(valu: Any, names: Names) -> dict[Any, Any]:
    if type(valu) is not dict:
        where = f'at {s_paths.text(map(str, names))}' if names else 'of the object'
        raise s_exc.BadArg(mesg=f'The value {where} is no dictionary but {type(valu).__name__}.', prop=names)
    return valu


def holder(obj: Any, names: Names) -> dict[Any, Any] | None:
    """Return the dictionary that has, or would have, the last name; None when there is none. Raises BadArg."""
    for indx, name in enumerate(names[:-1]):
        obj = _need_dict(obj, names[:indx]).get(name)
        if obj is None:
            return None
    return _need_dict(obj, names[:-1])


def get(obj: Any, names: Names) -> Any:
    """Return the value of a property, None when it is missing. Raises BadArg."""
    if not names or obj is None:
        return obj
    info = holder(obj, names)
    return None if info is None else info.get(names[-1])


def put(obj: Any, names: Names, valu: Any) -> bool:
    """Set a property, with dictionaries on the way to it; False when it has an equal value already. Raises BadArg."""
    for indx, name in enumerate(names[:-1]):
        info = _need_dict(obj, names[:indx])
        obj = info.get(name)
        if obj is None:
            obj = info[name] = {}
    info = _need_dict(obj, names[:-1])
    if names[-1] in info and info[names[-1]] == valu:
        return False
    info[names[-1]] = valu
    return True
