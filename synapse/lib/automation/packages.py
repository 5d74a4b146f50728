"""Storm packages: which are loaded, what they bring along, and their variables (spec: storm-runtime.md 14).

Names of modules and commands are global; where two packages bring the same one, the package that was added later wins,
and when it goes the other one is there again.
"""

from __future__ import annotations

import asyncio
import typing

import packaging.specifiers
import packaging.version

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.automation.pkgload as s_pkgload
import synapse.lib.automation.pkgschema as s_pkgschema
import synapse.lib.cell as s_cell
import synapse.lib.certs as s_certs
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab
import synapse.lib.storm.purecmd as s_purecmd
import synapse.lib.storm.run as s_run

Any = typing.Any
Def = dict[str, Any]
_check = s_schema.checker(s_pkgschema.PACKAGE)
_check_depends = s_schema.checker(s_pkgschema.DEPENDS)


class Packages(s_nexus.Pusher):
    """The packages by name.

    Args:
        cell: The Cortex: its log and slab, and who runs queries for it.
        engine: The Storm engine, which is told of commands.
    """

    async def __anit__(self, cell: s_cell.Cell, engine: s_run.Engine) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:packages', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.engine = engine
        self.table = s_slab.KeyVal(cell.slab, 'cortex:packages')  # name -> (order of adding, definition)
        self.vartable = s_slab.KeyVal(cell.slab, 'cortex:pkgvars')  # package, '\x00', name -> value
        self.version = 0  # grows with each change
        self.certs = s_certs.CertStore(cell.layout.path('certs'))
        self.loader = await s_pkgload.Loader.anit(self)
        self.onfini(self.loader)
        self._serve()

    # asking

    def get(self, name: str) -> Def | None:
        """Return the definition of a package, None without."""
        found = self.table.get(name)
        return None if found is None else found[1]

    def all(self) -> list[Def]:
        """Return the definitions, by name."""
        return [pkgdef for _, (_, pkgdef) in self.table.items()]

    def module(self, name: str, reqvers: str | None = None) -> Def | None:
        """Return the definition of a module; None if it is missing or its package is outside the version range.

        Raises: BadArg (a range that makes no sense).
        """
        found = self.modules.get(name)
        if found is None:
            return None
        mdef, pkgdef = found
        return mdef if reqvers is None or _within(pkgdef['version'], reqvers) else None

    def permdefs(self) -> list[Def]:
        """Return the permissions that packages define."""
        return [pdef for pkgdef in self.all() for pdef in pkgdef.get('perms') or ()]

    def deps(self, pkgdef: Def) -> Def:
        """Return ``{requires, conflicts}``: what a package wants, with ``ok`` and the ``actual`` version of each.

        Raises: SchemaViolation.
        """
        _check_depends(pkgdef)
        depends = pkgdef.get('depends') or {}
        retn: Def = {'requires': [], 'conflicts': []}
        for name, items in retn.items():
            for item in depends.get(name) or ():
                found = self.get(item['name'])
                actual = None if found is None else found['version']
                info = {key: item.get(key) for key in ('name', 'version', 'desc')} | {'actual': actual}
                inside = found is not None and _within(found['version'], item.get('version') or '')
                if name == 'requires' and item.get('optional'):
                    info['optional'] = True
                info['ok'] = inside if name == 'requires' else not inside
                items.append(info)
        return retn

    # changing

    async def add(self, pkgdef: Def, verify: bool = False) -> None:
        """Load a package, in the place of the one with its name.

        Raises: SchemaViolation, BadSyntax, BadVersion, StormPkgConflicts, BadPkgDef (order of inits, signature),
            BadCertBytes (a certificate that is not for code).
        """
        if verify:
            await asyncio.to_thread(_verify, self.certs, pkgdef)
        pkgdef = self.complete(pkgdef)
        if self.get(pkgdef['name']) != s_common.un(s_common.en(pkgdef)):
            await self._push('pkg:add', pkgdef)

    async def delete(self, name: str) -> None:
        """Forget a package. Raises: NoSuchPkg."""
        if not self.table.has(name):
            raise s_exc.NoSuchPkg(mesg=f'No storm package: {name}.')
        await self._push('pkg:del', name)

    def complete(self, pkgdef: Def) -> Def:
        """Return the definition as it is kept. Raises: see ``add``."""
        if not isinstance(pkgdef, dict):
            raise s_exc.SchemaViolation(mesg='data must be object', name='data')
        version = pkgdef.get('version')
        if isinstance(version, (list, tuple)):
            pkgdef = {**pkgdef, 'version': '.'.join(str(part) for part in version)}
        pkgdef = _check(pkgdef)
        self._req_versions(pkgdef)
        svc = {} if pkgdef.get('svciden') is None else {'svciden': pkgdef['svciden']}
        for mdef in pkgdef.get('modules') or ():
            s_run.parse(mdef['storm'])
            meta = {'modname': mdef['name'], 'pkgname': pkgdef['name'], **svc}
            mdef['modconf'] = {**(mdef.get('modconf') or {}), 'pkgmeta': meta, **svc}
        for cdef in pkgdef.get('commands') or ():
            s_run.parse(cdef['storm'])
            cdef['pkgname'] = pkgdef['name']
            cdef['cmdconf'] = {**(cdef.get('cmdconf') or {}), **svc}
        s_run.parse(pkgdef.get('onload') or '')
        last = -1
        for vdef in (pkgdef.get('inits') or {}).get('versions') or ():
            if vdef['version'] <= last:
                mesg = 'Init versions must be monotonically increasing.'
                raise s_exc.BadPkgDef(mesg=mesg, version=vdef['version'])
            last = vdef['version']
            s_run.parse(vdef['query'])
        return pkgdef

    def _req_versions(self, pkgdef: Def) -> None:
        name, ours = pkgdef['name'], tuple(s_common.version)
        minimum, wanted = pkgdef.get('synapse_minversion'), pkgdef.get('synapse_version')
        mesg = 'Storm package {} requires Synapse {} but Cortex is running {}'
        if wanted is not None:
            if not _within(s_common.verstring, wanted):
                info = {'valu': ours, 'verstr': s_common.verstring, 'reqver': wanted}
                raise s_exc.BadVersion(mesg=mesg.format(name, wanted, ours), **info)
        elif minimum is not None and tuple(minimum) > ours:
            raise s_exc.BadVersion(mesg=mesg.format(name, tuple(minimum), ours))
        for item in self.deps(pkgdef)['conflicts']:
            if not item['ok']:
                shown = f'{item["name"]}{item["version"] or ""}'
                raise s_exc.StormPkgConflicts(mesg=f'Storm package {name} conflicts with {shown}.')

    @s_nexus.Pusher.onPush('pkg:add')
    def _on_add(self, pkgdef: Def) -> None:
        order = 1 + max((order for _, (order, _) in self.table.items()), default=0)
        self.table.set(pkgdef['name'], (order, pkgdef))
        self._serve()
        self.cell.feedBeholder('pkg:add', pkgdef)
        self.loader.load(pkgdef['name'])

    @s_nexus.Pusher.onPush('pkg:del')
    def _on_del(self, name: str) -> None:
        self.drop(name)

    def drop(self, name: str) -> None:
        """Forget a package, part of a logged change."""
        if self.table.pop(name) is not None:
            self._serve()
            self.cell.feedBeholder('pkg:del', {'name': name})

    def _serve(self) -> None:
        """Tell the engine about commands, and find modules again."""
        self.version += 1
        self.modules: dict[str, tuple[Def, Def]] = {}
        self.engine.commands.clear()
        self.engine.plans.clear()  # a plan knows whether its commands may edit
        for _, pkgdef in sorted((item for _, item in self.table.items()), key=lambda item: item[0]):
            for mdef in pkgdef.get('modules') or ():
                self.modules[mdef['name']] = (mdef, pkgdef)
            for cdef in pkgdef.get('commands') or ():
                self.engine.commands[cdef['name']] = s_purecmd.PureCmd(cdef)

    # variables of packages

    def var(self, pkgname: str, name: str, default: Any = None) -> Any:
        """Return a variable of a package."""
        return self.vartable.get(f'{pkgname}\x00{name}', default)

    def vars(self, pkgname: str) -> list[tuple[str, Any]]:
        """Return (name, value) pairs of the variables of a package."""
        prefix = f'{pkgname}\x00'
        return [(key.removeprefix(prefix), valu) for key, valu in self.vartable.items(prefix)]

    async def set_var(self, pkgname: str, name: str, valu: Any) -> None:
        """Set a variable of a package. Raises: NotMsgpackSafe, BadArg (name too long)."""
        s_common.en(valu)
        if not 0 < len(f'{pkgname}\x00{name}'.encode('utf8', 'surrogatepass')) <= 500:
            raise s_exc.BadArg(mesg='The name of a package variable is empty or too long.', name=name)
        await self._push('pkg:var:set', pkgname, name, valu)

    async def pop_var(self, pkgname: str, name: str) -> None:
        """Remove a variable of a package."""
        await self._push('pkg:var:pop', pkgname, name)

    @s_nexus.Pusher.onPush('pkg:var:set')
    def _on_set_var(self, pkgname: str, name: str, valu: Any) -> None:
        self.vartable.set(f'{pkgname}\x00{name}', valu)

    @s_nexus.Pusher.onPush('pkg:var:pop')
    def _on_pop_var(self, pkgname: str, name: str) -> None:
        self.vartable.pop(f'{pkgname}\x00{name}')


def _verify(certs: s_certs.CertStore, pkgdef: Def) -> None:
    """Return if somebody whom an authority of a folder vouches for has signed a package. Raises: BadPkgDef."""
    info = pkgdef.get('codesign') if isinstance(pkgdef, dict) else None
    if info is None:
        raise s_exc.BadPkgDef(mesg='Storm package is not signed!')
    found: dict[str, str] = {}
    for name, what in (('cert', 'certificate'), ('sign', 'signature')):
        valu = info.get(name) if isinstance(info, dict) else None
        if not isinstance(valu, str):
            raise s_exc.BadPkgDef(mesg=f'Storm package has no {what}!')
        found[name] = valu
    try:
        cert = s_certs.load_cert(found['cert'].encode())
    except (s_exc.BadCertBytes, UnicodeEncodeError):
        raise s_exc.BadPkgDef(mesg='Storm package has malformed certificate!') from None
    signed = {name: valu for name, valu in pkgdef.items() if name != 'codesign'}
    try:
        if not s_certs.is_code_signed(certs, cert, found['sign'], signed):
            raise s_exc.BadPkgDef(mesg='Storm package signature does not match!')
    except s_exc.BadCertVerify as e:
        raise s_exc.BadPkgDef(mesg=f'Storm package has invalid certificate: {e.get("mesg")}') from None


def _within(version: str, spec: str) -> bool:
    """Is a version in a range such as ``>=1.0.0,<2.0.0``? Raises: BadArg."""
    try:
        return packaging.specifiers.SpecifierSet(spec).contains(packaging.version.Version(version), prereleases=True)
    except (packaging.specifiers.InvalidSpecifier, packaging.version.InvalidVersion) as e:
        raise s_exc.BadArg(mesg=str(e), version=version, range=spec) from e
