"""Smart contracts and their tokens."""

IFACES = """
crypto:smart:effect  *
    index         int
    transaction   crypto:currency:transaction
"""

FORMS = """
crypto:smart:contract  guid
    transaction           crypto:currency:transaction
    address               crypto:currency:address
    bytecode              file:bytes
    token:name            str
    token:symbol          str
    token:totalsupply     hugenum

crypto:smart:token  (contract=crypto:smart:contract, tokenid=hugenum)
    contract              crypto:smart:contract     [ro]
    tokenid               hugenum                   [ro]
    owner                 crypto:currency:address
    nft:url               inet:url
    nft:meta              data
    nft:meta:name         str
    nft:meta:description  str                       [text]
    nft:meta:image        inet:url

crypto:smart:effect:transfertoken  guid
    @is crypto:smart:effect
    token         crypto:smart:token
    from          crypto:currency:address
    to            crypto:currency:address

crypto:smart:effect:transfertokens  guid
    @is crypto:smart:effect
    contract      crypto:smart:contract
    from          crypto:currency:address
    to            crypto:currency:address
    amount        hugenum

crypto:smart:effect:edittokensupply  guid
    @is crypto:smart:effect
    contract      crypto:smart:contract
    amount        hugenum
    totalsupply   hugenum

crypto:smart:effect:minttoken  guid
    @is crypto:smart:effect
    token         crypto:smart:token

crypto:smart:effect:burntoken  guid
    @is crypto:smart:effect
    token         crypto:smart:token

crypto:smart:effect:proxytoken  guid
    @is crypto:smart:effect
    owner         crypto:currency:address
    proxy         crypto:currency:address
    token         crypto:smart:token

crypto:smart:effect:proxytokenall  guid
    @is crypto:smart:effect
    contract      crypto:smart:contract
    owner         crypto:currency:address
    proxy         crypto:currency:address
    approval      bool

crypto:smart:effect:proxytokens  guid
    @is crypto:smart:effect
    contract      crypto:smart:contract
    owner         crypto:currency:address
    proxy         crypto:currency:address
    amount        hex

crypto:smart:effect:freeze  guid  [new]
    @is crypto:smart:effect
    contract      crypto:smart:contract
    address       crypto:currency:address
    frozen        bool

crypto:smart:effect:seize  guid  [new]
    @is crypto:smart:effect
    contract      crypto:smart:contract
    address       crypto:currency:address
    amount        hugenum

crypto:smart:effect:swaptokens  guid  [new]
    @is crypto:smart:effect
    contract              crypto:smart:contract
    address               crypto:currency:address
    sent:contract         crypto:smart:contract
    sent:amount           hugenum
    received:contract     crypto:smart:contract
    received:amount       hugenum
"""
