"""Deals, products, services."""

TYPES = """
biz:service:type:taxonomy     taxonomy      [new]
    @is meta:taxonomy
"""

FORMS = """
biz:dealtype  taxonomy
    @is meta:taxonomy

biz:prodtype  taxonomy
    @is meta:taxonomy

biz:dealstatus  taxonomy
    @is meta:taxonomy

biz:rfp  guid
    ext:id        str
    title         str
    summary       str               [text]
    status        biz:dealstatus    [hint=enum]
    url           inet:url
    file          file:bytes
    posted        time
    quesdue       time
    propdue       time
    contact       ps:contact
    purchases     {econ:purchase}
    requirements  {ou:goal}

biz:deal  guid
    id                str(strip)        [new]
    title             str
    type              biz:dealtype      [hint=taxonomy]
    status            biz:dealstatus    [hint=taxonomy]
    updated           time
    contacted         time
    rfp               biz:rfp
    buyer             ps:contact
    buyer:org         ou:org            [deprecated]
    buyer:orgname     ou:name           [deprecated]
    buyer:orgfqdn     inet:fqdn         [deprecated]
    seller            ps:contact
    seller:org        ou:org            [deprecated]
    seller:orgname    ou:name           [deprecated]
    seller:orgfqdn    inet:fqdn         [deprecated]
    currency          econ:currency
    buyer:budget      econ:price
    buyer:deadline    time
    offer:price       econ:price
    offer:expires     time
    purchase          econ:purchase

biz:bundle  guid
    count         int
    price         econ:price
    product       biz:product
    service       biz:service       [new]
    deal          biz:deal          [deprecated]
    purchase      econ:purchase     [deprecated]

biz:listing  guid  [new]
    seller            ps:contact
    product           biz:product
    service           biz:service
    current           bool
    time              time
    expires           time
    price             econ:price
    currency          econ:currency
    count:total       int(min=0)
    count:remaining   int(min=0)

biz:service  guid  [new]
    provider      ps:contact
    name          str(lower onespace)
    summary       str                           [text]
    type          biz:service:type:taxonomy
    launched      time

biz:product  guid
    name              str
    type              biz:prodtype      [hint=taxonomy]
    summary           str               [text]
    maker             ps:contact        [new]
    madeby:org        ou:org            [deprecated]
    madeby:orgname    ou:name           [deprecated]
    madeby:orgfqdn    inet:fqdn         [deprecated]
    price:retail      econ:price
    price:bottom      econ:price
    price:currency    econ:currency     [new]
    bundles           {biz:bundle}

biz:stake  guid
    vitals        ou:vitals
    org           ou:org
    orgname       ou:name
    orgfqdn       inet:fqdn
    name          str
    asof          time
    shares        int
    invested      econ:price
    value         econ:price
    percent       hugenum
    owner         ps:contact
    purchase      econ:purchase
"""
