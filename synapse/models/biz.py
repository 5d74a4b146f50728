"""Deals, products, services."""

TYPES = """
biz:service:type:taxonomy     taxonomy      [new] Kinds of services.
    @is meta:taxonomy
"""

FORMS = """
biz:dealtype  taxonomy  Kinds of deals.
    @is meta:taxonomy

biz:prodtype  taxonomy  Kinds of products.
    @is meta:taxonomy

biz:dealstatus  taxonomy  How far deals have come.
    @is meta:taxonomy

biz:rfp  guid  A request for proposals.
    ext:id        str               The identifier that its author gives it.
    title         str               The title.
    summary       str               [text] What is asked for.
    status        biz:dealstatus    [hint=enum] How far it has come.
    url           inet:url          Where it is published.
    file          file:bytes        The document.
    posted        time              When it was published.
    quesdue       time              Until when one may ask.
    propdue       time              Until when one may propose.
    contact       ps:contact        Whom to ask.
    purchases     {econ:purchase}   What was bought after it.
    requirements  {ou:goal}         What has to be met.

biz:deal  guid  Two are going to trade.
    id                str(strip)        [new] The identifier of the deal.
    title             str               A short title.
    type              biz:dealtype      [hint=taxonomy] What kind of deal it is.
    status            biz:dealstatus    [hint=taxonomy] How far it has come.
    updated           time              When something last changed.
    contacted         time              When they last spoke.
    rfp               biz:rfp           The request for proposals that led to it.
    buyer             ps:contact        Who buys.
    buyer:org         ou:org            [deprecated] The organization that buys; use buyer.
    buyer:orgname     ou:name           [deprecated] The name of the organization that buys; use buyer.
    buyer:orgfqdn     inet:fqdn         [deprecated] The domain name of the organization that buys; use buyer.
    seller            ps:contact        Who sells.
    seller:org        ou:org            [deprecated] The organization that sells; use seller.
    seller:orgname    ou:name           [deprecated] The name of the organization that sells; use seller.
    seller:orgfqdn    inet:fqdn         [deprecated] The domain name of the organization that sells; use seller.
    currency          econ:currency     The currency of the amounts.
    buyer:budget      econ:price        What the buyer may spend.
    buyer:deadline    time              By when the buyer must decide.
    offer:price       econ:price        What the seller asks.
    offer:expires     time              Until when the offer counts.
    purchase          econ:purchase     What was bought in the end.

biz:bundle  guid  A number of a product or service sold together.
    count         int               How many.
    price         econ:price        What all of them cost.
    product       biz:product       The product.
    service       biz:service       [new] The service.
    deal          biz:deal          [deprecated] The deal; use econ:receipt:item.
    purchase      econ:purchase     [deprecated] The purchase; use econ:receipt:item.

biz:listing  guid  [new] A product or service is offered.
    seller            ps:contact        Who offers it.
    product           biz:product       The product.
    service           biz:service       The service.
    current           bool              Whether it is still offered.
    time              time              When it was first offered.
    expires           time              Until when it is offered.
    price             econ:price        What it costs.
    currency          econ:currency     The currency of the price.
    count:total       int(min=0)        How many there were.
    count:remaining   int(min=0)        How many there are left.

biz:service  guid  [new] A service that is sold.
    provider      ps:contact                    Who provides it.
    name          str(lower onespace)           The name of the service.
    summary       str                           [text] What is done.
    type          biz:service:type:taxonomy     What kind of service it is.
    launched      time                          When it was first provided.

biz:product  guid  A product that is sold.
    name              str               The name of the product.
    type              biz:prodtype      [hint=taxonomy] What kind of product it is.
    summary           str               [text] What it is.
    maker             ps:contact        [new] Who makes it.
    madeby:org        ou:org            [deprecated] The organization that makes it; use maker.
    madeby:orgname    ou:name           [deprecated] The name of the organization that makes it; use maker.
    madeby:orgfqdn    inet:fqdn         [deprecated] The domain name of the organization that makes it; use maker.
    price:retail      econ:price        The price that it is usually sold for.
    price:bottom      econ:price        The lowest price that it may be sold for.
    price:currency    econ:currency     [new] The currency of the prices.
    bundles           {biz:bundle}      What it consists of.

biz:stake  guid  Somebody owns a part of an organization.
    vitals        ou:vitals         The numbers of the organization that it is counted by.
    org           ou:org            The organization.
    orgname       ou:name           The name of the organization.
    orgfqdn       inet:fqdn         The domain name of the organization.
    name          str               What the part is called.
    asof          time              When it was so.
    shares        int               How many shares it is.
    invested      econ:price        What was paid for it.
    value         econ:price        What it is worth.
    percent       hugenum           The part of the whole, in percent.
    owner         ps:contact        Who owns it.
    purchase      econ:purchase     How it was bought.
"""
