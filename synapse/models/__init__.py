"""The data model: every type, form, property, interface and edge that a Cortex knows from the start.

Each module declares one domain in tables of text, in a notation that ``synapse.lib.model.decl`` explains and reads: a
row for a type or a form, indented rows for its properties, each with a short description. To extend the model, add a
row; to see what a form holds, read its table. Nothing here computes, with one exception: ``hooks`` has the few rules
that derive values from others (which FQDN is a zone, which hashes a password has).

Three ideas:

- *Tables, not code.* What a form is fits on its lines, so that a reviewer sees a model change as a model change.
- *The type carries the meaning.* ``{inet:fqdn}`` or ``str(lower)`` is all that is said; sub-properties, auto-added
  nodes and pivots follow from it when the registry is built (``synapse.lib.model.build``).
- *All of it, always.* The whole model loads in a fraction of a second, so no service configures which parts it wants.

The model follows the newest public line of it; rows marked ``new`` are not in the 2.113 line, rows marked ``old`` are
only there.

Read in this order: ``builtin``, ``meta``, ``inet``, ``inet_dns``, ``hooks``; then any domain. ``schemas`` holds JSON
schemas of data values.
"""

from __future__ import annotations

import importlib

import synapse.lib.model.build as s_build
import synapse.lib.model.ext as s_ext
import synapse.lib.model.model as s_model
import synapse.models.hooks as s_hooks

DOMAINS = """
    builtin meta graph syn auth
    inet inet_dns inet_whois inet_web inet_service inet_net inet_http inet_tls
    it it_dev it_sec it_prod it_exec it_app it_os
    file file_mime ou ou_plan ou_event ps geo pol crypto crypto_smart risk econ biz tel media lang mat transport
    proj gov belief doc entity math plan sci
""".split()

# Deprecated properties that may not be used unless an administrator unlocks them.
LOCKED = ('crypto:currency:transaction:inputs', 'crypto:currency:transaction:outputs')


def load() -> s_model.Model:
    """Return a new Model with everything that is declared here."""
    decls = s_build.Decls()
    for name in DOMAINS:
        decls.read(importlib.import_module(f'synapse.models.{name}'))
    model = s_model.Model()
    s_build.load(model, decls)
    s_hooks.attach(model)
    model.locks.update(LOCKED)
    s_ext.refresh_locks(model)
    return model
