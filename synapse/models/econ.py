"""Purchases, payments, accounts, securities."""

TYPES = """
econ:pay:cvv                  str(regex=^[0-9]{1,6}$)                       The check number of a payment card.
econ:pay:pin                  str(regex=^[0-9]{3,6}$)                       The secret number of a payment card.
econ:pay:mii                  int(min=0 max=9)                              The industry digit of a payment card number.
econ:pay:card:funding:type    str(enums=credit,debit,prepaid,charge,deferreddebit lower)  [new] How a payment card is
                                                                                          funded.
econ:price                    hugenum(norm=false)                           An amount of money. Ex: 2.20
econ:pay:instrument           ndef(interface=econ:pay:instrument)           [new] Anything that can pay or be paid to.
"""

IFACES = """
econ:pay:instrument  *  [new] Something that can pay or be paid to.
    @fill instrument=instrument
    contact       ps:contact    Who has the {instrument}.
"""

FORMS = """
econ:currency  str(lower)  A currency. Ex: usd

econ:pay:iin  int(min=0 max=999999)  The issuer part of a payment card number.
    org           ou:org        The organization that issues the cards.
    name          str(lower)    The name of the issuer.

econ:pay:pan  str(regex=^(?<iin>(?<mii>[0-9]{1})[0-9]{5})[0-9]{1,13}$)  A payment card number.
    mii           econ:pay:mii  [ro] The industry digit.
    iin           econ:pay:iin  [ro] The issuer part.

econ:pay:card  guid  A payment card.
    @is econ:pay:instrument
    @fill instrument=payment card
    pan                   econ:pay:pan                  The card number.
    pan:mii               econ:pay:mii                  The industry digit of the card number.
    pan:iin               econ:pay:iin                  The issuer part of the card number.
    name                  ps:name                       The name on the card.
    expr                  time                          Until when it is valid.
    cvv                   econ:pay:cvv                  The check number.
    pin                   econ:pay:pin                  The secret number.
    account               econ:bank:account             [new] The bank account that pays.
    funding:type          econ:pay:card:funding:type    [new] How it is funded.
    funding:reloadable    bool                          [new] Whether money can be put on it.
    network               entity:actor                  [new] The network that it works in.
    network:name          entity:name                   [new] The name of the network that it works in.

econ:purchase  guid  Somebody bought something.
    by:contact    ps:contact                Who bought.
    from:contact  ps:contact                Who sold.
    time          time                      When it was.
    place         geo:place                 Where it was.
    paid          bool                      Whether it was paid.
    paid:time     time                      When it was paid.
    settled       time                      When all was done.
    campaign      ou:campaign               The campaign that it was for.
    price         econ:price                What it cost.
    currency      econ:currency             The currency of the price.
    listing       biz:listing               [new] The offer that was taken.
    platform      inet:service:platform     [new] The platform where it was bought.

econ:receipt:item  guid  [new] A line of a receipt.
    purchase      econ:purchase     The purchase.
    count         int(min=1)        How many.
    price         econ:price        What all of them cost.
    product       biz:product       The product.

econ:acquired  (purchase=econ:purchase, item=ndef)  [deprecated] A node was bought; use an acquired edge.
    purchase      econ:purchase     [ro] The purchase.
    item          ndef              [ro] The node.
    item:form     str               The form of the node.

econ:acct:payment  guid  Money went from one to another.
    txnid                 str(strip)                The identifier of the transaction.
    fee                   econ:price                What the transaction cost.
    from:cash             bool                      [new] Whether it was paid in cash.
    to:instrument         econ:pay:instrument       [new] What it was paid to.
    from:instrument       econ:pay:instrument       [new] What it was paid with.
    from:account          econ:bank:account         [new deprecated] The bank account that paid; use from:instrument.
    from:pay:card         econ:pay:card             [deprecated] The card that paid; use from:instrument.
    from:contract         ou:contract               The contract by which it was paid.
    from:coinaddr         crypto:currency:address   [deprecated] The crypto currency address that paid; use
                                                    from:instrument.
    from:contact          ps:contact                Who paid.
    to:cash               bool                      [new] Whether it was paid out in cash.
    to:account            econ:bank:account         [new deprecated] The bank account that was paid; use to:instrument.
    to:coinaddr           crypto:currency:address   [deprecated] The crypto currency address that was paid; use
                                                    to:instrument.
    to:contact            ps:contact                Who was paid.
    to:contract           ou:contract               The contract by which it was received.
    time                  time                      When it was paid.
    purchase              econ:purchase             What it was paid for.
    amount                econ:price                The amount.
    currency              econ:currency             The currency of the amount.
    memo                  str                       The text that went with it.
    crypto:transaction    crypto:currency:transaction  The transaction on a block chain.
    invoice               econ:acct:invoice         [new] The invoice that it paid.
    receipt               econ:acct:receipt         [new] The receipt for it.
    place                 geo:place                 [new] Where it was paid.
    place:name            geo:name                  [new] The name of the place where it was paid.
    place:address         geo:address               [new] The address where it was paid.
    place:loc             loc                       [new] The region where it was paid.
    place:latlong         geo:latlong               [new] The position where it was paid.

econ:acct:balance  guid  What an account held at a time.
    time              time                      When it was.
    instrument        econ:pay:instrument       [new] What held it.
    pay:card          econ:pay:card             [deprecated] The card; use instrument.
    crypto:address    crypto:currency:address   [deprecated] The crypto currency address; use instrument.
    amount            econ:price                The amount.
    currency          econ:currency             The currency of the amount.
    delta             econ:price                How it changed since the time before.
    total:received    econ:price                All that it ever received.
    total:sent        econ:price                All that it ever sent.

econ:fin:exchange  guid  A place where securities are traded.
    name          str(lower strip)  The name of the exchange. Ex: nasdaq
    org           ou:org            The organization that runs it.
    currency      econ:currency     The currency of the prices. Ex: usd

econ:fin:security  guid  Something that is traded on an exchange.
    exchange      econ:fin:exchange     The exchange.
    ticker        str(lower strip)      Its short name on the exchange.
    type          str(lower strip)      What kind of security it is.
    price         econ:price            The last price.
    time          time                  When the last price was made.

econ:fin:tick  guid  The price of a security at a time.
    security      econ:fin:security     The security.
    time          time                  When it was.
    price         econ:price            The price.

econ:fin:bar  guid  The prices of a security over a span of time.
    security      econ:fin:security     The security.
    ival          ival                  From when to when.
    price:open    econ:price            The first price.
    price:close   econ:price            The last price.
    price:low     econ:price            The lowest price.
    price:high    econ:price            The highest price.

econ:acct:invoice  guid  [new] A demand to pay.
    issued        time              When it was written.
    issuer        ps:contact        Who wrote it.
    purchase      econ:purchase     What it is for.
    recipient     ps:contact        Who is to pay.
    due           time              By when it is to be paid.
    paid          bool              Whether it was paid.
    amount        econ:price        The amount.
    currency      econ:currency     The currency of the amount.

econ:acct:receipt  guid  [new] A confirmation that something was paid.
    issued        time              When it was written.
    purchase      econ:purchase     What was paid for.
    issuer        ps:contact        Who wrote it.
    recipient     ps:contact        Who paid.
    currency      econ:currency     The currency of the amount.
    amount        econ:price        The amount.

econ:bank:aba:rtn  str(regex=^[0-9]{9}$)  [new] An ABA routing number.
    bank          ou:org        The bank.
    bank:name     ou:name       The name of the bank.

econ:bank:iban  str(regex=^[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}$)  [new] An IBAN.

econ:bank:swift:bic  str(regex=^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$)  [new] A SWIFT code.
    business      ou:org        The bank.
    office        ps:contact    The office of the bank.

econ:bank:account:type:taxonomy  taxonomy  [new] Kinds of bank accounts.

econ:bank:account  guid  [new] A bank account.
    @is econ:pay:instrument
    @fill instrument=bank account
    type          econ:bank:account:type:taxonomy   What kind of account it is.
    aba:rtn       econ:bank:aba:rtn                 The ABA routing number.
    swift:bic     econ:bank:swift:bic               The SWIFT code.
    number        str(regex=[0-9]+)                 The account number.
    iban          econ:bank:iban                    The IBAN.
    issuer        ou:org                            The bank.
    issuer:name   ou:name                           The name of the bank.
    currency      econ:currency                     The currency of the account.
    balance       econ:bank:balance                 The last known balance.

econ:bank:balance  guid  [new] What a bank account held at a time.
    time          time                  When it was.
    amount        econ:price            The amount.
    account       econ:bank:account     The account.

econ:bank:statement  guid  [new] What happened on a bank account over a span of time.
    account           econ:bank:account     The account.
    period            ival                  From when to when.
    starting:balance  econ:price            What it held before.
    ending:balance    econ:price            What it held afterwards.
"""

EDGES = """
econ:purchase -(acquired)> *                   [new] The node was bought.
econ:bank:statement -(has)> econ:acct:payment  [new] The statement lists the payment.
"""
