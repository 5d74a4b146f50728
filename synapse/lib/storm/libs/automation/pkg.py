"""``$lib.pkg``: Storm packages and their variables (spec: storm-runtime.md 14)."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.pkg', 'Storm packages.')
s_registry.typedoc('pkg:vars', 'The variables of a Storm package.')


class PkgVars(s_coerce.StormObj):
    """The variables of a package."""

    storm_name = 'pkg:vars'

    def __init__(self, rt: Runtime, name: str) -> None:
        self.name = name
        self.packages: Any = packages_of(rt)

    def storm_repr(self) -> str:
        return f'pkg:vars: {self.name}'

    def storm_iter(self) -> Any:
        return iter([(name, s_coerce.wrap(valu)) for name, valu in self.packages.vars(self.name)])


def packages_of(rt: Runtime) -> Any:
    """Return the packages of the Cortex."""
    return rt.query.core.cortex.automation.packages


def confirm_pkg(rt: Runtime, name: str) -> None:
    """Raise AuthDeny unless the user administrates a package."""
    rt.confirm(('power-ups', name, 'admin'))


@lib('$lib.pkg.add', readonly=False)
async def pkg_add(rt: Runtime, pkgdef: Prim, verify: bool = False) -> None:
    """Load a package, in the place of the one with its name.

    Raises: AuthDeny, SchemaViolation, BadSyntax, BadVersion, BadPkgDef, StormPkgConflicts.
    """
    rt.confirm(('pkg', 'add'))
    await rt.editor.flush()
    await packages_of(rt).add(pkgdef, verify=verify)


@lib('$lib.pkg.del', readonly=False)
async def pkg_del(rt: Runtime, name: str) -> None:
    """Forget a package. Raises: AuthDeny, NoSuchPkg."""
    rt.confirm(('pkg', 'del'))
    await rt.editor.flush()
    await packages_of(rt).delete(name)


@lib('$lib.pkg.get')
def pkg_get(rt: Runtime, name: str) -> dict[str, Any] | None:
    """Return the definition of a package, null when there is none."""
    found: dict[str, Any] | None = s_coerce.keep(packages_of(rt).get(name))
    return found


@lib('$lib.pkg.has')
def pkg_has(rt: Runtime, name: str) -> bool:
    """Return true when there is a package of this name."""
    return packages_of(rt).get(name) is not None


@lib('$lib.pkg.list')
def pkg_list(rt: Runtime) -> list[Any]:
    """Return the definitions of the packages, by name."""
    return [s_coerce.keep(pkgdef) for pkgdef in packages_of(rt).all()]


@lib('$lib.pkg.deps')
def pkg_deps(rt: Runtime, pkgdef: Prim) -> dict[str, Any]:
    """Return what a package requires and conflicts with, and whether that is so here. Raises: SchemaViolation."""
    deps: dict[str, Any] = packages_of(rt).deps(pkgdef)
    return deps


@lib('$lib.pkg.vars', readonly=False)
def pkg_vars(rt: Runtime, name: str) -> PkgVars:
    """Return the variables of a package. Raises: AuthDeny."""
    confirm_pkg(rt, name)
    return PkgVars(rt, name)


def _get_var(rt: Runtime, obj: PkgVars, name: Any) -> Any:
    confirm_pkg(rt, obj.name)
    return s_coerce.wrap(obj.packages.var(obj.name, s_coerce.tostr(name)))


async def _set_var(rt: Runtime, obj: PkgVars, name: Any, valu: Any) -> None:
    confirm_pkg(rt, obj.name)
    await rt.editor.flush()
    if valu is s_coerce.undef:
        await obj.packages.pop_var(obj.name, s_coerce.tostr(name))
    else:
        await obj.packages.set_var(obj.name, s_coerce.tostr(name), s_coerce.toprim(valu))


s_objects.dynamic('pkg:vars', _get_var)
s_registry.SETTERS['pkg:vars'] = _set_var
