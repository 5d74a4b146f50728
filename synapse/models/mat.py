"""Things that can be touched."""

VALUES = {
    'MASS_UNITS': {
        'µg': '0.000001',
        'microgram': '0.000001',
        'micrograms': '0.000001',
        'mg': '0.001',
        'milligram': '0.001',
        'milligrams': '0.001',
        'g': '1',
        'grams': '1',
        'kg': '1000',
        'kilogram': '1000',
        'kilograms': '1000',
        'lb': '453.592',
        'lbs': '453.592',
        'pound': '453.592',
        'pounds': '453.592',
        'stone': '6350.29',
    },
}

TYPES = """
phys:object   ndef(interface=phys:object)   [new] Any node that is a thing.
mat:type      taxonomy                      Kinds of things.
    @is meta:taxonomy
mass          hugenum(units=$MASS_UNITS)    A mass, in grams.
"""

IFACES = """
phys:object  *  [new] Something that can be touched.
    @fill phys:object=object
    phys:mass     mass          The mass of the {phys:object}.
    phys:volume   geo:dist      The volume of the {phys:object}, as the edge of a cube.
    phys:length   geo:dist      The length of the {phys:object}.
    phys:width    geo:dist      The width of the {phys:object}.
    phys:height   geo:dist      The height of the {phys:object}.
"""

FORMS = """
phys:contained:type:taxonomy  taxonomy  [new] Ways in which one thing contains another.
    @is meta:taxonomy

phys:contained  guid  [new] A thing was in another one.
    type          phys:contained:type:taxonomy  In what way it was in it.
    period        ival                          From when to when.
    object        phys:object                   The thing inside.
    container     phys:object                   The thing around it.

mat:item  guid  A single thing.
    @is phys:object geo:locatable
    @fill phys:object=item, geo:locatable=item
    name          str(lower)    The name of the thing.
    type          mat:type      What kind of thing it is.
    spec          mat:spec      What it was made after.
    latlong       geo:latlong   [deprecated] The position; use place:latlong.
    loc           loc           [deprecated] The region; use place:loc.

mat:spec  guid  A description that many things are made after.
    name          str(lower)    The name of the description.
    type          mat:type      What kind of thing it describes.

mat:itemimage  (item=mat:item, file=file:bytes)  A picture of a thing.
    item          mat:item      [ro] The thing.
    file          file:bytes    [ro] The picture.

mat:specimage  (spec=mat:spec, file=file:bytes)  A picture of things of a kind.
    spec          mat:spec      [ro] The description of the kind.
    file          file:bytes    [ro] The picture.
"""
