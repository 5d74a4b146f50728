"""Configuration of a cell: where a value may come from, and what is allowed (spec: cell.md 2).

A `Config` is a mapping that validates each key as it is set. Sources are applied from the strongest to the weakest
and a key that has a value is left alone: command line, environment, ``cell.yaml``, defaults. Last of all
``cell.mods.yaml``, which the service itself writes, is forced on top of everything.
"""

from __future__ import annotations

import argparse
import collections.abc
import copy
import functools
import json
import logging
import os
import typing

import fastjsonschema
import yaml

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.confdefs as s_confdefs

logger = logging.getLogger('synapse.lib.cell')

# Keys of a schema fragment that say nothing about which values are valid. Without them many options share a validator.
_NOTES = ('description', 'default', 'hideconf', 'hidecmdl', 'hidedocs')

_SCALARS: dict[str, typing.Callable[[str], typing.Any]] = {
    'string': str,
    'integer': int,
    'number': float,
    'boolean': yaml.safe_load,
}

Validator = typing.Callable[[typing.Any], typing.Any]


@functools.lru_cache(maxsize=256)
def _compile(text: str) -> Validator:
    return typing.cast(Validator, fastjsonschema.compile(json.loads(text), use_default=True))


def get_validator(schema: dict[str, typing.Any]) -> Validator:
    """Return a function that checks a value against a JSON schema (draft-07), filling in nested defaults.

    It raises fastjsonschema.JsonSchemaValueException. Compiling takes about a millisecond, so results are kept.
    """
    return _compile(json.dumps({k: v for (k, v) in schema.items() if k not in _NOTES}, sort_keys=True))


class Config(collections.abc.MutableMapping[str, typing.Any]):
    """The options of one cell: a mapping whose keys and values follow the option table.

    Args:
        confdefs: Option name to JSON schema fragment.
        conf: Values that win over all other sources.
        prefixes: Names to put before environment variables, first match wins.
    """

    def __init__(
        self,
        confdefs: s_confdefs.ConfDefs,
        conf: collections.abc.Mapping[str, typing.Any] | None = None,
        prefixes: tuple[str, ...] = (),
    ) -> None:
        self.confdefs = confdefs
        self.prefixes = prefixes
        self.valus: dict[str, typing.Any] = {}
        for name, valu in (conf or {}).items():
            self[name] = valu

    # -- the mapping

    def __getitem__(self, name: str) -> typing.Any:
        return self.valus[name]

    def __setitem__(self, name: str, valu: typing.Any) -> None:
        self.valus[name] = self.check(name, valu)

    def __delitem__(self, name: str) -> None:
        del self.valus[name]

    def __iter__(self) -> typing.Iterator[str]:
        return iter(self.valus)

    def __len__(self) -> int:
        return len(self.valus)

    def check(self, name: str, valu: typing.Any) -> typing.Any:
        """Return a copy of the value with nested defaults filled in. Raises BadArg (unknown name), BadConfValu."""
        schema = self.confdefs.get(name)
        if schema is None:
            raise s_exc.BadArg(mesg=f'Key {name} is not a valid config', name=name)
        try:
            return get_validator(schema)(copy.deepcopy(valu))
        except fastjsonschema.JsonSchemaValueException as e:
            raise s_exc.BadConfValu(mesg=f'Invalid config for {name}, {e.message}', name=name, value=valu) from None

    def req(self, name: str) -> typing.Any:
        """Return the value of an option that must have one. Raises BadArg (unknown name), NeedConfValu."""
        if name not in self.confdefs:
            raise s_exc.BadArg(mesg=f'Key {name} is not a valid config', name=name)
        valu = self.valus.get(name)
        if valu is None:
            raise s_exc.NeedConfValu(mesg=f'The {name} configuration option is required.', name=name, key=name)
        return valu

    reqConfValu = req

    def asDict(self) -> dict[str, typing.Any]:
        """Return a copy of all values."""
        return copy.deepcopy(self.valus)

    # -- the sources, strongest first

    def set_from_opts(self, opts: argparse.Namespace) -> None:
        """Apply parsed command line flags: those that were given."""
        for name in self.confdefs:
            valu = getattr(opts, _optname(name), None)
            if valu is not None:
                self[name] = valu

    def set_from_envars(self, environ: collections.abc.Mapping[str, str] | None = None) -> None:
        """Apply environment variables, parsed as YAML, to options that have no value yet."""
        environ = os.environ if environ is None else environ
        for prefix in self.prefixes:
            for name, schema in self.confdefs.items():
                if schema.get('hideconf'):
                    continue
                envar = envar_name(prefix, name)
                text = environ.get(envar)
                if text is not None:
                    self._set_envar(envar, name, text)

    def _set_envar(self, envar: str, name: str, text: str) -> None:
        try:
            valu = yaml.safe_load(text)
        except yaml.YAMLError as e:
            mesg = f'Environment variable {envar} does not hold valid YAML.'
            raise s_exc.BadConfValu(mesg=mesg, name=name, value=text) from e
        if name not in self.valus:
            self[name] = valu
            logger.debug('Set config valu from envar: [%s]', envar)
        elif self.valus[name] != valu:
            logger.warning('Config from envar [%s] skipped due to already being set!', envar)

    def set_from_file(self, path: str, force: bool = False) -> None:
        """Apply a YAML file. Options that have a value keep it, unless forced.

        Raises BadConfValu when the file is not a YAML mapping, BadArg for an unknown name.
        """
        for name, valu in load_mapping(path).items():
            valu = self.check(name, valu)
            if name not in self.valus:
                self.valus[name] = valu
            elif force:
                self.valus[name] = valu
                logger.info('Set configuration override for [%s] from [%s]', name, path)

    def set_defaults(self) -> None:
        """Fill in the defaults of options that have no value. Raises BadConfValu for a default that is invalid."""
        for name, schema in self.confdefs.items():
            if name not in self.valus and 'default' in schema:
                self[name] = schema['default']


def envar_name(prefix: str, name: str) -> str:
    """Return the environment variable of an option: ``https:port`` of ``SYN_AXON`` is ``SYN_AXON_HTTPS_PORT``."""
    return f'{prefix}_{name}'.replace(':', '_').upper()


def load_mapping(path: str) -> dict[str, typing.Any]:
    """Return the mapping in a YAML file, empty when the file is absent or empty. Raises BadConfValu."""
    try:
        item = s_common.yamlload(path)
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        raise s_exc.BadConfValu(mesg=f'File {path} is not valid YAML: {e}', path=path) from e
    if item is None:
        return {}
    if not isinstance(item, dict):
        mesg = f'File {path} must hold a mapping of option names to values, not a {type(item).__name__}.'
        raise s_exc.BadConfValu(mesg=mesg, path=path)
    return item


def _optname(name: str) -> str:
    return 'conf_' + name.replace(':', '_')


def add_flags(pars: argparse.ArgumentParser, confdefs: s_confdefs.ConfDefs) -> None:
    """Add a command line flag for each option that may have one: scalar, not hidden, booleans only with a default."""
    group = pars.add_argument_group('config', 'Configuration arguments.')
    for name, schema in confdefs.items():
        kind = schema.get('type')
        if schema.get('hideconf') or schema.get('hidecmdl') or not isinstance(kind, str) or kind not in _SCALARS:
            continue
        default = schema.get('default')
        text = schema.get('description', '').replace('%', '%%')
        if default is not None:
            text += f' This option defaults to {default!r}.'
        kwargs: dict[str, typing.Any] = {'type': _SCALARS[kind], 'help': text, 'dest': _optname(name)}
        if kind == 'boolean':
            if default is None:
                continue
            kwargs['choices'] = [True, False]
        else:
            kwargs['metavar'] = name.replace(':', '_').upper()
        group.add_argument('--' + name.replace(':', '-'), **kwargs)


class ConfMods:
    """The file ``cell.mods.yaml``: options that the service sets for itself, stronger than every other source."""

    def __init__(self, path: str, conf: Config) -> None:
        self.path = path
        self.conf = conf

    def update(self, valus: dict[str, typing.Any]) -> None:
        """Set options now and for all later starts. Raises BadArg, BadConfValu; then nothing is changed."""
        checked = {name: self.conf.check(name, valu) for (name, valu) in valus.items()}
        for name in checked:
            logger.info('Setting cell config override for [%s]', name)
        self.conf.valus.update(checked)
        s_common.yamlsave(load_mapping(self.path) | checked, self.path)

    def pop(self, name: str) -> None:
        """Forget an option that the service had set, now and for all later starts."""
        self.conf.valus.pop(name, None)
        mods = load_mapping(self.path)
        if name in mods:
            del mods[name]
            s_common.yamlsave(mods, self.path)
            logger.info('Removed cell config override for [%s]', name)
