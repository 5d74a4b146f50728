"""``$lib.infosec.cvss``: scores of vulnerabilities (spec: storm-runtime.md 4). The arithmetic is that of ``cvss``."""

from __future__ import annotations

import typing

import cvss
import cvss.constants2 as c_two
import cvss.constants3 as c_three

import synapse.exc as s_exc
import synapse.lib.storm.edits as s_edits
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Info = dict[str, Any]
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.infosec', 'The vocabulary of security.')
s_registry.libdoc('$lib.infosec.cvss', 'Scores of vulnerabilities.')
_VERSIONS = {'2': c_two, '3.0': c_three, '3.1': c_three}
_TEMPORAL = ('E', 'RL', 'RC')
_SCORES = ('score', 'score:base', 'score:temporal', 'score:environmental')


def _bad_version(vers: str) -> s_exc.SynErr:
    return s_exc.BadArg(mesg=f'Valid values for vers are {", ".join(_VERSIONS)}: got {vers}')


def _parse(text: str, vers: str | None) -> tuple[str, dict[str, str]]:
    """Return (version, value by metric) of a vector. Raises: BadDataValu."""
    if vers is not None and vers not in _VERSIONS:
        raise _bad_version(vers)
    body = text.strip('() ')
    if body.startswith('CVSS:'):
        head, _, body = body.partition('/')
        vers = vers or head.removeprefix('CVSS:')
    metrics: dict[str, str] = {}
    for part in body.split('/'):
        name, colon, valu = part.partition(':')
        if not colon or not valu:
            raise s_exc.BadDataValu(mesg=f'Provided vector {text} malformed')
        if name in metrics:
            raise s_exc.BadDataValu(mesg=f'Provided vector {text} contains duplicate metrics')
        metrics[name] = valu
    vers = vers or ('2' if 'Au' in metrics else '3.1')
    if vers not in _VERSIONS:
        raise _bad_version(vers)
    tables = _VERSIONS[vers]
    bad = [name for name in metrics if name not in tables.METRICS_ABBREVIATIONS]
    if bad:
        raise s_exc.BadDataValu(mesg=f'Provided vector {text} contains invalid metrics: {", ".join(bad)}')
    bad = [f'{name}:{valu}' for name, valu in metrics.items() if valu not in tables.METRICS_VALUE_NAMES[name]]
    if bad:
        raise s_exc.BadDataValu(mesg=f'Provided vector {text} contains invalid metric value(s): {", ".join(bad)}')
    missing = [name for name in tables.METRICS_MANDATORY if name not in metrics]
    if missing:
        raise s_exc.BadDataValu(mesg=f'Provided vector {text} missing mandatory metric(s): {", ".join(missing)}')
    return vers, metrics


def _score(vers: str, metrics: dict[str, str]) -> tuple[Any, list[float | None], str]:
    """Return the computed vector, its (base, temporal, environmental) scores, and its normal form."""
    order = _VERSIONS[vers].METRICS_ABBREVIATIONS
    normal = '/'.join(f'{name}:{metrics[name]}' for name in order if name in metrics)
    vector: Any = cvss.CVSS2(normal) if vers == '2' else cvss.CVSS3(f'CVSS:{vers}/{normal}')
    others = set(metrics) - set(_VERSIONS[vers].METRICS_MANDATORY) - set(_TEMPORAL)
    base, temporal, environmental = (float(score) if score is not None else None for score in vector.scores())
    has_temporal = any(name in metrics for name in _TEMPORAL)
    return vector, [base, temporal if has_temporal else None, environmental if others else None], normal


def _final(scores: list[float | None]) -> float | None:
    return next((score for score in reversed(scores) if score is not None), None)


@lib('$lib.infosec.cvss.vectToScore')
def cvss_score(rt: Runtime, vect: str, vers: str | None = None) -> Info:
    """Return the scores of a vector of version 2, 3.0 or 3.1, and its normal form. Raises: BadDataValu, BadArg."""
    vers, metrics = _parse(vect, vers)
    _, scores, normal = _score(vers, metrics)
    base, temporal, environmental = scores
    info = {'base': base, 'temporal': temporal, 'environmental': environmental, 'normalized': normal}
    return {'version': vers, 'score': _final(scores), **info}


@lib('$lib.infosec.cvss.vectToProps')
def cvss_props(rt: Runtime, text: str) -> Info:
    """Return the properties of risk:vuln that a vector (of version 3) means. Raises: BadArg. Deprecated."""
    rt.warn_once('$lib.infosec.cvss.vectToProps() is deprecated.')
    return _props(text)


def _props(text: str) -> Info:
    props: Info = {}
    for part in text.split('/'):
        name, colon, valu = part.partition(':')
        if name == 'CVSS':
            continue
        if not colon or name not in c_three.METRICS_ABBREVIATIONS:
            raise s_exc.BadArg(mesg=f'Invalid CVSS Vector: {text}')
        props[f'cvss:{name.lower()}'] = valu
    return props


@lib('$lib.infosec.cvss.calculateFromProps')
def cvss_from_props(rt: Runtime, props: Prim, vers: str = '3.1') -> Info:
    """Return the scores of properties such as cvss:av. Raises: BadArg."""
    if vers not in ('3.0', '3.1'):
        raise s_exc.BadArg(mesg=f'Valid values for vers are 3.0, 3.1: got {vers}', valid_values=('3.1', '3.0'))
    if not isinstance(props, dict):
        raise s_exc.BadArg(mesg='The properties must be a dictionary.')
    names = {f'cvss:{name.lower()}': name for name in c_three.METRICS_ABBREVIATIONS}
    metrics = {names[name]: str(valu) for name, valu in props.items() if name in names and valu is not None}
    info: Info = {'ok': True, 'version': vers, 'score': None}
    info['scores'] = {'base': None, 'temporal': None, 'environmental': None}
    if any(name not in metrics for name in c_three.METRICS_MANDATORY):
        return info
    bad = [name for name, valu in metrics.items() if valu not in c_three.METRICS_VALUE_NAMES[name]]
    if bad:
        raise s_exc.BadArg(mesg=f'Invalid CVSS values for: {", ".join(bad)}')
    vector, scores, _ = _score(vers, metrics)
    info['score'] = _final(scores)
    info['scores'] = dict(zip(info['scores'], scores, strict=True))
    info['scores'] |= {'impact': round(float(vector.isc), 1), 'exploitability': round(float(vector.esc), 1)}
    return info


@lib('$lib.infosec.cvss.calculate', readonly=False)
def cvss_calculate(rt: Runtime, node: Any, save: bool = True, vers: str = '3.1') -> Info:
    """Return the scores of a risk:vuln node, which are stored in its properties unless save is false.

    Raises: BadArg, AuthDeny.
    """
    _req_vuln(node, 'calculate')
    info = cvss_from_props(rt, dict(node.props), vers)
    if save:
        valus = (info['score'], *list(info['scores'].values())[:3])
        _set_props(
            rt, node, {f'cvss:{name}': valu for name, valu in zip(_SCORES, valus, strict=True) if valu is not None}
        )
    return info


@lib('$lib.infosec.cvss.saveVectToNode', readonly=False)
def cvss_save(rt: Runtime, node: Any, text: str) -> None:
    """Set the properties of a risk:vuln node that a vector means. Raises: BadArg, AuthDeny. Deprecated."""
    rt.warn_once('$lib.infosec.cvss.saveVectToNode() is deprecated.')
    _req_vuln(node, 'saveVectToNode')
    _set_props(rt, node, _props(text))


def _req_vuln(node: Any, name: str) -> None:
    if not isinstance(node, s_view.Node) or node.form.name != 'risk:vuln':
        raise s_exc.BadArg(mesg=f'$lib.infosec.cvss.{name}() requires a risk:vuln node.')


def _set_props(rt: Runtime, node: s_view.Node, props: Info) -> None:
    rt.writable()
    mark = rt.editor.mark()
    for name, valu in props.items():
        prop = node.form.props[name]
        s_edits.confirm_prop(rt, 'set', prop)
        rt.editor.set_prop(node, prop, *s_edits.norm_prop(node, prop, valu))
    rt.edited(mark)
