"""Actors of any kind and how they relate."""

TYPES = """
entity:actor  ndef(forms=ou:org,ps:person,ps:contact,risk:threat)  [new]
"""

FORMS = """
entity:name  str(lower onespace)  [new]

entity:relationship:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

entity:relationship  guid  [new]
    type              entity:relationship:type:taxonomy
    period            ival
    source            entity:actor
    target            entity:actor
    reporter          ou:org
    reporter:name     ou:name
"""
