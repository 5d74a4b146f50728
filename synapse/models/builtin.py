"""The base types and the universal properties."""

TYPES = """
int           *             A whole number; signed 64 bits unless options say otherwise.
float         *             A floating point number of double precision.
range         *             Two values of one type, the lower first.
str           *             Text.
hex           *             Bytes written as lower-case hex digits.
bool          *             True or false, stored as 1 or 0.
time          *             A point in time, in milliseconds since 1970.
duration      *             A length of time, in milliseconds.
ival          *             A span of time: from the minimum up to, but not including, the maximum.
guid          *             A 128 bit identifier, random or made from given values.
comp          *             A fixed number of named values that identify a thing together.
loc           *             A place in a hierarchy of regions, from the country down, with dots between.
ndef          *             A node of any form, as form and value.
array         *             A list of values of one type.
edge          *             [deprecated] Two nodes, joined; light edges have replaced it.
timeedge      *             [deprecated] Two nodes, joined at a time; light edges have replaced it.
data          *             Any structure that JSON can express.
nodeprop      *             A property and its value.
hugenum       *             A decimal number of up to 24 digits on each side of the point.
taxon         *             One level of a taxonomy.
taxonomy      *             A place in a tree of categories, with dots between the levels.
velocity      *             A speed, in millimeters per second.
"""

UNIVS = """
.seen         ival          When the thing was seen: the first and the last time.
.created      time(ismin)   [ro] When the node was added to the Cortex.
"""

IFACES = """
taxonomy  *  [old] A node that is a category in a tree.
    title         str           A short title of the category.
    summary       str           [text] What belongs in the category.
    sort          int           Where the category stands among its siblings.
    base          taxon         [ro] The last level of the category's name.
    depth         int           [ro] How many levels are above the category.
    parent        $self         [ro] The category above.
"""
