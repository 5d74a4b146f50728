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
phys:object   ndef(interface=phys:object)   [new]
mat:type      taxonomy
    @is meta:taxonomy
mass          hugenum(units=$MASS_UNITS)
"""

IFACES = """
phys:object  *  [new]
    @fill phys:object=object
    phys:mass     mass
    phys:volume   geo:dist
    phys:length   geo:dist
    phys:width    geo:dist
    phys:height   geo:dist
"""

FORMS = """
phys:contained:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

phys:contained  guid  [new]
    type          phys:contained:type:taxonomy
    period        ival
    object        phys:object
    container     phys:object

mat:item  guid
    @is phys:object geo:locatable
    @fill phys:object=item, geo:locatable=item
    name          str(lower)
    type          mat:type
    spec          mat:spec
    latlong       geo:latlong   [deprecated]
    loc           loc           [deprecated]

mat:spec  guid
    name          str(lower)
    type          mat:type

mat:itemimage  (item=mat:item, file=file:bytes)
    item          mat:item      [ro]
    file          file:bytes    [ro]

mat:specimage  (spec=mat:spec, file=file:bytes)
    spec          mat:spec      [ro]
    file          file:bytes    [ro]
"""
