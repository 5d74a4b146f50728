"""Journeys and vehicles in the air, on land, at sea."""

VALUES = {
    'NO_SPACES': ((' ', ''),),
}

TYPES = """
transport:point       str(lower onespace)                       [new]
transport:trip        ndef(interface=transport:trip)            [new]
transport:container   ndef(interface=transport:container)       [new]
transport:vehicle     ndef(interface=transport:vehicle)         [new]
transport:direction   hugenum(modulo=360)
transport:sea:mmsi    str(regex=[0-9]{9})
transport:sea:imo     str(regex=^imo[0-9]{7}$ lower strip replace=$NO_SPACES)
"""

IFACES = """
transport:container  *  [new]
    @is phys:object
    built                 time
    manufacturer          ou:org
    manufacturer:name     ou:name
    model                 str(lower onespace)
    serial                str(strip)
    max:occupants         int(min=0)
    max:cargo:mass        mass
    max:cargo:volume      geo:dist
    owner                 ps:contact

transport:vehicle  *  [new]
    @is transport:container
    operator      ps:contact

transport:schedule  *  [new]
    @fill place=place, point=point, vehicle=vehicle, trip=trip
    duration                      duration
    departed                      time
    departed:place                geo:place
    departed:point                transport:point
    arrived                       time
    arrived:place                 geo:place
    arrived:point                 transport:point
    scheduled:duration            duration
    scheduled:departure           time
    scheduled:departure:place     geo:place
    scheduled:departure:point     transport:point
    scheduled:arrival             time
    scheduled:arrival:place       geo:place
    scheduled:arrival:point       transport:point

transport:trip  *  [new]
    @is transport:schedule
    status        str(enums=scheduled,cancelled,in-progress,completed,aborted,failed,unknown)
    occupants     int(min=0)
    cargo:mass    mass
    cargo:volume  geo:dist
    operator      ps:contact
    vehicle       transport:vehicle
"""

FORMS = """
transport:stop  guid  [new]
    @is transport:schedule
    trip          transport:trip

transport:land:drive  guid  [new]
    @is transport:trip
    @fill trip=drive, gate=docking bay, place=place, vehicle=vehicle

transport:land:license  guid  [new]
    id            str(strip)
    contact       ps:contact
    issued        time
    expires       time
    issuer        ou:org
    issuer:name   ou:name

transport:land:registration  guid  [new]
    id            str(strip)
    contact       ps:contact
    license       transport:land:license
    issued        time
    expires       time
    vehicle       transport:land:vehicle
    issuer        ou:org
    issuer:name   ou:name

transport:land:vehicle:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

transport:land:vehicle  guid  [new]
    @is transport:vehicle
    @fill phys:object=vehicle
    type          transport:land:vehicle:type:taxonomy
    desc          str
    serial        str(strip)
    make          ou:name                               [deprecated]
    registration  transport:land:registration

transport:air:craft  guid
    @is transport:vehicle
    @fill phys:object=aircraft
    tailnum       transport:air:tailnum
    type          str(lower strip)
    make          str(lower strip)          [deprecated]

transport:air:port  str(lower)
    name          str(lower onespace)
    place         geo:place

transport:air:tailnum  str(regex=^[a-z0-9-]{2,}$ lower strip)
    loc           loc
    type          str(lower strip)

transport:air:flightnum  str(regex=^[a-z0-9]{3,6}$ lower strip replace=$NO_SPACES)
    carrier       ou:org
    to:port       transport:air:port
    from:port     transport:air:port
    stops         [transport:air:port]

transport:air:flight  guid
    @is transport:trip
    @fill trip=flight, point=gate, place=airport, vehicle=aircraft
    num           transport:air:flightnum
    tailnum       transport:air:tailnum
    cancelled     bool                      [deprecated]
    carrier       ou:org                    [deprecated]
    craft         transport:air:craft       [deprecated]
    to:port       transport:air:port        [deprecated]
    from:port     transport:air:port        [deprecated]
    stops         [transport:air:port]      [deprecated]

transport:air:telem  guid
    flight                transport:air:flight
    vehicle               transport:vehicle     [new]
    latlong               geo:latlong
    loc                   loc
    place                 geo:place
    accuracy              geo:dist
    course                transport:direction
    heading               transport:direction
    speed                 velocity
    airspeed              velocity
    verticalspeed         velocity(relative)
    altitude              geo:altitude
    altitude:accuracy     geo:dist
    time                  time

transport:air:occupant  guid  [deprecated]
    type          str(lower)            [deprecated]
    flight        transport:air:flight  [deprecated]
    seat          str(lower)            [deprecated]
    contact       ps:contact            [deprecated]

transport:sea:vessel:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

transport:sea:vessel  guid
    @is transport:vehicle
    @fill phys:object=vessel
    imo           transport:sea:imo
    type          transport:sea:vessel:type:taxonomy    [new]
    name          entity:name
    callsign      str(strip)                            [new]
    length        geo:dist                              [deprecated]
    beam          geo:dist
    flag          iso:3166:cc
    mmsi          transport:sea:mmsi
    make          str(lower strip)                      [deprecated]
    operator      ps:contact

transport:sea:telem  guid
    vessel            transport:sea:vessel
    time              time
    latlong           geo:latlong
    loc               loc
    place             geo:place
    accuracy          geo:dist
    course            transport:direction
    heading           transport:direction
    speed             velocity
    draft             geo:dist
    airdraft          geo:dist
    destination       geo:place
    destination:name  geo:name
    destination:eta   time

transport:rail:consist  guid  [new]
    @is transport:vehicle
    @fill phys:object=train
    cars          array(type=transport:rail:car uniq)

transport:rail:train  guid  [new]
    @is transport:trip
    @fill point=gate, place=station, trip=train trip, vehicle=train
    id            str(strip)

transport:rail:car:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

transport:rail:car  guid  [new]
    @is transport:container
    @fill phys:object=train car
    type          transport:rail:car:type:taxonomy

transport:occupant:role:taxonomy  taxonomy  [new]
    @is meta:taxonomy

transport:occupant  guid  [new]
    role                  transport:occupant:role:taxonomy
    contact               ps:contact
    trip                  transport:trip
    vehicle               transport:vehicle
    seat                  str(strip)
    boarded               time
    boarded:place         geo:place
    boarded:point         transport:point
    disembarked           time
    disembarked:place     geo:place
    disembarked:point     transport:point

transport:cargo  guid  [new]
    object            phys:object
    trip              transport:trip
    vehicle           transport:vehicle
    container         transport:container
    loaded            time
    loaded:place      geo:place
    loaded:point      transport:point
    unloaded          time
    unloaded:place    geo:place
    unloaded:point    transport:point

transport:shipping:container  guid  [new]
    @is transport:container
    @fill phys:object=shipping container
"""
