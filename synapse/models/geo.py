"""Places and positions."""

import synapse.models.schemas as s_schemas

VALUES = {
    'GEO_JSON': s_schemas.load('geo_json'),
}

TYPES = """
geo:json          data(schema=$GEO_JSON)
geo:address       str(lower onespace)
geo:longitude     float(min=-180.0 minisvalid=false max=180.0)
geo:latitude      float(min=-90.0 max=90.0)
geo:bbox          (xmin=geo:longitude, xmax=geo:longitude, ymin=geo:latitude, ymax=geo:latitude),
geo:altitude      geo:dist(baseoff=6371008800)
geo:dist          *
geo:area          *
geo:latlong       *
"""

IFACES = """
geo:locatable  *  [new]
    @fill geo:locatable=item
    place                     geo:place
    place:loc                 loc
    place:name                geo:name
    place:address             geo:address
    place:latlong             geo:latlong
    place:latlong:accuracy    geo:dist
    place:country             pol:country
    place:country:code        pol:iso2
"""

FORMS = """
geo:name  str(lower onespace)

geo:nloc  (ndef=ndef, latlong=geo:latlong, time=time)  [deprecated]
    ndef          ndef          [ro]
    ndef:form     str           [ro]
    latlong       geo:latlong   [ro]
    time          time          [ro]
    place         geo:place
    loc           loc

geo:telem  guid
    @is phys:object geo:locatable
    @fill phys:object=object, geo:locatable=object
    time          time
    desc          str
    latlong       geo:latlong   [deprecated]
    accuracy      geo:dist      [deprecated]
    node          ndef          [new]

geo:place:taxonomy  taxonomy
    @is meta:taxonomy

geo:place  guid
    id            str(strip)            [new]
    name          geo:name              [alts=names]
    type          geo:place:taxonomy
    names         {geo:name}
    parent        geo:place             [deprecated]
    desc          str
    loc           loc
    address       geo:address
    geojson       geo:json
    latlong       geo:latlong
    bbox          geo:bbox
    radius        geo:dist
    photo         file:bytes
"""

EDGES = """
geo:place -(contains)> geo:place  [new]
"""
