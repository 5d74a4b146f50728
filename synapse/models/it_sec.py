"""Security: CVE, CWE, CPE, STIX, command and control, vulnerability scans."""

import synapse.lib.model.decl as s_decl
import synapse.models.schemas as s_schemas

VALUES = {
    'TLP': s_decl.enums('10 clear; 20 green; 30 amber; 40 amber-strict; 50 red'),
    'DASHES': (('‑', '-'), ('‒', '-'), ('–', '-'), ('—', '-')),
    'ATTACK_FLOW': s_schemas.load('attack_flow'),
}

TYPES = """
it:sec:tlp                int(enums=$TLP)                           [new] A marking of the Traffic Light Protocol.
                        Ex: green
it:mitre:attack:status    str(enums=current,deprecated,withdrawn)   Whether an ATT&CK entry is current. Ex: current
it:mitre:attack:matrix    str(enums=enterprise,mobile,ics)          [new] One of the ATT&CK matrices. Ex: enterprise
it:sec:cpe:v2_2           *                                         A CPE name in the notation of version 2.2.
"""

FORMS = """
it:sec:cve  str(regex=(?i)^CVE-[0-9]{4}-[0-9]{4,}$ lower replace=$DASHES)  A vulnerability by its CVE number.
                        Ex: cve-2021-44228
    desc                  str               [deprecated] What is wrong; use risk:vuln:desc.
    url                   inet:url          [deprecated] Where it is described; use risk:vuln.
    references            {inet:url}        [deprecated] Where it is written about; use risk:vuln.
    nist:nvd:source       ou:name           [new] Who gave the entry to the NVD.
    nist:nvd:published    time              [new] When the NVD first published the entry.
    nist:nvd:modified     time(ismax)       [new] When the NVD last changed the entry.
    cisa:kev:name         str               [new] The name in the CISA catalog of exploited vulnerabilities.
    cisa:kev:desc         str               [new] The description in the CISA catalog.
    cisa:kev:action       str               [new] What the CISA catalog says must be done.
    cisa:kev:vendor       ou:name           [new] The vendor in the CISA catalog.
    cisa:kev:product      it:prod:softname  [new] The product in the CISA catalog.
    cisa:kev:added        time              [new] When it was added to the CISA catalog.
    cisa:kev:duedate      time              [new] By when the CISA catalog says it must be done.

it:sec:cpe  *  A platform by its CPE 2.3 name.
    v2_2          it:sec:cpe:v2_2   The name in the notation of version 2.2.
    part          str(lower strip)  [ro] Application, operating system or hardware.
    vendor        ou:name           [ro] The vendor.
    product       str(lower strip)  [ro] The product.
    version       str(lower strip)  [ro] The version.
    update        str(lower strip)  [ro] The update or service pack.
    edition       str(lower strip)  [ro] The edition, as version 2.2 had it.
    language      str(lower strip)  [ro] The language.
    sw_edition    str(lower strip)  [ro] The edition for a market.
    target_sw     str(lower strip)  [ro] The software that it runs with.
    target_hw     str(lower strip)  [ro] The hardware that it runs on.
    other         str(lower strip)  [ro] Anything else.

it:sec:cwe  str(regex=^CWE-[0-9]{1,8}$)  A kind of weakness by its CWE number. Ex: CWE-120
    name          str               The name of the weakness. Ex: Use After Free
    desc          str               [text] What the weakness is.
    url           inet:url          Where it is described.
    parents       {it:sec:cwe ,}    The weaknesses that it is a case of.

it:sec:metrics  guid  [new] Numbers that tell how well an organization is protected.
    org                               ou:org        The organization.
    org:name                          ou:name       The name of the organization.
    org:fqdn                          inet:fqdn     The domain name of the organization.
    period                            ival          The span of time that the numbers are for.
    alerts:meantime:triage            duration      How long it took on average until an alert was looked at.
    alerts:count                      int           How many alerts there were.
    alerts:falsepos                   int           How many alerts were false.
    assets:hosts                      int           How many hosts there are.
    assets:users                      int           How many users there are.
    assets:vulns:count                int           How many vulnerabilities are open.
    assets:vulns:preexisting          int           How many vulnerabilities were open at the start.
    assets:vulns:discovered           int           How many vulnerabilities were found.
    assets:vulns:mitigated            int           How many vulnerabilities were closed.
    assets:vulns:meantime:mitigate    duration      How long it took on average until a vulnerability was closed.

it:sec:vuln:scan  guid  [new] A run of a vulnerability scanner.
    time              time              When it began.
    desc              str               [text] What was scanned, and why.
    ext:id            str               The identifier that the scanner gives the run.
    ext:url           inet:url          Where the scanner shows the run.
    software          it:prod:softver   The scanner.
    software:name     it:prod:softname  The name of the scanner.
    operator          ps:contact        Who ran it.

it:sec:vuln:scan:result  guid  [new] A vulnerability that a scan found.
    scan          it:sec:vuln:scan  The scan.
    vuln          risk:vuln         The vulnerability.
    asset         ndef              The thing that has it.
    desc          str               What the scanner says of it.
    time          time              When it was found.
    ext:id        str               The identifier that the scanner gives the finding.
    ext:url       inet:url          Where the scanner shows the finding.
    mitigation    risk:mitigation   What was done about it.
    mitigated     time              When it was dealt with.
    priority      meta:priority     How urgent it is.
    severity      meta:severity     How grave it is.

it:mitre:attack:group  str(regex=^G[0-9]{4}$)  A group of adversaries by its ATT&CK number. Ex: G0100
    org           ou:org                            The organization that it is.
    name          ou:name                           The name that ATT&CK uses.
    names         {ou:name}                         Other names of the group.
    desc          str                               [text] What is known of the group.
    isnow         it:mitre:attack:group             The entry that replaced it.
    url           inet:url                          Where ATT&CK describes it.
    tag           syn:tag                           [deprecated] The tag that marks what belongs to it.
    references    array(type=inet:url uniq)         Where it is written about.
    techniques    {it:mitre:attack:technique ,}     The techniques that it uses.
    software      {it:mitre:attack:software ,}      The software that it uses.

it:mitre:attack:tactic  str(regex=^TA[0-9]{4}$)  An aim of adversaries by its ATT&CK number. Ex: TA0040
    name          str(strip)                    The name that ATT&CK uses.
    matrix        it:mitre:attack:matrix        [new] The matrix that it is in.
    desc          str                           [text] What the aim is.
    url           inet:url                      Where ATT&CK describes it.
    tag           syn:tag                       [deprecated] The tag that marks what belongs to it.
    references    array(type=inet:url uniq)     Where it is written about.

it:mitre:attack:technique  str(regex=^T[0-9]{4}(.[0-9]{3})?$)  A way to reach an aim by its ATT&CK number. Ex: T1548
    name              str(lower onespace)               The name that ATT&CK uses.
    matrix            it:mitre:attack:matrix            [new] The matrix that it is in.
    status            it:mitre:attack:status            Whether it is current.
    isnow             it:mitre:attack:technique         The entry that replaced it.
    desc              str(strip)                        [text] How it is done.
    url               inet:url                          Where ATT&CK describes it.
    tag               syn:tag                           [deprecated] The tag that marks what belongs to it.
    references        array(type=inet:url uniq)         Where it is written about.
    parent            it:mitre:attack:technique         The technique that it is a case of.
    tactics           {it:mitre:attack:tactic ,}        The aims that it serves.
    data:components   {it:mitre:attack:data:component}  [new] The data in which it shows.

it:mitre:attack:software  str(regex=^S[0-9]{4}$)  A tool or malware by its ATT&CK number. Ex: S0154
    software      it:prod:soft                      The software that it is.
    name          it:prod:softname                  The name that ATT&CK uses.
    names         {it:prod:softname}                Other names of the software.
    desc          str(strip)                        [text] What the software does.
    isnow         it:mitre:attack:software          The entry that replaced it.
    url           inet:url                          Where ATT&CK describes it.
    tag           syn:tag                           [deprecated] The tag that marks what belongs to it.
    references    array(type=inet:url uniq)         Where it is written about.
    techniques    {it:mitre:attack:technique ,}     The techniques that it can carry out.

it:mitre:attack:mitigation  str(regex=^M[0-9]{4}$)  A defense by its ATT&CK number. Ex: M1036
    name          str(lower onespace)               The name that ATT&CK uses.
    matrix        it:mitre:attack:matrix            [new] The matrix that it is in.
    desc          str(strip)                        [text] What to do.
    url           inet:url                          Where ATT&CK describes it.
    tag           syn:tag                           [deprecated] The tag that marks what belongs to it.
    references    array(type=inet:url uniq)         Where it is written about.
    addresses     {it:mitre:attack:technique ,}     The techniques that it works against.

it:mitre:attack:campaign  str(regex=^C[0-9]{4}$)  [new] A series of intrusions by its ATT&CK number. Ex: C0028
    name          ou:campname                       The name that ATT&CK uses.
    names         {ou:campname}                     Other names of the campaign.
    desc          str(strip)                        [text] What happened.
    url           inet:url                          Where ATT&CK describes it.
    groups        {it:mitre:attack:group ,}         The groups that took part.
    software      {it:mitre:attack:software ,}      The software that was used.
    techniques    {it:mitre:attack:technique ,}     The techniques that were used.
    matrices      {it:mitre:attack:matrix ,}        The matrices that it is in.
    references    array(type=inet:url uniq)         Where it is written about.
    period        ival                              From when to when it went on.
    created       time                              When ATT&CK added the entry.
    updated       time                              When ATT&CK last changed the entry.
    tag           syn:tag                           [deprecated] The tag that marks what belongs to it.

it:mitre:attack:flow  guid  [new] An attack told step by step in the Attack Flow format.
    name              str                           The name of the flow.
    data              data(schema=$ATTACK_FLOW)     The flow itself.
    created           time                          When it was made.
    updated           time                          When it was last changed.
    author:user       syn:user                      The user who made it.
    author:contact    ps:contact                    The contact who made it.

it:mitre:attack:datasource  str(regex=^DS[0-9]{4}$)  [new] A place to look for signs by its ATT&CK number. Ex: DS0026
    name          str(lower onespace)   The name that ATT&CK uses.
    description   str                   [text] What can be seen there.
    references    {inet:url}            Where it is written about.

it:mitre:attack:data:component  guid  [new] One kind of data of an ATT&CK data source.
    name          str(lower onespace)           [ro] The name that ATT&CK uses.
    description   str                           [text] What the data tells.
    datasource    it:mitre:attack:datasource    [ro] The data source that it is part of.

it:sec:stix:bundle  guid  A STIX bundle.
    id            str           The identifier in the bundle.

it:sec:stix:indicator  guid  A STIX indicator.
    id            str                                           The STIX identifier.
    name          str                                           The name of the indicator.
    confidence    int(min=0 max=100)                            [new] How sure the author is, from 0 to 100.
    revoked       bool                                          [new] Whether the author took it back.
    description   str                                           [new] What the indicator shows.
    pattern       str                                           The pattern to look for.
    pattern_type  str(strip lower enums=stix,pcre,sigma,snort,suricata,yara)  [new] The language of the pattern.
    created       time                                          When it was made.
    updated       time                                          When it was last changed.
    labels        {str}                                         The labels that the author gave it.
    valid_from    time                                          [new] From when it is meant to be used.
    valid_until   time                                          [new] Until when it is meant to be used.

it:sec:c2:config  guid  How a piece of malware finds and talks to its controllers.
    family            it:prod:softname      The name of the malware family.
    file              file:bytes            The file that the configuration was taken from.
    decoys            [inet:url]            [new] URLs that are there to mislead.
    servers           [inet:url]            URLs of the controllers.
    proxies           [inet:url]            URLs of the proxies to go through.
    listens           [inet:url]            URLs that it listens on itself.
    dns:resolvers     [inet:server]         The DNS servers that it asks.
    mutex             it:dev:mutex          The mutex by which it runs only once.
    campaigncode      it:dev:str            The text by which the operator tells campaigns apart.
    crypto:key        crypto:key            The key that traffic is encrypted with.
    connect:delay     duration              How long it waits before the first contact.
    connect:interval  duration              How long it waits between contacts.
    raw               data                  The configuration as it was extracted.
    http:headers      [inet:http:header]    The headers of its HTTP requests.
"""
