"""The edge nodes and free graph nodes of the early model, kept for old data."""

FORMS = """
graph:cluster  guid  [deprecated] A group of graph nodes; use meta:cluster.
    name          str(lower)    The name of the group.
    desc          str(lower)    What the members have in common.
    type          str(lower)    What kind of group it is.

edge:has  edge  [deprecated] One node has the other; use a has edge.
    n1            ndef          [ro] The node that has.
    n1:form       str           [ro] The form of the node that has.
    n2            ndef          [ro] The node that is had.
    n2:form       str           [ro] The form of the node that is had.

edge:refs  edge  [deprecated] One node refers to the other; use a refs edge.
    n1            ndef          [ro] The node that refers.
    n1:form       str           [ro] The form of the node that refers.
    n2            ndef          [ro] The node that is referred to.
    n2:form       str           [ro] The form of the node that is referred to.

edge:wentto  timeedge  [deprecated] One node went to the other at a time.
    n1            ndef          [ro] The node that went.
    n1:form       str           [ro] The form of the node that went.
    n2            ndef          [ro] The node that it went to.
    n2:form       str           [ro] The form of the node that it went to.
    time          time          [ro] When it went there.

graph:node  guid  [deprecated] A node of a kind that the model does not know.
    type          str           What kind of node it is.
    name          str           The name of the node.
    data          data          Whatever else is known of it.

graph:edge  edge  [deprecated] Two nodes, joined; use a light edge.
    n1            ndef          [ro] The first node.
    n1:form       str           [ro] The form of the first node.
    n2            ndef          [ro] The second node.
    n2:form       str           [ro] The form of the second node.

graph:timeedge  timeedge  [deprecated] Two nodes, joined at a time; use a light edge.
    time          time          [ro] When they were joined.
    n1            ndef          [ro] The first node.
    n1:form       str           [ro] The form of the first node.
    n2            ndef          [ro] The second node.
    n2:form       str           [ro] The form of the second node.

graph:event  guid  [deprecated] An event of a kind that the model does not know.
    time          time          When it happened.
    type          str           What kind of event it is.
    name          str           The name of the event.
    data          data          Whatever else is known of it.
"""
