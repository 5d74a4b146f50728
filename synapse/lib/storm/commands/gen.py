"""Commands that yield nodes by natural keys, made where they do not exist; written in Storm, most on ``$lib.gen``."""

from __future__ import annotations

import typing

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define
Arg = tuple[str, dict[str, typing.Any]]

_NAME = arg('name', 'The name.')
_REPORTER = arg('reporter', 'The name of the organisation that reported it.')
_TRY = arg('--try', 'Yield nothing where a value is invalid.', default=False, action='store_true')


def _gen(form: str, what: str, func: str, *args: Arg) -> None:
    """Define the command that hands its arguments on to a function of ``$lib.gen``."""
    names = [name.lstrip('-') for name, _ in args]
    call = ', '.join(f'{name}=$cmdopts.{name}' for name in names)
    descr = f'Lift (or create) the {form} of {what}.'
    define(f'gen.{form.replace(":", ".")}', descr, args, f'yield $lib.gen.{func}({call})')


_gen('geo:place', 'a name', 'geoPlaceByName', _NAME)
_gen('it:prod:soft', 'a name', 'softByName', _NAME)
_gen('lang:language', 'a name', 'langByName', _NAME)
_gen('ou:industry', 'a name', 'industryByName', _NAME)
_gen('ou:org', 'a name', 'orgByName', _NAME)
_gen('ou:campaign', 'a name and a reporter', 'campaign', _NAME, _REPORTER)
_gen('risk:threat', 'a name and a reporter', 'riskThreat', _NAME, _REPORTER)
_gen('risk:tool:software', 'a name and a reporter', 'riskToolSoftware', _NAME, _REPORTER)
_gen('pol:country', 'a two letter code', 'polCountryByIso2', arg('iso2', 'The ISO 3166 code of two letters.'), _TRY)
_gen(
    'risk:vuln',
    'a CVE, and of a reporter',
    'vulnByCve',
    arg('cve', 'The CVE.'),
    arg('reporter', 'The name of the organisation that reported it.', nargs='?'),
    _TRY,
)
define(
    'gen.ou.org.hq',
    'Lift (or create) the ps:contact of the headquarters of an organisation.',
    [_NAME],
    'yield $lib.gen.orgHqByName($cmdopts.name)',
)
define(
    'gen.ps.contact.email',
    'Lift (or create) the ps:contact of a type and an email address.',
    [arg('type', 'The type of the contact.'), arg('email', 'The email address.'), _TRY],
    'yield $lib.gen.psContactByEmail($cmdopts.type, $cmdopts.email, try=$cmdopts.try)',
)
define(
    'gen.it.av.scan.result',
    'Lift (or create) the it:av:scan:result of a target and the name of a signature.',
    [
        arg('form', 'The form of the target.'),
        arg('value', 'The value of the target.'),
        arg('signame', 'The name of the signature.'),
        arg('--scanner-name', 'The name of the scanner, if that is to match too.'),
        arg('--time', 'The time of the scan, if that is to match too.'),
        _TRY,
    ],
    """
    yield $lib.gen.itAvScanResultByTarget($cmdopts.form, $cmdopts.value, $cmdopts.signame,
        scanner=$cmdopts.scanner_name, time=$cmdopts.time, try=$cmdopts.try)
    """,
)

_IDTYPE = """
    function idtype(name) {
        ou:id:type:name=$name return($node)
        [ ou:id:type=(gen, name, $name) :name=$name ] return($node)
    }
"""
define(
    'gen.ou.id.type', 'Lift (or create) the ou:id:type of a name.', [_NAME], f'{_IDTYPE} yield $idtype($cmdopts.name)'
)
define(
    'gen.ou.id.number',
    'Lift (or create) the ou:id:number of a type and a value.',
    [arg('type', 'The name of the type.'), arg('value', 'The number.')],
    _IDTYPE
    + """
    function number(type, value) { [ ou:id:number=($idtype($type), $value) ] return($node) }
    yield $number($cmdopts.type, $cmdopts.value)
    """,
)
define(
    'gen.pol.country.government',
    'Lift (or create) the ou:org that is the government of a country of a two letter code.',
    [arg('iso2', 'The ISO 3166 code of two letters.'), _TRY],
    """
    function government(iso2, try) {
        yield $lib.gen.polCountryByIso2($iso2, try=$try)
        { -:government $org=$lib.gen.orgByName(`{:iso2} government`) [ :government=$org ] }
        :government -> ou:org
        return($node)
    }
    yield $government($cmdopts.iso2, $cmdopts.try)
    """,
)
