"""Hardware and software products and their versions."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'VERDICTS': s_decl.enums('10 benign; 20 unknown; 30 suspicious; 40 malicious'),
}

FORMS = """
it:prod:hardwaretype  taxonomy  Kinds of hardware.
    @is meta:taxonomy

it:prod:hardware  guid  A hardware product.
    name                  str(lower onespace)   The name of the product.
    type                  it:prod:hardwaretype  What kind of hardware it is.
    desc                  str                   [text] What the product is.
    cpe                   it:sec:cpe            The CPE name of the product.
    manufacturer          ou:org                [new] The organization that makes it.
    manufacturer:name     ou:name               [new] The name of the organization that makes it.
    make                  ou:name               [deprecated] The name of the maker; use manufacturer:name.
    model                 str(lower onespace)   The model name or number.
    version               str(lower onespace)   The version of the model.
    released              time                  When it came to market.
    parts                 {it:prod:hardware}    The products that it is built of.

it:prod:component  guid  A piece of hardware in a host.
    hardware      it:prod:hardware  The product that it is.
    serial        str               Its serial number.
    host          it:host           The host that it is in.

it:prod:soft:taxonomy  taxonomy  Kinds of software.
    @is meta:taxonomy

it:prod:soft  guid  A software product.
    id                str(strip)                [new] The identifier that its reporter gives it.
    tag               syn:tag                   [new] The tag that marks what belongs to it.
    name              it:prod:softname          [alts=names] The name of the software.
    type              it:prod:soft:taxonomy     What kind of software it is.
    names             {it:prod:softname}        Other names of the software.
    desc              str                       [text] What the software does.
    desc:short        str(lower)                What the software does, in a few words.
    cpe               it:sec:cpe                The CPE name of the software.
    author            ps:contact                Who makes it.
    author:org        ou:org                    [deprecated] The organization that makes it; use author.
    author:acct       inet:web:acct             [deprecated] The web account that makes it; use author.
    author:email      inet:email                [deprecated] The e-mail address of who makes it; use author.
    author:person     ps:person                 [deprecated] The person who makes it; use author.
    url               inet:url                  Where the software is described or offered.
    isos              bool                      Whether it is an operating system.
    islib             bool                      Whether it is a library.
    techniques        {ou:technique}            [deprecated] The techniques that it can carry out; use a uses edge.

it:prod:softname  str(lower onespace)  The name of a software product.

it:prod:softid  guid  [new] An identifier that a program gives its installation.
    id            str               The identifier.
    host          it:host           The host that it is installed on.
    soft          it:prod:softver   The software version.
    soft:name     it:prod:softname  The name of the software.

it:adid  str(lower strip)  An advertising identifier of a device.

it:prod:softos  (soft=it:prod:softver, os=it:prod:softver)  A software version runs on an operating system version.
    soft          it:prod:softver   [ro] The software version.
    os            it:prod:softver   [ro] The operating system version.

it:prod:softver  guid  A version of a software product.
    software          it:prod:soft          The software product.
    software:name     str(lower strip)      [deprecated] The name of the product; use software.
    name              it:prod:softname      [alts=names] The name of this version.
    names             {it:prod:softname}    Other names of this version.
    desc              str                   [text] What is special about this version.
    cpe               it:sec:cpe            The CPE name of this version.
    cves              {it:sec:cve}          The vulnerabilities of this version.
    vers              it:dev:str            The version as its maker writes it.
    vers:norm         str(lower)            The version in lower case.
    arch              it:dev:str            The processor architecture.
    released          time                  When it was released.
    semver            it:semver             The version as a semantic version.
    semver:major      int                   [deprecated] The major number; use semver.
    semver:minor      int                   [deprecated] The minor number; use semver.
    semver:patch      int                   [deprecated] The patch number; use semver.
    semver:pre        str                   [deprecated] The pre-release part; use semver.
    semver:build      str                   [deprecated] The build part; use semver.
    url               inet:url              Where this version is offered.

it:prod:softlib  (soft=it:prod:softver, lib=it:prod:softver)  A software version contains a library version.
    soft          it:prod:softver   [ro] The software version.
    lib           it:prod:softver   [ro] The library version.

it:prod:softfile  (soft=it:prod:softver, file=file:bytes)  A file is part of a software version.
    soft          it:prod:softver   [ro] The software version.
    file          file:bytes        [ro] The file.
    path          file:path         Where the file is installed.

it:prod:softreg  (softver=it:prod:softver, regval=it:dev:regval)  [new] A registry entry is made by a software version.
    softver       it:prod:softver   [ro] The software version.
    regval        it:dev:regval     [ro] The registry entry.

it:av:sig  (soft=it:prod:soft, name=it:av:signame)  [deprecated] A signature of a scanner.
    soft          it:prod:soft      [ro] The scanner.
    name          it:av:signame     [ro] The name of the signature.
    desc          str               [text] What the signature finds.
    url           inet:url          Where the signature is described.

it:av:signame  str(lower)  The name of a scanner's signature.

it:av:scan:result  guid  [new] What a scanner says of something.
    time                      time                      When it was scanned.
    verdict                   int(enums=$VERDICTS)      How bad the scanner finds it.
    scanner                   it:prod:softver           The scanner.
    scanner:name              it:prod:softname          The name of the scanner.
    signame                   it:av:signame             The signature that matched.
    categories                {str(lower onespace)}     The categories that the scanner puts it in.
    target:file               file:bytes                The file that was scanned.
    target:proc               it:exec:proc              The process that was scanned.
    target:host               it:host                   The host that was scanned.
    target:fqdn               inet:fqdn                 The domain name that was scanned.
    target:url                inet:url                  The URL that was scanned.
    target:ipv4               inet:ipv4                 The IPv4 address that was scanned.
    target:ipv6               inet:ipv6                 The IPv6 address that was scanned.
    multi:scan                it:av:scan:result         The scan by many scanners that this is one result of.
    multi:count               int(min=0)                How many scanners took part.
    multi:count:benign        int(min=0)                How many scanners found it harmless.
    multi:count:unknown       int(min=0)                How many scanners had no opinion.
    multi:count:suspicious    int(min=0)                How many scanners found it suspicious.
    multi:count:malicious     int(min=0)                How many scanners found it malicious.

it:av:filehit  (file=file:bytes, sig=it:av:sig)  [deprecated] A signature matched a file; use it:av:scan:result.
    file          file:bytes        [ro] The file.
    sig           it:av:sig         [ro] The signature.
    sig:name      it:av:signame     [ro] The name of the signature.
    sig:soft      it:prod:soft      [ro] The scanner.

it:av:prochit  guid  [deprecated] A signature matched a process; use it:av:scan:result.
    proc          it:exec:proc  The process.
    sig           it:av:sig     The signature.
    time          time          When it matched.
"""

EDGES = """
it:prod:soft -(uses)> ou:technique       The software can carry out the technique.
it:prod:soft -(uses)> risk:vuln          [new] The software makes use of the vulnerability.
it:prod:softver -(uses)> math:algorithm  [new] The software version uses the algorithm.
"""
