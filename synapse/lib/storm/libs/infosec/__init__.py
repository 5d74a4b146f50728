"""What analysts of threats work with: scores, names, indicators, bundles, tickets.

The formats are those of the field: CVSS, STIX 2.1, Attack Flow; what can be computed without nodes lives elsewhere
(``synapse.lib.stix``, ``synapse.lib.scrape``). What these libraries make are ordinary nodes, by ordinary edits.

- ``gen``: nodes of guid forms by what people call them. ``projects``: projects, epics, sprints and tickets as nodes.
- ``scrape``: indicators in text. ``cvss``: scores of vulnerabilities.
- ``attackflow``: attacks step by step.
- ``stix`` (validation, lifting), ``stixexport``, ``stiximport``: STIX bundles.
"""

from synapse.lib.storm.libs.infosec import (
    attackflow as attackflow,
    cvss as cvss,
    gen as gen,
    projects as projects,
    scrape as scrape,
    stix as stix,
    stixexport as stixexport,
    stiximport as stiximport,
)
