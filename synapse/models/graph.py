"""The edge nodes and free graph nodes of the early model, kept for old data."""

TYPES = """
edge  *             [deprecated]
"""

FORMS = """
graph:cluster  guid  [deprecated]
    name          str(lower)
    desc          str(lower)
    type          str(lower)

edge:has  edge  [deprecated]
    n1            ndef          [ro]
    n1:form       str           [ro]
    n2            ndef          [ro]
    n2:form       str           [ro]

edge:refs  edge  [deprecated]
    n1            ndef          [ro]
    n1:form       str           [ro]
    n2            ndef          [ro]
    n2:form       str           [ro]

edge:wentto  timeedge  [deprecated]
    n1            ndef          [ro]
    n1:form       str           [ro]
    n2            ndef          [ro]
    n2:form       str           [ro]
    time          time          [ro]

graph:node  guid  [deprecated]
    type          str
    name          str
    data          data

graph:edge  edge  [deprecated]
    n1            ndef          [ro]
    n1:form       str           [ro]
    n2            ndef          [ro]
    n2:form       str           [ro]

graph:timeedge  timeedge  [deprecated]
    time          time          [ro]
    n1            ndef          [ro]
    n1:form       str           [ro]
    n2            ndef          [ro]
    n2:form       str           [ro]

graph:event  guid  [deprecated]
    time          time
    type          str
    name          str
    data          data
"""
