"""STIX 2.1: how nodes become objects and objects become nodes, as data. Knows no graph and no queries.

A mapping is plain data that users may change: names of STIX types and properties, and Storm texts that compute them.
This package has the mappings that we start with, checks those that come back, and names objects. Running the texts is
up to ``$lib.stix`` (``synapse/lib/storm/libs/infosec/stixexport.py``, ``stiximport.py``).

Read ``exporting.py`` (forms to STIX types, and the check of such a mapping), ``importing.py`` (STIX types to Storm),
``objects.py`` (identifiers, extension, relationships), then ``validator.py``: a process of its own in which a bundle is
held against the standard.
"""
