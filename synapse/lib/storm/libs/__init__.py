"""The Storm libraries and the methods of Storm types. Importing the package registers them.

A function declares itself once, with its Python signature: see ``synapse.lib.storm.registry``, which coerces arguments
by it and from which ``help`` is made. Functions that only compute say ``pure``; those that read nodes flush the editor
first, since they must see what the query changed.

Values: ``base`` and ``root`` (``$lib`` itself), ``strs``, ``lists``, ``sets``, ``numbers``, ``bytes``, ``crypto``,
``regex``, ``time``, ``formats`` (JSON, YAML, XML, HTML), ``tabular``, ``misc``, ``scrape``.
Running: ``queries``. The graph: ``nodes``, ``nodedata``, ``views``, ``viewops``, ``viewvotes``, ``layers``,
``layerio``, ``layerops``, ``graphs``. The service: ``vars``, ``auth`` and ``authobjs``, ``model``, ``modelext``,
``modelmig``, ``modeltags``, ``cell``, ``jsonstor``. Extensions: ``pkg``, ``modules``, ``macro``, ``queue``,
``trigger``, ``cron``, ``dmon``. Other services: ``axon``, ``feed``, ``http``, ``telepath``, ``service``,
``notifications``, ``vault``. Mail: ``imap``, ``smtp``.
Answering HTTP: ``webapis`` (the endpoints), ``webrequest`` (a request and its answer).
Keys and tokens: ``cryptokeys`` (RSA, ECC), ``jose`` (signatures), ``jwks`` (keys of others), ``jwt``.
Of the field: ``cvss``, ``edges``, ``gen``, ``stix``, ``stixexport``, ``stiximport``, ``projects``.
"""

from synapse.lib.storm.libs import (
    auth as auth,
    axon as axon,
    base as base,
    bytes as bytes,
    cell as cell,
    cron as cron,
    crypto as crypto,
    cryptokeys as cryptokeys,
    cvss as cvss,
    dmon as dmon,
    edges as edges,
    feed as feed,
    formats as formats,
    gen as gen,
    graphs as graphs,
    http as http,
    imap as imap,
    jsonstor as jsonstor,
    jwt as jwt,
    layerio as layerio,
    layerops as layerops,
    layers as layers,
    lists as lists,
    macro as macro,
    misc as misc,
    model as model,
    modelext as modelext,
    modelmig as modelmig,
    modeltags as modeltags,
    modules as modules,
    nodedata as nodedata,
    nodes as nodes,
    notifications as notifications,
    numbers as numbers,
    pkg as pkg,
    projects as projects,
    queries as queries,
    queue as queue,
    regex as regex,
    root as root,
    scrape as scrape,
    service as service,
    smtp as smtp,
    sets as sets,
    stix as stix,
    stixexport as stixexport,
    stiximport as stiximport,
    strs as strs,
    tabular as tabular,
    telepath as telepath,
    time as time,
    trigger as trigger,
    vars as vars,
    vault as vault,
    viewops as viewops,
    views as views,
    viewvotes as viewvotes,
    webapis as webapis,
    webrequest as webrequest,
)
