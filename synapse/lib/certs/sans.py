"""Further names of a host: ``DNS:a.net,email:a@b.net,URI:https://a.net`` (aha.md 9.5)."""

from __future__ import annotations

import typing

from cryptography import x509

import synapse.exc as s_exc

_MAKERS: dict[str, typing.Callable[[str], x509.GeneralName]] = {
    'dns': x509.DNSName,
    'email': x509.RFC822Name,
    'uri': x509.UniformResourceIdentifier,
}


def parse(name: str, text: str | None = None) -> list[x509.GeneralName]:
    """Return the names of a host, its own and those of a list, sorted within their kind and each of them once.

    Raises: BadArg.
    """
    values: dict[str, set[str]] = {kind: set() for kind in _MAKERS}
    values['dns'].add(name)
    for item in (text or '').split(','):
        item = item.strip()
        if not item:
            continue
        kind, _, valu = item.partition(':')
        if kind.lower() not in _MAKERS or not valu:
            raise s_exc.BadArg(mesg=f'Unsupported san value: {item}', valu=item)
        values[kind.lower()].add(valu)
    try:
        return [_MAKERS[kind](valu) for kind, valus in values.items() for valu in sorted(valus)]
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'Bad name of a host: {e}') from None
