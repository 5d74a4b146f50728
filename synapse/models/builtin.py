"""The base types and the universal properties."""

TYPES = """
int       *
float     *
range     *
str       *
hex       *
bool      *
time      *
duration  *
ival      *
guid      *
comp      *
loc       *
ndef      *
array     *
timeedge  *             [deprecated]
data      *
nodeprop  *
hugenum   *
taxon     *
taxonomy  *
velocity  *
"""

UNIVS = """
.seen         ival
.created      time(ismin)   [ro]
"""

IFACES = """
taxonomy  *  [old]
    title         str
    summary       str           [text]
    sort          int
    base          taxon         [ro]
    depth         int           [ro]
    parent        $self         [ro]
"""
