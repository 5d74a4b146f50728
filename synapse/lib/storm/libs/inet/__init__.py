"""``$lib.inet``: the world outside, over HTTP and mail (spec: storm-runtime.md 20).

Connections go out as those of the Axon do (``synapse.lib.axon.outbound``): the same proxy, the same authorities, unless
the user may say otherwise. A server that does not answer is part of life: a request then has an answer that says why,
on which a query can decide.

- ``http``: requests and web sockets. ``oauth1``, ``oauth2``: requests in the name of somebody else.
- ``imap``, ``smtp``: reading and sending mail.
- ``whois``: guids for records of WHOIS.
"""

from synapse.lib.storm.libs.inet import (
    http as http,
    imap as imap,
    oauth1 as oauth1,
    oauth2 as oauth2,
    smtp as smtp,
    whois as whois,
)
