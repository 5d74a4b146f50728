"""Keys, hashes, certificates, currencies."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'X509_VERSIONS': s_decl.enums('0 v1; 2 v3'),
}

TYPES = """
hash:lm           hex(size=32)
hash:ntlm         hex(size=32)
crypto:x509:san   (type=str, value=str)
"""

FORMS = r"""
crypto:currency:chain  guid  [new]
    id            str(strip)
    name          str(strip lower)
    symbol        crypto:currency:coin

crypto:payment:input  guid
    index         int                           [new]
    transaction   crypto:currency:transaction
    address       crypto:currency:address
    value         econ:price

crypto:payment:output  guid
    index         int                           [new]
    transaction   crypto:currency:transaction
    address       crypto:currency:address
    value         econ:price

crypto:payment:fee  guid  [new]
    transaction   crypto:currency:transaction
    address       crypto:currency:address
    value         econ:price

crypto:currency:transaction  guid
    hash              hex
    desc              str
    block             crypto:currency:block
    block:coin        crypto:currency:coin
    block:offset      int
    block:chain       crypto:currency:chain     [new]
    success           bool
    status:code       int
    status:message    str
    to                crypto:currency:address
    from              crypto:currency:address
    inputs            {crypto:payment:input}    [deprecated]
    outputs           {crypto:payment:output}   [deprecated]
    fee               econ:price
    value             econ:price
    time              time
    eth:gasused       int
    eth:gaslimit      int
    eth:gasprice      econ:price
    contract:input    file:bytes
    contract:output   file:bytes

crypto:currency:bridge:swap  guid  [new]
    name                  str(strip)
    matched               bool
    source:transaction    crypto:currency:transaction
    source:address        crypto:currency:address
    source:contract       crypto:smart:contract
    source:amount         hugenum
    target:transaction    crypto:currency:transaction
    target:address        crypto:currency:address
    target:contract       crypto:smart:contract
    target:amount         hugenum

crypto:currency:block  (coin=crypto:currency:coin, offset=int)/
    coin          crypto:currency:coin      [ro]
    offset        int                       [ro]
    hash          hex
    minedby       crypto:currency:address
    time          time
    chain         crypto:currency:chain     [new]

crypto:currency:coin  str(lower)
    name          str

crypto:currency:address  (coin=crypto:currency:coin, iden=str)/
    @is econ:pay:instrument
    @fill instrument=crypto currency address
    coin          crypto:currency:coin      [ro]
    seed          crypto:key
    iden          str                       [ro]
    desc          str
    chain         crypto:currency:chain     [new]

crypto:algorithm  str(lower onespace)

crypto:key  guid
    algorithm         crypto:algorithm
    mode              str(lower onespace)   [new]
    iv                hex                   [new]
    iv:text           it:dev:str            [new]
    public            hex
    public:text       it:dev:str            [new]
    public:md5        hash:md5
    public:sha1       hash:sha1
    public:sha256     hash:sha256
    private           hex
    private:text      it:dev:str            [new]
    private:md5       hash:md5
    private:sha1      hash:sha1
    private:sha256    hash:sha256
    seed:passwd       inet:passwd
    seed:algorithm    crypto:algorithm

crypto:currency:client  (inetaddr=inet:client, coinaddr=crypto:currency:address)
    inetaddr      inet:client               [ro]
    coinaddr      crypto:currency:address   [ro]

hash:md5  hex(size=32)

hash:sha1  hex(size=40)

hash:sha256  hex(size=64)

hash:sha384  hex(size=96)

hash:sha512  hex(size=128)

hash:ssdeep  str(regex=^([3-9]|[1-9]\d+):[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}$ strip)  [new]

rsa:key  (mod=hex, pub:exp=int)
    mod           hex           [ro]
    pub:exp       int           [ro]
    bits          int
    priv:exp      hex
    priv:p        hex
    priv:q        hex

crypto:x509:signedfile  (cert=crypto:x509:cert, file=file:bytes)
    cert          crypto:x509:cert  [ro]
    file          file:bytes        [ro]

crypto:x509:crl  guid
    file          file:bytes
    url           inet:url

crypto:x509:revoked  (crl=crypto:x509:crl, cert=crypto:x509:cert)
    crl           crypto:x509:crl   [ro]
    cert          crypto:x509:cert  [ro]

crypto:x509:cert  guid
    file                  file:bytes
    subject               str
    issuer                str
    issuer:cert           crypto:x509:cert
    serial                hex(zeropad=40)
    version               int(enums=$X509_VERSIONS)
    validity:notbefore    time
    validity:notafter     time
    md5                   hash:md5
    sha1                  hash:sha1
    sha256                hash:sha256
    rsa:key               rsa:key
    algo                  iso:oid
    signature             hex
    ext:sans              {crypto:x509:san}
    ext:crls              {crypto:x509:san}
    identities:fqdns      {inet:fqdn}
    identities:emails     {inet:email}
    identities:ipv4s      {inet:ipv4}
    identities:ipv6s      {inet:ipv6}
    identities:urls       {inet:url}
    crl:urls              {inet:url}
    selfsigned            bool
"""

EDGES = """
crypto:key -(decrypts)> file:bytes  [new]
"""
