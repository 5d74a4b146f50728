"""Places and positions."""

import synapse.models.schemas as s_schemas

VALUES = {
    'GEO_JSON': s_schemas.load('geo_json'),
}

TYPES = """
geo:json          data(schema=$GEO_JSON)                        A shape in GeoJSON.
geo:address       str(lower onespace)                           A postal address.
geo:longitude     float(min=-180.0 minisvalid=false max=180.0)  Degrees east of Greenwich. Ex: 16.37
geo:latitude      float(min=-90.0 max=90.0)                     Degrees north of the equator. Ex: 48.2
geo:bbox          (xmin=geo:longitude, xmax=geo:longitude, ymin=geo:latitude, ymax=geo:latitude),
                        A box around a place, in degrees.
geo:altitude      geo:dist(baseoff=6371008800)                  A height, as the distance from the center of the earth.
                        Ex: 10 km
geo:dist          *                                             A distance, in millimeters. Ex: 10 km
geo:area          *                                             An area, in square millimeters. Ex: 10 sq.km
geo:latlong       *                                             A position: latitude and longitude. Ex: 48.2,16.37
"""

IFACES = """
geo:locatable  *  [new] Something that is or was somewhere.
    @fill geo:locatable=item
    place                     geo:place     The place where the {geo:locatable} was.
    place:loc                 loc           The region where the {geo:locatable} was.
    place:name                geo:name      The name of the place where the {geo:locatable} was.
    place:address             geo:address   The address where the {geo:locatable} was.
    place:latlong             geo:latlong   The position where the {geo:locatable} was.
    place:latlong:accuracy    geo:dist      How exact the position is.
    place:country             pol:country   The country where the {geo:locatable} was.
    place:country:code        pol:iso2      The code of the country where the {geo:locatable} was.
"""

FORMS = """
geo:name  str(lower onespace)  The name of a place.

geo:nloc  (ndef=ndef, latlong=geo:latlong, time=time)  [deprecated] A node was at a position; use geo:telem.
    ndef          ndef          [ro] The node.
    ndef:form     str           [ro] The form of the node.
    latlong       geo:latlong   [ro] The position.
    time          time          [ro] When it was there.
    place         geo:place     The place.
    loc           loc           The region.

geo:telem  guid  A node was somewhere at a time.
    @is phys:object geo:locatable
    @fill phys:object=object, geo:locatable=object
    time          time          When it was there.
    desc          str           What it did there.
    latlong       geo:latlong   [deprecated] The position; use place:latlong.
    accuracy      geo:dist      [deprecated] How exact the position is; use place:latlong:accuracy.
    node          ndef          [new] The node.

geo:place:taxonomy  taxonomy  Kinds of places.
    @is meta:taxonomy

geo:place  guid  A place on earth.
    id            str(strip)            [new] Its identifier in another system.
    name          geo:name              [alts=names] The name of the place.
    type          geo:place:taxonomy    What kind of place it is.
    names         {geo:name}            Other names of the place.
    parent        geo:place             [deprecated] The place that it is in; use a contains edge.
    desc          str                   What the place is.
    loc           loc                   The region that it is in.
    address       geo:address           The postal address.
    geojson       geo:json              The shape of the place.
    latlong       geo:latlong           The position of its center.
    bbox          geo:bbox              The box around it.
    radius        geo:dist              How far it reaches from its center.
    photo         file:bytes            A picture of the place.
"""

EDGES = """
geo:place -(contains)> geo:place  [new] The place has the other one in it.
"""
