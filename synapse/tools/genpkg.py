"""Build a Storm package from its prototype, and save it or load it into a Cortex (spec: cortex.md 11.4).

The prototype is YAML; what it names stands in files beside it: ``storm/modules/NAME``, ``storm/commands/NAME``, the
paths of documents and logo, ``workflows/NAME.yaml`` and everything below ``optic/``.
"""

from __future__ import annotations

import base64
import importlib.resources
import json
import logging
import os
import re
import typing

import yaml

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.tools.cmd as s_cmd
import synapse.tools.easycert as s_easycert

Def = dict[str, typing.Any]
logger = logging.getLogger(__name__)
_WORKFLOW = r'^([\w-]+)\.yaml$'
_GRAPH: Def = {
    'desc': '',
    'scope': 'power-up',
    'edges': True,
    'refs': False,
    'filterinput': True,
    'yieldfiltered': False,
    'edgelimit': 3000,
}


def _need(pkgdef: Def, *names: str, what: str) -> None:
    for name in names:
        if not isinstance(pkgdef.get(name), str):
            raise s_exc.BadPkgDef(mesg=f'{what} must be specified.')


class Builder:
    """Fills a prototype with what its files say.

    Args:
        path: The prototype. optic: The directory of the files of the user interface, ``optic`` beside it if None.
        readonly: Refuse missing Storm files instead of making empty ones. docs: Take in the documents?
    """

    def __init__(self, path: str, optic: str | None = None, readonly: bool = False, docs: bool = True) -> None:
        self.path = path
        self.base = os.path.dirname(os.path.abspath(path))
        self.optic = optic or os.path.join(self.base, 'optic')
        self.readonly = readonly
        self.docs = docs

    def build(self) -> Def:
        """Return the definition. Raises: NoSuchFile, BadPkgDef."""
        pkgdef = load(self.path)
        _need(pkgdef, 'name', what='The name of the package')
        options = pkgdef.pop('genopts', None) or {}
        version = pkgdef.get('version')
        if isinstance(version, (list, tuple)):
            pkgdef['version'] = '.'.join(str(part) for part in version)
        suffix = '.storm' if options.get('dotstorm') else ''
        for kind in ('modules', 'commands'):
            for item in pkgdef.get(kind) or ():
                item['storm'] = self._storm(os.path.join('storm', kind, f'{item.get("name")}{suffix}'))
        self._external(pkgdef)
        self._documents(pkgdef)
        self._interface(pkgdef)
        for gdef in pkgdef.get('graphs') or ():
            gdef.update({**_GRAPH, **gdef, 'power-up': pkgdef['name'], 'scope': 'power-up'})
            gdef['iden'] = s_common.guid((pkgdef['name'], gdef.get('name')))
        versions = {'synapse:version': s_common.verstring, 'synapse:commit': ''}
        pkgdef['build'] = {'time': s_common.now(), **versions}
        return pkgdef

    def _read(self, name: str) -> bytes:
        """Return the content of a file beside the prototype. Raises: NoSuchFile."""
        path = os.path.join(self.base, name)
        try:
            with open(path, 'rb') as file:
                return file.read()
        except OSError:
            raise s_exc.NoSuchFile(mesg=f'File {path} does not exist.', path=path) from None

    def _storm(self, name: str) -> str:
        """Return a Storm text; a missing file is made, empty, so that it can be written next."""
        path = os.path.join(self.base, name)
        if not os.path.exists(path) and not self.readonly:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'x'):
                pass
        return self._read(name).decode()

    def _external(self, pkgdef: Def) -> None:
        for item in pkgdef.pop('external_modules', None) or ():
            item = dict(item)
            if item.get('file_path') is not None:
                text = self._read(item['file_path']).decode()
            elif item.get('package') is not None and item.get('package_path') is not None:
                text = _packaged(item['package'], item['package_path'])
            else:
                raise s_exc.BadPkgDef(mesg='External module entry has neither file_path nor package and package_path.')
            item |= {'name': f'{pkgdef["name"]}.{item.get("name")}', 'storm': text}
            pkgdef.setdefault('modules', []).append(item)

    def _documents(self, pkgdef: Def) -> None:
        logo = pkgdef.get('logo')
        if logo is not None:
            if not isinstance(logo.get('mime'), str):
                raise s_exc.BadPkgDef(mesg='Mime type must be specified for logo file.', package=pkgdef['name'])
            if 'path' in logo:
                logo['file'] = base64.b64encode(self._read(logo.pop('path'))).decode()
            if 'file' not in logo:
                raise s_exc.BadPkgDef(mesg='Logo def must contain path or file.', package=pkgdef['name'])
        if not self.docs:
            pkgdef.pop('docs', None)
        for entry in pkgdef.get('docs') or ():
            _need(entry, 'title', what='Each entry in docs must have a title; it')
            path = entry.pop('path', None)
            if path is not None:
                entry['content'] = self._read(path).decode()
            if not entry.get('content'):
                raise s_exc.BadPkgDef(mesg='Docs entry has no path or content.')

    def _interface(self, pkgdef: Def) -> None:
        """Take in workflows and the files of the user interface."""
        flows: Def = {}
        folder = os.path.join(self.base, 'workflows')
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            match = re.match(_WORKFLOW, name)
            if match is None:
                logger.warning('Skipping workflow "%s" that does not match pattern "%s"', name, _WORKFLOW)
                continue
            flows[match[1]] = yaml.safe_load(self._read(os.path.join('workflows', name)))
        files: Def = {}
        for root, dirs, names in os.walk(self.optic):
            dirs[:] = sorted(item for item in dirs if not item.startswith('.'))
            for name in sorted(item for item in names if not item.startswith('.')):
                path = os.path.join(root, name)
                with open(path, 'rb') as file:
                    files[os.path.relpath(path, self.optic)] = {'file': base64.b64encode(file.read()).decode()}
        for key, valu in (('workflows', flows), ('files', files)):
            if valu:
                pkgdef.setdefault('optic', {})[key] = valu


def _packaged(package: str, path: str) -> str:
    """Return a file of an installed Python package. Raises: BadPkgDef."""
    try:
        return importlib.resources.files(package).joinpath(path).read_text()
    except (ImportError, OSError) as e:
        raise s_exc.BadPkgDef(mesg=f'Could not find external module file {path} of {package}: {e}') from e


def load(path: str) -> Def:
    """Return a prototype or a built package. Raises: NoSuchFile, BadPkgDef."""
    try:
        with open(path) as file:
            pkgdef = yaml.safe_load(file)
    except OSError:
        pkgdef = None
    except yaml.YAMLError as e:
        raise s_exc.BadPkgDef(mesg=f'File {path} is no YAML: {e}') from e
    if pkgdef is None:
        raise s_exc.NoSuchFile(mesg=f'File {path} does not exist or is empty.', path=path)
    if not isinstance(pkgdef, dict):
        raise s_exc.BadPkgDef(mesg=f'File {path} does not define a package.')
    return pkgdef


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('genpkg', description='Build a Storm package from its prototype.')
    pars.add_argument('--push', metavar='URL', help='The Telepath URL of a Cortex to load the package into.')
    pars.add_argument('--push-verify', action='store_true', help='Let the Cortex refuse a package without a signature.')
    pars.add_argument('--save', metavar='FILE', help='Save the package as JSON.')
    pars.add_argument('--optic', metavar='DIR', help='The files of the user interface.')
    pars.add_argument('--no-build', action='store_true', help='The file is a package that is built already.')
    pars.add_argument('--no-docs', action='store_true', help='Leave out the documents.')
    pars.add_argument('--signas', metavar='NAME', help='Sign the package with the code certificate of a name.')
    pars.add_argument('--certdir', default=s_easycert.CERTDIR, help='The folder of certificates.')
    pars.add_argument('pkgfile', help='The prototype, or (with --no-build) the package.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str]) -> int:
    """Build, then save and push."""
    opts = parse(argv)
    if opts.no_build:
        pkgdef = load(opts.pkgfile)
        if opts.save:
            print(f'File {opts.pkgfile} is treated as already built (--no-build); incompatible with --save.')
            return 1
    else:
        pkgdef = Builder(opts.pkgfile, opts.optic, docs=not opts.no_docs).build()
    if not opts.save and not opts.push:
        print('Neither --push nor --save provided.  Nothing to do.')
        return 1
    if opts.signas:
        pkgdef = json.loads(json.dumps(pkgdef))  # signed is what others read
        pkgdef.pop('codesign', None)
        pkgdef['codesign'] = s_certs.code_sign(s_certs.CertStore(opts.certdir), opts.signas, pkgdef)
    if opts.save:
        with open(opts.save, 'w') as file:
            json.dump(pkgdef, file, indent=2, sort_keys=True)
            file.write('\n')
    if opts.push:
        async with s_cmd.connect(opts.push) as core:
            # an older server does not know the argument
            await core.addStormPkg(pkgdef, **({'verify': True} if opts.push_verify else {}))
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
