"""The Type: what every type can do, and the vocabulary (storage numbers, lifts, model hooks) that they share.

A type turns what a user typed into one system value (``norm``), shows it again (``repr``), says how it compares
(``cmpr`` for filters, ``lifts`` for index scans) and how it sorts (``indx``). spec: types.md 1.

``norm`` is the hottest call of ingest. Each instance carries a dispatch table from the exact class of the input to a
handler that was chosen for the instance's options, and the common good input runs through without an exception.
"""

from __future__ import annotations

import functools
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.options as s_options
import synapse.lib.model.types.patterns as s_patterns

# Storage types (cortex.md 6.1): they travel in node edits and in the model definitions.
UTF8, U8, U16, U32, U64, I8, I16, I32, I64, GUID, TIME, IVAL, MSGP, LATLONG, LOC, TAG = range(1, 17)
FQDN, IPV6, U128, I128, MINTIME, FLOAT64, HUGENUM, MAXTIME, NDEF = range(17, 26)
ARRAY = 0x8000

CACHE_TEXT = 256  # longest text whose norm is cached
SHOW_TEXT = 500  # characters of a value that a message repeats

T = typing.TypeVar('T')
Info = dict[str, typing.Any]
Opts = dict[str, typing.Any]
Normed = tuple[typing.Any, Info]
Norm = typing.Callable[[typing.Any], Normed]
Test = typing.Callable[[typing.Any], bool]

# The info of a value that has neither subs nor adds. Infos are shared and cached: nobody may change one.
NOINFO: Info = {}
_COMMON_CMPRS = ('~=', 'range=')  # every type compares so, but not every index can


class ModelLike(typing.Protocol):
    """What types ask of the model they live in.

    ``hooks`` lets the owner of users, roles and the tag model answer questions that are not the model's:
    ``'tag:check'``: (tag, parts) -> error text or None; ``'user:iden'`` and ``'role:iden'``: name or iden -> iden or
    None; ``'user:name'`` and ``'role:name'``: iden -> name or None.
    """

    hooks: dict[str, typing.Callable[..., typing.Any]]
    forms: typing.Mapping[str, typing.Any]

    def type(self, name: str) -> Type | None: ...

    def form(self, name: str) -> typing.Any: ...

    def prop(self, full: str) -> typing.Any: ...


class Lift(typing.NamedTuple):
    """One index scan: keys with ``lo <= key < hi``.

    ``hi is lo`` means exactly that key, ``hi is None`` means up to the end of the index. ``test`` decides on the stored
    value where the key alone does not.
    """

    lo: bytes
    hi: bytes | None
    test: Test | None = None

    @property
    def exact(self) -> bool:
        """True when the scan is of one key."""
        return self.hi is self.lo


def lift_key(key: bytes) -> Lift:
    """Return the lift of one exact key."""
    return Lift(key, key)


def lift_prefix(prefix: bytes, test: Test | None = None) -> Lift:
    """Return the lift of all keys that begin with some bytes."""
    return Lift(prefix, s_indx.after(prefix), test)


def lift_between(lo: bytes, hi: bytes) -> Lift:
    """Return the lift of all keys from lo to hi, both included."""
    return Lift(lo, hi + b'\x00')


def cached(func: typing.Callable[[str], T], size: int = 16384) -> typing.Callable[[str], T]:
    """Return a function of text with a bounded cache; long texts are not kept (they would fill the memory)."""
    keep = functools.lru_cache(maxsize=size)(func)

    def call(text: str) -> T:
        return keep(text) if len(text) <= CACHE_TEXT else func(text)

    return call


def show(valu: typing.Any) -> str:
    """Return a short text for a value in a message; not even an integer of a million digits stops it."""
    if isinstance(valu, str):
        return valu[:SHOW_TEXT]
    try:
        return repr(valu)[:SHOW_TEXT]
    except Exception:
        return f'<{type(valu).__name__}>'


def never(valu: typing.Any) -> bool:
    """The filter that no value passes."""
    return False


class Type:
    """One type of the data model.

    Args:
        model: The model that answers look-ups of other types, forms and props (see ModelLike).
        name: The type's name.
        info: Declarations about it (doc, deprecated, subof ...), kept as given.
        opts: Options that differ from the defaults of the class.
    """

    stortype: int = UTF8
    ctor: typing.ClassVar[str] = ''  # the dotted path that model definitions and syn:type:ctor report
    defopts: typing.ClassVar[Opts] = {}
    # comparator -> name of the method that makes the filter test (or the lifts) from the user's value
    CMPRS: typing.ClassVar[dict[str, str]] = {
        '=': 'cmpr_eq',
        '!=': 'cmpr_ne',
        '~=': 'cmpr_regex',
        '^=': 'cmpr_prefix',
        'in=': 'cmpr_in',
    }
    LIFTS: typing.ClassVar[dict[str, str]] = {'=': 'lift_eq', 'in=': 'lift_in'}

    # (old, new) -> merged: set for types whose values merge when set again; None: the new value replaces.
    merge: typing.Callable[[typing.Any, typing.Any], typing.Any] | None = None
    isarray: typing.ClassVar[bool] = False
    indx: s_indx.Encoder

    def __init__(self, model: ModelLike, name: str, info: Info, opts: Opts) -> None:
        self.model = model
        self.name = name
        self.info = info
        self.opts: Opts = {**self.defopts, **opts}
        self.subof: str | None = info.get('subof')
        self.norms: dict[type, Norm] = {}
        self.setup()

    def setup(self) -> None:
        """Fill ``norms``, ``indx`` and whatever the options choose. Raises BadTypeDef, BadConfValu for bad options."""
        raise NotImplementedError(f'{type(self).__name__}.setup')

    def resolve(self) -> None:
        """Look up the types that this one refers to (they may be declared later). Raises BadTypeDef."""

    def refers_to(self) -> tuple[str, ...]:
        """Return the names of the types of which its values are made."""
        return ()

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self.name} {self.opts!r}>'

    # -- derivation ---------------------------------------------------------------------------------------------------
    def clone(self, opts: Opts) -> Type:
        """Return this type with some options changed (a property's own typedef). Without changes: this type.

        Raises BadTypeDef, BadConfValu for bad options.
        """
        if not opts:
            return self
        s_options.check(self.name, opts)
        return self.__class__(self.model, self.name, self.info, {**self.opts, **opts})

    def extend(self, name: str, opts: Opts, info: Info) -> Type:
        """Return a new type derived from this one. Raises BadTypeDef, BadConfValu for bad options."""
        s_options.check(name, opts)
        return self.__class__(self.model, name, {**info, 'subof': self.name}, {**self.opts, **opts})

    # -- values -------------------------------------------------------------------------------------------------------
    def norm(self, valu: typing.Any) -> Normed:
        """Return ``(system value, info)``; info may hold ``subs`` {name: value} and ``adds`` [(form, value, info)].

        The info is shared: never change it. Raises BadTypeValu.
        """
        func = self.norms.get(type(valu))
        if func is None:
            return self.norm_other(valu)
        return func(valu)

    def norm_other(self, valu: typing.Any) -> Normed:
        """Normalise what the dispatch table does not know: a node stands for its primary value."""
        ndef = getattr(valu, 'ndef', None)
        if type(ndef) is tuple and len(ndef) == 2:
            return self.norm(ndef[1])
        raise s_exc.BadTypeValu(name=self.name, mesg=f'no norm for type: {type(valu)}.')

    def norm_same(self, valu: typing.Any) -> Normed:
        """The handler of values that are system values already."""
        return valu, NOINFO

    def repr(self, valu: typing.Any) -> typing.Any:
        """Return the value as it is shown: text, or a tuple of texts."""
        return str(valu)

    def repr_text(self, valu: typing.Any) -> str:
        """Return the value as one text, for regex and prefix tests."""
        text = self.repr(valu)
        return text if type(text) is str else str(text)

    def expand(self, valu: typing.Any) -> typing.Iterator[typing.Any] | None:
        """Return the values that one input stands for when nodes are added (a CIDR, a cookie header), None for one."""
        return None

    def bad(self, valu: typing.Any, mesg: str, **info: typing.Any) -> s_exc.SynErr:
        """Return the BadTypeValu that says why a value is refused. What the wire cannot carry is shown as text."""
        try:
            s_common.en(valu)
            repr(valu)
        except Exception:  # msgpack or repr refuse: sets, objects, integers of thousands of digits
            valu = show(valu)
        return s_exc.BadTypeValu(name=self.name, valu=valu, mesg=mesg, **info)

    # -- filters ------------------------------------------------------------------------------------------------------
    def cmpr(self, name: str, valu: typing.Any) -> Test:
        """Return the test of a stored value against a user's value for one comparator.

        A null on the right side matches nothing. Raises NoSuchCmpr, BadTypeValu, BadCmprValu.
        """
        meth = self.CMPRS.get(name.lstrip('*'))
        if meth is None:
            raise s_exc.NoSuchCmpr(cmpr=name, name=self.name)
        if valu is None and type(None) not in self.norms:
            return never
        test: Test = getattr(self, meth)(valu)
        return test

    def cmpr_eq(self, valu: typing.Any) -> Test:
        """Test for equality."""
        norm = self.norm(valu)[0]
        return lambda item: bool(item == norm)

    def cmpr_ne(self, valu: typing.Any) -> Test:
        """Test for inequality, whatever equality means for the type."""
        same = self.cmpr_eq(valu)
        return lambda item: not same(item)

    def cmpr_in(self, valu: typing.Any) -> Test:
        """Test for being one of some values."""
        tests = [self.cmpr_eq(item) for item in self.items(valu)]
        return lambda item: any(test(item) for test in tests)

    def cmpr_prefix(self, valu: typing.Any) -> Test:
        """Test the beginning of the shown text."""
        prefix = str(valu)
        return lambda item: self.repr_text(item).startswith(prefix)

    def cmpr_regex(self, valu: typing.Any) -> Test:
        """Search a regular expression in the shown text, without regard to case."""
        try:
            search = s_patterns.searcher(str(valu))
        except Exception as e:
            raise s_exc.BadCmprValu(cmpr='~=', name=self.name, valu=valu, mesg=f'Bad regular expression: {e}') from e
        return lambda item: search(self.repr_text(item)) is not None

    def items(self, valu: typing.Any) -> typing.Sequence[typing.Any]:
        """Return a list of values for the comparators that take one. Raises BadCmprValu."""
        if type(valu) in (list, tuple):
            return typing.cast(typing.Sequence[typing.Any], valu)
        if isinstance(valu, (str, bytes, dict)) or not hasattr(valu, '__iter__'):
            raise s_exc.BadCmprValu(name=self.name, valu=valu, mesg='The comparator needs a list of values.')
        return list(valu)

    # -- lifts --------------------------------------------------------------------------------------------------------
    def lifts(self, cmpr: str, valu: typing.Any) -> list[Lift]:
        """Return the index scans that find the stored values for a comparator, in the order in which to yield them.

        Raises NoSuchCmpr, BadTypeValu, BadLiftValu.
        """
        meth = self.LIFTS.get(cmpr.lstrip('*'))
        if meth is None:
            if cmpr in _COMMON_CMPRS:
                raise s_exc.NoSuchCmpr(cmpr=cmpr)
            raise s_exc.NoSuchCmpr(mesg=f'Type ({self.name}) has no cmpr: "{cmpr}".')
        found: list[Lift] = getattr(self, meth)(valu)
        return found

    def lift_eq(self, valu: typing.Any) -> list[Lift]:
        """Lift one value."""
        return [lift_key(self.indx(self.norm(valu)[0]))]

    def lift_in(self, valu: typing.Any) -> list[Lift]:
        """Lift several values, one after the other."""
        return [lift for item in self.items(valu) for lift in self.lift_eq(item)]

    def lift_regex(self, valu: typing.Any) -> list[Lift]:
        """Scan the whole index and search a regular expression."""
        return [Lift(b'', None, self.cmpr_regex(valu))]


class Ordered(Type):
    """A type whose values have an order that filters and lifts can use; ``rank`` maps a value to what is compared."""

    CMPRS = Type.CMPRS | {
        '<': 'cmpr_lt',
        '>': 'cmpr_gt',
        '<=': 'cmpr_le',
        '>=': 'cmpr_ge',
        'range=': 'cmpr_range',
    }
    LIFTS = Type.LIFTS | {'<': 'lift_lt', '>': 'lift_gt', '<=': 'lift_le', '>=': 'lift_ge', 'range=': 'lift_range'}

    def rank(self, valu: typing.Any) -> typing.Any:
        """Return what the comparators compare for a system value."""
        return valu

    def bound(self, cmpr: str, valu: typing.Any) -> typing.Any:
        """Return the system value of the right side of an ordering comparator."""
        return self.norm(valu)[0]

    def bounds(self, valu: typing.Any) -> tuple[typing.Any, typing.Any]:
        """Return the two system values of a range. Raises BadCmprValu unless there are exactly two."""
        if type(valu) not in (list, tuple) or len(valu) != 2:
            mesg = f'Must be a 2-tuple: {show(valu)}'
            raise s_exc.BadCmprValu(cmpr='range=', name=self.name, valu=valu, itemtype=type(valu).__name__, mesg=mesg)
        return self.norm(valu[0])[0], self.norm(valu[1])[0]

    def cmpr_lt(self, valu: typing.Any) -> Test:
        """Test for less than."""
        rank, base = self.rank, self.rank(self.bound('<', valu))
        return lambda item: bool(rank(item) < base)

    def cmpr_gt(self, valu: typing.Any) -> Test:
        """Test for greater than."""
        rank, base = self.rank, self.rank(self.bound('>', valu))
        return lambda item: bool(rank(item) > base)

    def cmpr_le(self, valu: typing.Any) -> Test:
        """Test for less than or equal."""
        rank, base = self.rank, self.rank(self.bound('<=', valu))
        return lambda item: bool(rank(item) <= base)

    def cmpr_ge(self, valu: typing.Any) -> Test:
        """Test for greater than or equal."""
        rank, base = self.rank, self.rank(self.bound('>=', valu))
        return lambda item: bool(rank(item) >= base)

    def cmpr_range(self, valu: typing.Any) -> Test:
        """Test for lying between two values, both included."""
        if type(valu) not in (list, tuple) or len(valu) != 2:
            raise s_exc.BadCmprValu(cmpr='range=', name=self.name, valu=valu)
        rank, (lo, hi) = self.rank, map(self.rank, self.bounds(valu))
        return lambda item: bool(lo <= rank(item) <= hi)

    def past(self, key: bytes) -> bytes | None:
        """Return the first key behind one value."""
        return key + b'\x00'

    def lift_lt(self, valu: typing.Any) -> list[Lift]:
        """Lift what is less."""
        return [Lift(self.lowest(), self.indx(self.bound('<', valu)))]

    def lift_gt(self, valu: typing.Any) -> list[Lift]:
        """Lift what is greater."""
        lo = self.past(self.indx(self.bound('>', valu)))
        return [] if lo is None else [Lift(lo, None)]

    def lift_le(self, valu: typing.Any) -> list[Lift]:
        """Lift what is less or equal."""
        return [Lift(self.lowest(), self.past(self.indx(self.bound('<=', valu))))]

    def lift_ge(self, valu: typing.Any) -> list[Lift]:
        """Lift what is greater or equal."""
        return [Lift(self.indx(self.bound('>=', valu)), None)]

    def lift_range(self, valu: typing.Any) -> list[Lift]:
        """Lift what lies between two values, nothing when reversed; a third one is ignored (types.md 1.1)."""
        if type(valu) in (list, tuple) and len(valu) > 2:
            valu = valu[:2]
        lo, hi = self.bounds(valu)
        if self.rank(lo) > self.rank(hi):
            return []
        return [Lift(self.indx(lo), self.past(self.indx(hi)))]

    def lowest(self) -> bytes:
        """Return the key below all values that compare (nan does not)."""
        return b''
