"""The data model: which kinds of things there are, what may be said of them, and what their values look like.

Everything here is pure: no I/O, no event loop, nothing that blocks. A Cortex holds one model and changes it only by
logged events, so leader and mirrors always agree on it.

Three ideas carry it:

- *Types are values' law.* A type turns what a user typed into the one system value that is stored, and says how values
  compare and sort. Equal things become equal values, so nodes can be found by what they are.
- *Keys sort as values sort.* The index encoding of each type keeps the order of its values, so a range lift is one seek
  and a scan.
- *The model is data.* Forms and props are declared in tables (``synapse.models``), checked once when loaded, and
  extended at run time by the same means.

Read in this order: types (values), indx (keys), forms and model (the registry and what it holds), decl (the notation
of the tables), build (filling and changing the registry), rules (what follows from a change), ext (what users add),
reflect (what clients are told).
"""
