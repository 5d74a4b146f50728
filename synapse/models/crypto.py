"""Keys, hashes, certificates, currencies."""

import hashlib

import synapse.lib.model.decl as s_decl

VALUES = {
    'X509_VERSIONS': s_decl.enums('0 v1; 2 v3'),
    'SHA384': hashlib.sha384().hexdigest(),
    'SHA512': hashlib.sha512().hexdigest(),
}

TYPES = """
hash:lm           hex(size=32)              A LAN Manager password hash. Ex: aad3b435b51404eeaad3b435b51404ee
hash:ntlm         hex(size=32)              An NTLM password hash. Ex: 31d6cfe0d16ae931b73c59d7e0c089c0
crypto:x509:san   (type=str, value=str)     An alternative name of a certificate: its kind and its text.
"""

FORMS = r"""
crypto:currency:chain  guid  [new] A block chain.
    id            str(strip)            The identifier of the chain. Ex: eip155:8453
    name          str(strip lower)      The name of the chain. Ex: ethereum
    symbol        crypto:currency:coin  The coin that fees are paid in. Ex: eth

crypto:payment:input  guid  What an address paid into a transaction.
    index         int                           [new] Its place among the inputs.
    transaction   crypto:currency:transaction   The transaction.
    address       crypto:currency:address       The address that paid.
    value         econ:price                    The amount.

crypto:payment:output  guid  What an address got from a transaction.
    index         int                           [new] Its place among the outputs.
    transaction   crypto:currency:transaction   The transaction.
    address       crypto:currency:address       The address that got it.
    value         econ:price                    The amount.

crypto:payment:fee  guid  [new] What an address paid for a transaction.
    transaction   crypto:currency:transaction   The transaction.
    address       crypto:currency:address       The address that paid.
    value         econ:price                    The amount.

crypto:currency:transaction  guid  A transaction on a block chain.
    hash              hex                       The hash of the transaction.
    desc              str                       What it was for.
    block             crypto:currency:block     The block that it is in.
    block:coin        crypto:currency:coin      The coin of the block.
    block:offset      int                       The number of the block.
    block:chain       crypto:currency:chain     [new] The chain of the block.
    success           bool                      Whether it worked.
    status:code       int                       The code of its result.
    status:message    str                       The text of its result.
    to                crypto:currency:address   The address that it went to.
    from              crypto:currency:address   The address that it came from.
    inputs            {crypto:payment:input}    [deprecated] The inputs; use crypto:payment:input:transaction.
    outputs           {crypto:payment:output}   [deprecated] The outputs; use crypto:payment:output:transaction.
    fee               econ:price                The fee that was paid.
    value             econ:price                The amount that changed hands.
    time              time                      When it was made.
    eth:gasused       int                       The gas that was used.
    eth:gaslimit      int                       The gas that might have been used.
    eth:gasprice      econ:price                The price of the gas.
    contract:input    file:bytes                The data that a contract was called with.
    contract:output   file:bytes                The data that a contract returned.

crypto:currency:bridge:swap  guid  [new] Tokens were exchanged from one chain to another.
    name                  str(strip)                    A short title.
    matched               bool                          Whether both sides were found.
    source:transaction    crypto:currency:transaction   The transaction that gave the tokens.
    source:address        crypto:currency:address       The address that gave the tokens.
    source:contract       crypto:smart:contract         The contract of the tokens that were given.
    source:amount         hugenum                       How many tokens were given.
    target:transaction    crypto:currency:transaction   The transaction that got the tokens.
    target:address        crypto:currency:address       The address that got the tokens.
    target:contract       crypto:smart:contract         The contract of the tokens that came out.
    target:amount         hugenum                       How many tokens came out.

crypto:currency:block  (coin=crypto:currency:coin, offset=int)/  A block of a block chain.
    coin          crypto:currency:coin      [ro] The coin of the chain.
    offset        int                       [ro] The number of the block.
    hash          hex                       The hash of the block.
    minedby       crypto:currency:address   The address that got the reward.
    time          time                      When the block was made.
    chain         crypto:currency:chain     [new] The chain.

crypto:currency:coin  str(lower)  A crypto currency, by its short name. Ex: btc
    name          str           Its full name.

crypto:currency:address  (coin=crypto:currency:coin, iden=str)/  An address that holds crypto currency.
                        Ex: btc/1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2
    @is econ:pay:instrument
    @fill instrument=crypto currency address
    coin          crypto:currency:coin      [ro] The crypto currency.
    seed          crypto:key                The key that the address was made from.
    iden          str                       [ro] The address as the crypto currency writes it.
    desc          str                       What the address is used for.
    chain         crypto:currency:chain     [new] The chain.

crypto:algorithm  str(lower onespace)  The name of a cryptographic algorithm. Ex: aes256

crypto:key  guid  A cryptographic key.
    algorithm         crypto:algorithm      The algorithm that it is for. Ex: aes256
    mode              str(lower onespace)   [new] The mode of the algorithm.
    iv                hex                   [new] The initialization vector.
    iv:text           it:dev:str            [new] The initialization vector, if it is text.
    public            hex                   The public part.
    public:text       it:dev:str            [new] The public part, if it is text.
    public:md5        hash:md5              The MD5 of the public part.
    public:sha1       hash:sha1             The SHA-1 of the public part.
    public:sha256     hash:sha256           The SHA-256 of the public part.
    private           hex                   The secret part.
    private:text      it:dev:str            [new] The secret part, if it is text.
    private:md5       hash:md5              The MD5 of the secret part.
    private:sha1      hash:sha1             The SHA-1 of the secret part.
    private:sha256    hash:sha256           The SHA-256 of the secret part.
    seed:passwd       inet:passwd           The password that it was made from.
    seed:algorithm    crypto:algorithm      The algorithm that made it from the password. Ex: pbkdf2

crypto:currency:client  (inetaddr=inet:client, coinaddr=crypto:currency:address)  A node of a crypto currency network
                                                                                  tells its address.
                        Ex: (1.2.3.4, (btc, 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2))
    inetaddr      inet:client               [ro] Where the node is on the Internet.
    coinaddr      crypto:currency:address   [ro] The address that it tells.

hash:md5  hex(size=32)  An MD5 hash. Ex: d41d8cd98f00b204e9800998ecf8427e

hash:sha1  hex(size=40)  A SHA-1 hash. Ex: da39a3ee5e6b4b0d3255bfef95601890afd80709

hash:sha256  hex(size=64)  A SHA-256 hash. Ex: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

hash:sha384  hex(size=96)  A SHA-384 hash. Ex: $SHA384

hash:sha512  hex(size=128)  A SHA-512 hash. Ex: $SHA512

hash:ssdeep  str(regex=^([3-9]|[1-9]\d+):[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}$ strip)  [new] An ssdeep fuzzy hash.
                        Ex: 3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C

rsa:key  (mod=hex, pub:exp=int)  An RSA key.
    mod           hex           [ro] The modulus.
    pub:exp       int           [ro] The public exponent.
    bits          int           The length of the key.
    priv:exp      hex           The private exponent.
    priv:p        hex           The first secret prime.
    priv:q        hex           The second secret prime.

crypto:x509:signedfile  (cert=crypto:x509:cert, file=file:bytes)  A certificate signed a file.
    cert          crypto:x509:cert  [ro] The certificate.
    file          file:bytes        [ro] The file.

crypto:x509:crl  guid  A list of revoked certificates.
    file          file:bytes    The file with the list.
    url           inet:url      Where the list is published.

crypto:x509:revoked  (crl=crypto:x509:crl, cert=crypto:x509:cert)  A certificate is on a list of revoked ones.
    crl           crypto:x509:crl   [ro] The list.
    cert          crypto:x509:cert  [ro] The certificate.

crypto:x509:cert  guid  An X.509 certificate.
    file                  file:bytes                    The file with the certificate.
    subject               str                           Whom it is for.
    issuer                str                           Who issued it.
    issuer:cert           crypto:x509:cert              The certificate of who issued it.
    serial                hex(zeropad=40)               The serial number.
    version               int(enums=$X509_VERSIONS)     The version of the format.
    validity:notbefore    time                          From when it is valid.
    validity:notafter     time                          Until when it is valid.
    md5                   hash:md5                      The MD5 of the certificate.
    sha1                  hash:sha1                     The SHA-1 of the certificate.
    sha256                hash:sha256                   The SHA-256 of the certificate.
    rsa:key               rsa:key                       The RSA key that it is for.
    algo                  iso:oid                       The algorithm of the signature.
    signature             hex                           The signature.
    ext:sans              {crypto:x509:san}             The alternative names of whom it is for.
    ext:crls              {crypto:x509:san}             Where its issuer publishes what was revoked.
    identities:fqdns      {inet:fqdn}                   The domain names that it is for.
    identities:emails     {inet:email}                  The e-mail addresses that it is for.
    identities:ipv4s      {inet:ipv4}                   The IPv4 addresses that it is for.
    identities:ipv6s      {inet:ipv6}                   The IPv6 addresses that it is for.
    identities:urls       {inet:url}                    The URLs that it is for.
    crl:urls              {inet:url}                    The URLs where its issuer publishes what was revoked.
    selfsigned            bool                          Whether it was signed with its own key.
"""

EDGES = """
crypto:key -(decrypts)> file:bytes  [new] The key decrypts the file.
"""
