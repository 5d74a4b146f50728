"""Purchases, payments, accounts, securities."""

TYPES = """
econ:pay:cvv                  str(regex=^[0-9]{1,6}$)
econ:pay:pin                  str(regex=^[0-9]{3,6}$)
econ:pay:mii                  int(min=0 max=9)
econ:pay:card:funding:type    str(enums=credit,debit,prepaid,charge,deferreddebit lower)  [new]
econ:price                    hugenum(norm=false)
econ:pay:instrument           ndef(interface=econ:pay:instrument)       [new]
"""

IFACES = """
econ:pay:instrument  *  [new]
    @fill instrument=instrument
    contact       ps:contact
"""

FORMS = """
econ:currency  str(lower)

econ:pay:iin  int(min=0 max=999999)
    org           ou:org
    name          str(lower)

econ:pay:pan  str(regex=^(?<iin>(?<mii>[0-9]{1})[0-9]{5})[0-9]{1,13}$)
    mii           econ:pay:mii  [ro]
    iin           econ:pay:iin  [ro]

econ:pay:card  guid
    @is econ:pay:instrument
    @fill instrument=payment card
    pan                   econ:pay:pan
    pan:mii               econ:pay:mii
    pan:iin               econ:pay:iin
    name                  ps:name
    expr                  time
    cvv                   econ:pay:cvv
    pin                   econ:pay:pin
    account               econ:bank:account             [new]
    funding:type          econ:pay:card:funding:type    [new]
    funding:reloadable    bool                          [new]
    network               entity:actor                  [new]
    network:name          entity:name                   [new]

econ:purchase  guid
    by:contact    ps:contact
    from:contact  ps:contact
    time          time
    place         geo:place
    paid          bool
    paid:time     time
    settled       time
    campaign      ou:campaign
    price         econ:price
    currency      econ:currency
    listing       biz:listing               [new]
    platform      inet:service:platform     [new]

econ:receipt:item  guid  [new]
    purchase      econ:purchase
    count         int(min=1)
    price         econ:price
    product       biz:product

econ:acquired  (purchase=econ:purchase, item=ndef)  [deprecated]
    purchase      econ:purchase     [ro]
    item          ndef              [ro]
    item:form     str

econ:acct:payment  guid
    txnid                 str(strip)
    fee                   econ:price
    from:cash             bool                          [new]
    to:instrument         econ:pay:instrument           [new]
    from:instrument       econ:pay:instrument           [new]
    from:account          econ:bank:account             [new deprecated]
    from:pay:card         econ:pay:card                 [deprecated]
    from:contract         ou:contract
    from:coinaddr         crypto:currency:address       [deprecated]
    from:contact          ps:contact
    to:cash               bool                          [new]
    to:account            econ:bank:account             [new deprecated]
    to:coinaddr           crypto:currency:address       [deprecated]
    to:contact            ps:contact
    to:contract           ou:contract
    time                  time
    purchase              econ:purchase
    amount                econ:price
    currency              econ:currency
    memo                  str
    crypto:transaction    crypto:currency:transaction
    invoice               econ:acct:invoice             [new]
    receipt               econ:acct:receipt             [new]
    place                 geo:place                     [new]
    place:name            geo:name                      [new]
    place:address         geo:address                   [new]
    place:loc             loc                           [new]
    place:latlong         geo:latlong                   [new]

econ:acct:balance  guid
    time              time
    instrument        econ:pay:instrument       [new]
    pay:card          econ:pay:card             [deprecated]
    crypto:address    crypto:currency:address   [deprecated]
    amount            econ:price
    currency          econ:currency
    delta             econ:price
    total:received    econ:price
    total:sent        econ:price

econ:fin:exchange  guid
    name          str(lower strip)
    org           ou:org
    currency      econ:currency

econ:fin:security  guid
    exchange      econ:fin:exchange
    ticker        str(lower strip)
    type          str(lower strip)
    price         econ:price
    time          time

econ:fin:tick  guid
    security      econ:fin:security
    time          time
    price         econ:price

econ:fin:bar  guid
    security      econ:fin:security
    ival          ival
    price:open    econ:price
    price:close   econ:price
    price:low     econ:price
    price:high    econ:price

econ:acct:invoice  guid  [new]
    issued        time
    issuer        ps:contact
    purchase      econ:purchase
    recipient     ps:contact
    due           time
    paid          bool
    amount        econ:price
    currency      econ:currency

econ:acct:receipt  guid  [new]
    issued        time
    purchase      econ:purchase
    issuer        ps:contact
    recipient     ps:contact
    currency      econ:currency
    amount        econ:price

econ:bank:aba:rtn  str(regex=^[0-9]{9}$)  [new]
    bank          ou:org
    bank:name     ou:name

econ:bank:iban  str(regex=^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$)  [new]

econ:bank:swift:bic  str(regex=^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$)  [new]
    business      ou:org
    office        ps:contact

econ:bank:account:type:taxonomy  taxonomy  [new]

econ:bank:account  guid  [new]
    @is econ:pay:instrument
    @fill instrument=bank account
    type          econ:bank:account:type:taxonomy
    aba:rtn       econ:bank:aba:rtn
    swift:bic     econ:bank:swift:bic
    number        str(regex=[0-9]+)
    iban          econ:bank:iban
    issuer        ou:org
    issuer:name   ou:name
    currency      econ:currency
    balance       econ:bank:balance

econ:bank:balance  guid  [new]
    time          time
    amount        econ:price
    account       econ:bank:account

econ:bank:statement  guid  [new]
    account           econ:bank:account
    period            ival
    starting:balance  econ:price
    ending:balance    econ:price
"""

EDGES = """
econ:purchase -(acquired)> *                   [new]
econ:bank:statement -(has)> econ:acct:payment  [new]
"""
