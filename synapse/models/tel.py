"""Telephones and mobile networks."""

TYPES = """
tel:mob:mnc   str(regex=^[0-9]{2,3}$ strip)
"""

FORMS = """
tel:phone:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

tel:phone  *
    type          tel:phone:type:taxonomy   [new]
    loc           loc

tel:call  guid
    src           tel:phone
    dst           tel:phone
    time          time
    duration      int
    connected     bool
    text          str           [text]
    file          file:bytes

tel:txtmesg  guid
    from          tel:phone
    to            tel:phone
    recipients    {tel:phone}
    svctype       str(enums=sms,mms,rcs strip lower)
    time          time
    text          str                                   [text]
    file          file:bytes

tel:mob:tac  int
    org           ou:org
    manu          str(lower)
    model         str(lower)
    internal      str(lower)

tel:mob:imei  *
    tac           tel:mob:tac   [ro]
    serial        int           [ro]

tel:mob:imsi  *
    mcc           tel:mob:mcc   [ro]

tel:mob:imid  (imei=tel:mob:imei, imsi=tel:mob:imsi)
    imei          tel:mob:imei  [ro]
    imsi          tel:mob:imsi  [ro]

tel:mob:imsiphone  (imsi=tel:mob:imsi, phone=tel:phone)
    phone         tel:phone     [ro]
    imsi          tel:mob:imsi  [ro]

tel:mob:mcc  str(regex=^[0-9]{3}$ strip)
    loc           loc

tel:mob:carrier  (mcc=tel:mob:mcc, mnc=tel:mob:mnc)
    mcc           tel:mob:mcc       [ro]
    mnc           tel:mob:mnc       [ro]
    org           ou:org
    loc           loc
    tadig         tel:mob:tadig     [new]

tel:mob:cell  (carrier=tel:mob:carrier, lac=int(), cid=int())
    carrier       tel:mob:carrier       [ro]
    carrier:mcc   tel:mob:mcc           [ro]
    carrier:mnc   tel:mob:mnc           [ro]
    lac           int                   [ro]
    cid           int                   [ro]
    radio         str(lower onespace)
    latlong       geo:latlong
    loc           loc
    place         geo:place

tel:mob:tadig  str(regex=^[A-Z0-9]{5}$ strip)  [new]

tel:mob:telem  guid
    time          time
    latlong       geo:latlong
    http:request  inet:http:request
    host          it:host
    place         geo:place
    loc           loc
    accuracy      geo:dist
    cell          tel:mob:cell
    cell:carrier  tel:mob:carrier
    imsi          tel:mob:imsi
    imei          tel:mob:imei
    phone         tel:phone
    mac           inet:mac
    ipv4          inet:ipv4
    ipv6          inet:ipv6
    wifi          inet:wifi:ap
    wifi:ssid     inet:wifi:ssid
    wifi:bssid    inet:mac
    adid          it:adid
    aaid          it:os:android:aaid    [deprecated]
    idfa          it:os:ios:idfa        [deprecated]
    name          ps:name
    email         inet:email
    acct          inet:web:acct         [deprecated]
    account       inet:service:account  [new]
    app           it:prod:softver
    data          data
"""
