"""Telephones and mobile networks."""

TYPES = """
tel:mob:mnc   str(regex=^[0-9]{2,3}$ strip)     A mobile network code.
"""

FORMS = """
tel:phone:type:taxonomy  taxonomy  [new] Kinds of phone numbers.
    @is meta:taxonomy

tel:phone  *  A phone number. Ex: +15558675309
    type          tel:phone:type:taxonomy   [new] What kind of number it is.
    loc           loc                       The region of the number.

tel:call  guid  A phone call.
    src           tel:phone     The number that called.
    dst           tel:phone     The number that was called.
    time          time          When it began.
    duration      int           How long it took, in seconds.
    connected     bool          Whether it was answered.
    text          str           [text] What was said.
    file          file:bytes    The recording.

tel:txtmesg  guid  A text message between phones.
    from          tel:phone                             The number that sent it.
    to            tel:phone                             The number that got it.
    recipients    {tel:phone}                           Other numbers that got it.
    svctype       str(enums=sms,mms,rcs strip lower)    The kind of message.
    time          time                                  When it was sent.
    text          str                                   [text] The text.
    file          file:bytes                            The file that was sent with it.

tel:mob:tac  int  A type allocation code, which tells the model of a phone. Ex: 49015420
    org           ou:org        The organization that makes it.
    manu          str(lower)    The maker.
    model         str(lower)    The model.
    internal      str(lower)    The name that the maker uses for the model.

tel:mob:imei  *  The number of a mobile phone. Ex: 490154203237518
    tac           tel:mob:tac   [ro] The part that tells the model.
    serial        int           [ro] The serial number.

tel:mob:imsi  *  The number of a subscriber to a mobile network. Ex: 310150123456789
    mcc           tel:mob:mcc   [ro] The part that tells the country.

tel:mob:imid  (imei=tel:mob:imei, imsi=tel:mob:imsi)  A phone was used with a SIM card.
                        Ex: (490154203237518, 310150123456789)
    imei          tel:mob:imei  [ro] The phone.
    imsi          tel:mob:imsi  [ro] The SIM card.

tel:mob:imsiphone  (imsi=tel:mob:imsi, phone=tel:phone)  A SIM card was used with a phone number.
                        Ex: (310150123456789, "+1 (555) 867-5309")
    phone         tel:phone     [ro] The phone number.
    imsi          tel:mob:imsi  [ro] The SIM card.

tel:mob:mcc  str(regex=^[0-9]{3}$ strip)  A mobile country code.
    loc           loc           The country.

tel:mob:carrier  (mcc=tel:mob:mcc, mnc=tel:mob:mnc)  A mobile network, by country and network code.
    mcc           tel:mob:mcc       [ro] The country code.
    mnc           tel:mob:mnc       [ro] The network code.
    org           ou:org            The organization that runs it.
    loc           loc               The region that it serves.
    tadig         tel:mob:tadig     [new] The TADIG code.

tel:mob:cell  (carrier=tel:mob:carrier, lac=int(), cid=int())  A cell of a mobile network.
    carrier       tel:mob:carrier       [ro] The network.
    carrier:mcc   tel:mob:mcc           [ro] The country code of the network.
    carrier:mnc   tel:mob:mnc           [ro] The network code of the network.
    lac           int                   [ro] The number of the area.
    cid           int                   [ro] The number of the cell.
    radio         str(lower onespace)   The radio technology.
    latlong       geo:latlong           The position.
    loc           loc                   The region.
    place         geo:place             The place.

tel:mob:tadig  str(regex=^[A-Z0-9]{5}$ strip)  [new] A TADIG code, which tells a network in roaming.

tel:mob:telem  guid  What was known of a mobile device at a time.
    time          time                  When it was.
    latlong       geo:latlong           The position.
    http:request  inet:http:request     The HTTP request that told it.
    host          it:host               The device as a host.
    place         geo:place             The place.
    loc           loc                   The region.
    accuracy      geo:dist              How exact the position is.
    cell          tel:mob:cell          The cell that it was in.
    cell:carrier  tel:mob:carrier       The network of the cell that it was in.
    imsi          tel:mob:imsi          The SIM card.
    imei          tel:mob:imei          The phone.
    phone         tel:phone             The phone number.
    mac           inet:mac              The hardware address.
    ipv4          inet:ipv4             The IPv4 address.
    ipv6          inet:ipv6             The IPv6 address.
    wifi          inet:wifi:ap          The wireless access point.
    wifi:ssid     inet:wifi:ssid        The name of the wireless network.
    wifi:bssid    inet:mac              The hardware address of the wireless access point.
    adid          it:adid               The advertising identifier.
    aaid          it:os:android:aaid    [deprecated] The advertising identifier of Android; use adid.
    idfa          it:os:ios:idfa        [deprecated] The advertising identifier of iOS; use adid.
    name          ps:name               The name of who uses it.
    email         inet:email            The e-mail address of who uses it.
    acct          inet:web:acct         [deprecated] The web account of who uses it; use account.
    account       inet:service:account  [new] The account of who uses it.
    app           it:prod:softver       The app that told it.
    data          data                  Whatever else was told.
"""
