"""Journeys and vehicles in the air, on land, at sea."""

VALUES = {
    'NO_SPACES': ((' ', ''),),
}

TYPES = """
transport:point       str(lower onespace)                           [new] A gate, a dock or the like, where a journey
                                                                    begins or ends.
transport:trip        ndef(interface=transport:trip)                [new] Any node that is a journey.
transport:container   ndef(interface=transport:container)           [new] Any node that is a container.
transport:vehicle     ndef(interface=transport:vehicle)             [new] Any node that is a vehicle.
transport:direction   hugenum(modulo=360)                           A direction, in degrees from north.
transport:sea:mmsi    str(regex=[0-9]{9})                           The radio identifier of a vessel.
transport:sea:imo     str(regex=^imo[0-9]{7}$ lower strip replace=$NO_SPACES)  The IMO number of a vessel.
"""

IFACES = """
transport:container  *  [new] Something that people or goods are carried in.
    @is phys:object
    built                 time                  When the {phys:object} was built.
    manufacturer          ou:org                The organization that made the {phys:object}.
    manufacturer:name     ou:name               The name of the organization that made the {phys:object}.
    model                 str(lower onespace)   The model of the {phys:object}.
    serial                str(strip)            The serial number of the {phys:object}.
    max:occupants         int(min=0)            How many people the {phys:object} holds.
    max:cargo:mass        mass                  How much mass the {phys:object} can carry.
    max:cargo:volume      geo:dist              How much volume the {phys:object} can carry.
    owner                 ps:contact            Who owns the {phys:object}.

transport:vehicle  *  [new] Something that moves people or goods.
    @is transport:container
    operator      ps:contact    Who runs the {phys:object}.

transport:schedule  *  [new] When and where a journey begins and ends.
    @fill place=place, point=point, vehicle=vehicle, trip=trip
    duration                      duration          How long the {trip} took.
    departed                      time              When the {trip} began.
    departed:place                geo:place         The {place} where the {trip} began.
    departed:point                transport:point   The {point} where the {trip} began.
    arrived                       time              When the {trip} ended.
    arrived:place                 geo:place         The {place} where the {trip} ended.
    arrived:point                 transport:point   The {point} where the {trip} ended.
    scheduled:duration            duration          How long the {trip} was to take.
    scheduled:departure           time              When the {trip} was to begin.
    scheduled:departure:place     geo:place         The {place} where the {trip} was to begin.
    scheduled:departure:point     transport:point   The {point} where the {trip} was to begin.
    scheduled:arrival             time              When the {trip} was to end.
    scheduled:arrival:place       geo:place         The {place} where the {trip} was to end.
    scheduled:arrival:point       transport:point   The {point} where the {trip} was to end.

transport:trip  *  [new] A journey of a vehicle.
    @is transport:schedule
    status        str(enums=scheduled,cancelled,in-progress,completed,aborted,failed,unknown)
                        How far the {trip} has come.
    occupants     int(min=0)                                    How many people were on the {vehicle}.
    cargo:mass    mass                                          The mass of the goods on the {vehicle}.
    cargo:volume  geo:dist                                      The volume of the goods on the {vehicle}.
    operator      ps:contact                                    Who ran the {trip}.
    vehicle       transport:vehicle                             The {vehicle} that made the {trip}.
"""

FORMS = """
transport:stop  guid  [new] A halt on a journey.
    @is transport:schedule
    trip          transport:trip    The journey.

transport:land:drive  guid  [new] A drive of a land vehicle.
    @is transport:trip
    @fill trip=drive, gate=docking bay, place=place, vehicle=vehicle

transport:land:license  guid  [new] A license to drive.
    id            str(strip)    The number of the license.
    contact       ps:contact    Who has it.
    issued        time          When it was given.
    expires       time          Until when it is valid.
    issuer        ou:org        The organization that gave it.
    issuer:name   ou:name       The name of the organization that gave it.

transport:land:registration  guid  [new] A vehicle is registered.
    id            str(strip)                The number of the registration.
    contact       ps:contact                Whom it is registered to.
    license       transport:land:license    The license of the driver.
    issued        time                      When it was given.
    expires       time                      Until when it is valid.
    vehicle       transport:land:vehicle    The vehicle.
    issuer        ou:org                    The organization that gave it.
    issuer:name   ou:name                   The name of the organization that gave it.

transport:land:vehicle:type:taxonomy  taxonomy  [new] Kinds of land vehicles.
    @is meta:taxonomy

transport:land:vehicle  guid  [new] A land vehicle.
    @is transport:vehicle
    @fill phys:object=vehicle
    type          transport:land:vehicle:type:taxonomy  What kind of vehicle it is.
    desc          str                                   What it looks like.
    serial        str(strip)                            The serial number.
    make          ou:name                               [deprecated] The maker; use manufacturer:name.
    registration  transport:land:registration           The current registration.

transport:air:craft  guid  An aircraft.
    @is transport:vehicle
    @fill phys:object=aircraft
    tailnum       transport:air:tailnum     The tail number.
    type          str(lower strip)          What kind of aircraft it is.
    make          str(lower strip)          [deprecated] The maker; use manufacturer:name.

transport:air:port  str(lower)  An airport by its code.
    name          str(lower onespace)   The name of the airport.
    place         geo:place             The place where it is.

transport:air:tailnum  str(regex=^[a-z0-9-]{2,}$ lower strip)  The number painted on an aircraft. Ex: ff023
    loc           loc               The country that it was given by.
    type          str(lower strip)  What kind of number it is.

transport:air:flightnum  str(regex=^[a-z0-9]{3,6}$ lower strip replace=$NO_SPACES)  A flight number. Ex: ua2437
    carrier       ou:org                The airline.
    to:port       transport:air:port    Where it goes.
    from:port     transport:air:port    Where it comes from.
    stops         [transport:air:port]  Where it lands, in order.

transport:air:flight  guid  A flight.
    @is transport:trip
    @fill trip=flight, point=gate, place=airport, vehicle=aircraft
    num           transport:air:flightnum   The flight number.
    tailnum       transport:air:tailnum     The tail number of the aircraft.
    cancelled     bool                      [deprecated] Whether it was called off; use status.
    carrier       ou:org                    [deprecated] The airline; use operator.
    craft         transport:air:craft       [deprecated] The aircraft; use vehicle.
    to:port       transport:air:port        [deprecated] Where it went; use arrived:place.
    from:port     transport:air:port        [deprecated] Where it came from; use departed:place.
    stops         [transport:air:port]      [deprecated] Where it landed; use transport:stop.

transport:air:telem  guid  Where and how an aircraft flew at a time.
    flight                transport:air:flight  The flight.
    vehicle               transport:vehicle     [new] The aircraft.
    latlong               geo:latlong           The position.
    loc                   loc                   The region.
    place                 geo:place             The place.
    accuracy              geo:dist              How exact the position is.
    course                transport:direction   The direction that it moved in.
    heading               transport:direction   The direction that its nose pointed to.
    speed                 velocity              The speed over ground.
    airspeed              velocity              The speed in the air.
    verticalspeed         velocity(relative)    The speed of climb or descent.
    altitude              geo:altitude          The altitude.
    altitude:accuracy     geo:dist              How exact the altitude is.
    time                  time                  When it was.

transport:air:occupant  guid  [deprecated] Somebody was on a flight; use transport:occupant.
    type          str(lower)            [deprecated] In what role.
    flight        transport:air:flight  [deprecated] The flight.
    seat          str(lower)            [deprecated] The seat.
    contact       ps:contact            [deprecated] Who was on it.

transport:sea:vessel:type:taxonomy  taxonomy  [new] Kinds of vessels.
    @is meta:taxonomy

transport:sea:vessel  guid  A vessel at sea.
    @is transport:vehicle
    @fill phys:object=vessel
    imo           transport:sea:imo                     The IMO number.
    type          transport:sea:vessel:type:taxonomy    [new] What kind of vessel it is.
    name          entity:name                           The name of the vessel.
    callsign      str(strip)                            [new] The call sign.
    length        geo:dist                              [deprecated] The length; use phys:length.
    beam          geo:dist                              The width.
    flag          iso:3166:cc                           The country where it is registered.
    mmsi          transport:sea:mmsi                    The radio identifier.
    make          str(lower strip)                      [deprecated] The maker; use manufacturer:name.
    operator      ps:contact                            Who runs it.

transport:sea:telem  guid  Where and how a vessel went at a time.
    vessel            transport:sea:vessel  The vessel.
    time              time                  When it was.
    latlong           geo:latlong           The position.
    loc               loc                   The region.
    place             geo:place             The place.
    accuracy          geo:dist              How exact the position is.
    course            transport:direction   The direction that it moved in.
    heading           transport:direction   The direction that its bow pointed to.
    speed             velocity              The speed.
    draft             geo:dist              How deep it lay in the water.
    airdraft          geo:dist              How high it stood over the water.
    destination       geo:place             Where it was going.
    destination:name  geo:name              The name of where it was going.
    destination:eta   time                  When it was going to be there.

transport:rail:consist  guid  [new] Cars that are moved together.
    @is transport:vehicle
    @fill phys:object=train
    cars          array(type=transport:rail:car uniq)   The cars, in order.

transport:rail:train  guid  [new] A journey of a train.
    @is transport:trip
    @fill point=gate, place=station, trip=train trip, vehicle=train
    id            str(strip)    The number of the train.

transport:rail:car:type:taxonomy  taxonomy  [new] Kinds of rail cars. Ex: engine.diesel
    @is meta:taxonomy

transport:rail:car  guid  [new] A rail car.
    @is transport:container
    @fill phys:object=train car
    type          transport:rail:car:type:taxonomy  What kind of car it is.

transport:occupant:role:taxonomy  taxonomy  [new] Roles of people on a vehicle.
    @is meta:taxonomy

transport:occupant  guid  [new] Somebody was on a vehicle.
    role                  transport:occupant:role:taxonomy  In what role.
    contact               ps:contact                        Who was on it.
    trip                  transport:trip                    The journey.
    vehicle               transport:vehicle                 The vehicle.
    seat                  str(strip)                        The seat.
    boarded               time                              When the person got on.
    boarded:place         geo:place                         The place where the person got on.
    boarded:point         transport:point                   The gate or dock where the person got on.
    disembarked           time                              When the person got off.
    disembarked:place     geo:place                         The place where the person got off.
    disembarked:point     transport:point                   The gate or dock where the person got off.

transport:cargo  guid  [new] Something was carried on a vehicle.
    object            phys:object           What was carried.
    trip              transport:trip        The journey.
    vehicle           transport:vehicle     The vehicle.
    container         transport:container   The container that it was in.
    loaded            time                  When it was put on.
    loaded:place      geo:place             The place where it was put on.
    loaded:point      transport:point       The gate or dock where it was put on.
    unloaded          time                  When it was taken off.
    unloaded:place    geo:place             The place where it was taken off.
    unloaded:point    transport:point       The gate or dock where it was taken off.

transport:shipping:container  guid  [new] A shipping container.
    @is transport:container
    @fill phys:object=shipping container
"""
