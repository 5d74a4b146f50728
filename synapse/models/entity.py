"""Actors of any kind and how they relate."""

TYPES = """
entity:actor  ndef(forms=ou:org,ps:person,ps:contact,risk:threat)  [new] Any node that can act.
"""

FORMS = """
entity:name  str(lower onespace)  [new] The name of a person, an organization or a thing.

entity:relationship:type:taxonomy  taxonomy  [new] Kinds of relations.
    @is meta:taxonomy

entity:relationship  guid  [new] Two actors are related.
    type              entity:relationship:type:taxonomy     What kind of relation it is.
    period            ival                                  From when to when.
    source            entity:actor                          The actor that the relation starts from.
    target            entity:actor                          The actor that it leads to.
    reporter          ou:org                                The organization that reported it.
    reporter:name     ou:name                               The name of the organization that reported it.
"""
