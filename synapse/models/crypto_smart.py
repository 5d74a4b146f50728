"""Smart contracts and their tokens."""

IFACES = """
crypto:smart:effect  *  Something that a smart contract did.
    index         int                           Its place among what the transaction did.
    transaction   crypto:currency:transaction   The transaction.
"""

FORMS = """
crypto:smart:contract  guid  A smart contract.
    transaction           crypto:currency:transaction   The transaction that made it.
    address               crypto:currency:address       The address of the contract.
    bytecode              file:bytes                    The code.
    token:name            str                           The name of its tokens.
    token:symbol          str                           The short name of its tokens.
    token:totalsupply     hugenum                       How many tokens there are.

crypto:smart:token  (contract=crypto:smart:contract, tokenid=hugenum)  A token that a smart contract manages.
    contract              crypto:smart:contract     [ro] The contract.
    tokenid               hugenum                   [ro] The number of the token.
    owner                 crypto:currency:address   The address that has it.
    nft:url               inet:url                  Where it is described.
    nft:meta              data                      The description.
    nft:meta:name         str                       The name in the description.
    nft:meta:description  str                       [text] The text in the description.
    nft:meta:image        inet:url                  The image in the description.

crypto:smart:effect:transfertoken  guid  A token changed hands.
    @is crypto:smart:effect
    token         crypto:smart:token        The token.
    from          crypto:currency:address   The address that gave it.
    to            crypto:currency:address   The address that got it.

crypto:smart:effect:transfertokens  guid  Tokens that are all alike changed hands.
    @is crypto:smart:effect
    contract      crypto:smart:contract     The contract.
    from          crypto:currency:address   The address that gave them.
    to            crypto:currency:address   The address that got them.
    amount        hugenum                   How many.

crypto:smart:effect:edittokensupply  guid  The number of tokens was changed.
    @is crypto:smart:effect
    contract      crypto:smart:contract     The contract.
    amount        hugenum                   How many were added or taken away.
    totalsupply   hugenum                   How many there were afterwards.

crypto:smart:effect:minttoken  guid  A token was made.
    @is crypto:smart:effect
    token         crypto:smart:token    The token.

crypto:smart:effect:burntoken  guid  A token was destroyed.
    @is crypto:smart:effect
    token         crypto:smart:token    The token.

crypto:smart:effect:proxytoken  guid  An address was allowed to handle a token.
    @is crypto:smart:effect
    owner         crypto:currency:address   The address that has it.
    proxy         crypto:currency:address   The address that may handle it.
    token         crypto:smart:token        The token.

crypto:smart:effect:proxytokenall  guid  An address was allowed to handle all tokens of another one.
    @is crypto:smart:effect
    contract      crypto:smart:contract     The contract.
    owner         crypto:currency:address   The address that has them.
    proxy         crypto:currency:address   The address that may handle them.
    approval      bool                      Whether it was allowed or forbidden.

crypto:smart:effect:proxytokens  guid  An address was allowed to handle some tokens of another one.
    @is crypto:smart:effect
    contract      crypto:smart:contract     The contract.
    owner         crypto:currency:address   The address that has them.
    proxy         crypto:currency:address   The address that may handle them.
    amount        hex                       How many.

crypto:smart:effect:freeze  guid  [new] An address was forbidden or allowed to handle its tokens.
    @is crypto:smart:effect
    contract      crypto:smart:contract     The contract.
    address       crypto:currency:address   The address.
    frozen        bool                      Whether it was forbidden.

crypto:smart:effect:seize  guid  [new] Tokens were taken from an address.
    @is crypto:smart:effect
    contract      crypto:smart:contract     The contract.
    address       crypto:currency:address   The address.
    amount        hugenum                   How many.

crypto:smart:effect:swaptokens  guid  [new] Tokens were exchanged for others.
    @is crypto:smart:effect
    contract              crypto:smart:contract     The contract that did it.
    address               crypto:currency:address   The address that asked for it.
    sent:contract         crypto:smart:contract     The contract of the tokens that were given.
    sent:amount           hugenum                   How many tokens were given.
    received:contract     crypto:smart:contract     The contract of the tokens that were got.
    received:amount       hugenum                   How many tokens were got.
"""
