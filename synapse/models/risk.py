"""Threats, vulnerabilities, attacks, alerts, mitigations."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'CVSS_AC': {'enums': [['Low', 'L'], ['High', 'H']]},
    'CVSS_PR': {
        'enums': [
            {'title': 'None', 'value': 'N', 'doc': 'No privileges are needed.'},
            {'title': 'Low', 'value': 'L', 'doc': 'The privileges of a common user are needed.'},
            {'title': 'High', 'value': 'H', 'doc': 'The privileges of an administrator are needed.'},
        ]
    },
    'ALERT_STATUS': s_decl.enums('0 new; 10 enrichment; 20 todo; 30 analysis; 40 remediation; 50 done'),
}

TYPES = """
cvss:v2       *             [new] A CVSS version 2 vector. Ex: (AV:L/AC:L/Au:M/C:P/I:C/A:N)
cvss:v3       *             [new] A CVSS version 3 vector. Ex: AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:L
"""

FORMS = """
risk:threat:type:taxonomy  taxonomy  [new] Kinds of threats.
    @is meta:taxonomy

risk:threat  guid  Activity of an adversary, as one reporter groups it.
    @columns org:name org:names reporter:name tag
    name                  str(lower onespace)           What the reporter calls the threat. Ex: apt1 (mandiant)
    type                  risk:threat:type:taxonomy     [new] What kind of threat it is.
    desc                  str                           What is known of the threat.
    tag                   syn:tag                       The tag that marks what belongs to it.
    active                ival                          [new] From when to when it was seen.
    activity              meta:activity                 [new] How active it is.
    reporter              ou:org                        The organization that reported it.
    reporter:name         ou:name                       The name of the organization that reported it.
    reporter:discovered   time                          [new] When the reporter first knew of it.
    reporter:published    time                          [new] When the reporter first told of it.
    org                   ou:org                        The organization behind it.
    org:loc               loc                           The region of the organization behind it.
    org:name              ou:name                       [alts=org:names] What the reporter calls the organization behind
                                                        it. Ex: apt1
    org:names             {ou:name}                     Other names of the organization behind it.
    country               pol:country                   [new] The country behind it.
    country:code          pol:iso2                      [new] The code of the country behind it.
    goals                 {ou:goal}                     What it wants to reach.
    sophistication        meta:sophistication           How skillful it is.
    techniques            {ou:technique}                [deprecated] The techniques that were used; use a uses edge.
    merged:time           time                          [new] When the reporter merged it into another one.
    merged:isnow          risk:threat                   [new] The threat that it was merged into.
    mitre:attack:group    it:mitre:attack:group         [new] The ATT&CK entry for it.
    ext:id                str(strip)                    [new alts=ext:ids] The identifier that the reporter uses.
    ext:ids               {str(strip)}                  [new] Other identifiers of it.

risk:availability  taxonomy  Ways in which a tool can be had.
    @is meta:taxonomy

risk:tool:software:taxonomy  taxonomy  Kinds of software tools.
    @is meta:taxonomy

risk:tool:software  guid  A software tool of adversaries, as one reporter sees it.
    @columns soft:name soft:names reporter:name tag
    tag                       syn:tag                       The tag that marks what belongs to it.
                        Ex: rep.vendor.toolname
    desc                      str                           What the tool does.
    type                      risk:tool:software:taxonomy   What kind of tool it is.
    used                      ival                          [new] From when to when it was seen in use.
    availability              risk:availability             Who can get it.
    sophistication            meta:sophistication           How advanced it is.
    reporter                  ou:org                        The organization that reported it.
    reporter:name             ou:name                       The name of the organization that reported it.
    reporter:discovered       time                          [new] When the reporter first knew of it.
    reporter:published        time                          [new] When the reporter first told of it.
    soft                      it:prod:soft                  The software that it is.
    soft:name                 it:prod:softname              [alts=soft:names] What the reporter calls the software.
    soft:names                {it:prod:softname}            Other names of the software.
    techniques                {ou:technique}                [deprecated] The techniques that it can carry out; use a
                                                            uses edge.
    mitre:attack:software     it:mitre:attack:software      [new] The ATT&CK entry for it.
    id                        str(strip)                    [new] The identifier that the reporter uses.

risk:mitigation:type:taxonomy  taxonomy  [new] Kinds of mitigations.
    @is meta:taxonomy

risk:mitigation  guid  Something that makes a vulnerability or technique less harmful.
    @columns name reporter:name type tag
    vuln                      risk:vuln                         The vulnerability that it is for.
    name                      str(lower onespace)               The name of the mitigation.
    names                     {str(lower onespace)}             [new] Other names of the mitigation.
    type                      risk:mitigation:type:taxonomy     [new] What kind of mitigation it is.
    id                        str(strip)                        [new] The identifier that the reporter uses.
    desc                      str                               [text] What to do.
    software                  it:prod:softver                   [deprecated] The software that does it; use a uses edge.
    hardware                  it:prod:hardware                  [deprecated] The hardware that does it; use a uses edge.
    reporter                  ou:org                            [new] The organization that reported it.
    reporter:name             ou:name                           [new] The name of the organization that reported it.
    mitre:attack:mitigation   it:mitre:attack:mitigation        [new] The ATT&CK entry for it.
    tag                       syn:tag                           [new] The tag that marks what belongs to it.

risk:vulnname  str(lower onespace)  [new] The name of a vulnerability.

risk:vuln:type:taxonomy  taxonomy  [new] Kinds of vulnerabilities.
    @is meta:taxonomy

risk:vuln  guid  A weakness that can be made use of.
    @columns cve name reporter:name cvss:v3_1:score type
    name                              risk:vulnname         [alts=names] The name of the vulnerability.
    names                             {risk:vulnname}       [new] Other names of the vulnerability.
    type                              risk:vuln:type:taxonomy  What kind of vulnerability it is.
    desc                              str                   [text] What is wrong.
    severity                          meta:severity         [new] How grave it is.
    priority                          meta:priority         [new] How urgent it is.
    reporter                          ou:org                [new] The organization that reported it.
    reporter:name                     ou:name               [new] The name of the organization that reported it.
    reporter:url                      inet:url              [new] Where the reporter tells of it.
    mitigated                         bool                  Whether there is something to do about it.
    exploited                         bool                  Whether it has been made use of.
    timeline:discovered               time(ismin)           When somebody first knew of it.
    timeline:published                time(ismin)           When it was first made public.
    timeline:vendor:notified          time(ismin)           When the vendor was first told.
    timeline:vendor:fixed             time(ismin)           When the vendor first had a fix.
    timeline:exploited                time(ismin)           When it was first made use of.
    id                                str(strip)            [new] The identifier that the reporter uses.
    tag                               syn:tag               [new] The tag that marks what belongs to it.
    cve                               it:sec:cve            Its CVE number.
    cve:desc                          str                   [text] The description in the CVE entry.
    cve:url                           inet:url              The URL of the CVE entry.
    cve:references                    {inet:url}            The references of the CVE entry.
    nist:nvd:source                   ou:name               [deprecated] Use it:sec:cve:nist:nvd:source.
    nist:nvd:published                time                  [deprecated] Use it:sec:cve:nist:nvd:published.
    nist:nvd:modified                 time(ismax)           [deprecated] Use it:sec:cve:nist:nvd:modified.
    cisa:kev:name                     str                   [deprecated] Use it:sec:cve:cisa:kev:name.
    cisa:kev:desc                     str                   [deprecated] Use it:sec:cve:cisa:kev:desc.
    cisa:kev:action                   str                   [deprecated] Use it:sec:cve:cisa:kev:action.
    cisa:kev:vendor                   ou:name               [deprecated] Use it:sec:cve:cisa:kev:vendor.
    cisa:kev:product                  it:prod:softname      [deprecated] Use it:sec:cve:cisa:kev:product.
    cisa:kev:added                    time                  [deprecated] Use it:sec:cve:cisa:kev:added.
    cisa:kev:duedate                  time                  [deprecated] Use it:sec:cve:cisa:kev:duedate.
    cvss:v2                           cvss:v2               [new] The CVSS version 2 vector.
    cvss:v2_0:score                   float                 [new] The CVSS 2.0 score.
    cvss:v2_0:score:base              float                 [new] The CVSS 2.0 base score.
    cvss:v2_0:score:temporal          float                 [new] The CVSS 2.0 temporal score.
    cvss:v2_0:score:environmental     float                 [new] The CVSS 2.0 environmental score.
    cvss:v3                           cvss:v3               [new] The CVSS version 3 vector.
    cvss:v3_0:score                   float                 [new] The CVSS 3.0 score.
    cvss:v3_0:score:base              float                 [new] The CVSS 3.0 base score.
    cvss:v3_0:score:temporal          float                 [new] The CVSS 3.0 temporal score.
    cvss:v3_0:score:environmental     float                 [new] The CVSS 3.0 environmental score.
    cvss:v3_1:score                   float                 [new] The CVSS 3.1 score.
    cvss:v3_1:score:base              float                 [new] The CVSS 3.1 base score.
    cvss:v3_1:score:temporal          float                 [new] The CVSS 3.1 temporal score.
    cvss:v3_1:score:environmental     float                 [new] The CVSS 3.1 environmental score.
    cvss:av                           str(enums=N,A,P,L)    [deprecated] The attack vector; use cvss:v3.
    cvss:ac                           str(enums=L,H)        [deprecated disp=$CVSS_AC] The attack complexity; use
                                                            cvss:v3.
    cvss:pr                           str(enums=N,L,H)      [deprecated disp=$CVSS_PR] The privileges required; use
                                                            cvss:v3.
    cvss:ui                           str(enums=N,R)        [deprecated] The user interaction; use cvss:v3.
    cvss:s                            str(enums=U,C)        [deprecated] The scope; use cvss:v3.
    cvss:c                            str(enums=N,L,H)      [deprecated] The impact on confidentiality; use cvss:v3.
    cvss:i                            str(enums=N,L,H)      [deprecated] The impact on integrity; use cvss:v3.
    cvss:a                            str(enums=N,L,H)      [deprecated] The impact on availability; use cvss:v3.
    cvss:e                            str(enums=X,U,P,F,H)  [deprecated] The maturity of exploits; use cvss:v3.
    cvss:rl                           str(enums=X,O,T,W,U)  [deprecated] The level of remediation; use cvss:v3.
    cvss:rc                           str(enums=X,U,R,C)    [deprecated] The confidence of the report; use cvss:v3.
    cvss:mav                          str(enums=X,N,A,L,P)  [deprecated] The attack vector here; use cvss:v3.
    cvss:mac                          str(enums=X,L,H)      [deprecated] The attack complexity here; use cvss:v3.
    cvss:mpr                          str(enums=X,N,L,H)    [deprecated] The privileges required here; use cvss:v3.
    cvss:mui                          str(enums=X,N,R)      [deprecated] The user interaction here; use cvss:v3.
    cvss:ms                           str(enums=X,U,C)      [deprecated] The scope here; use cvss:v3.
    cvss:mc                           str(enums=X,N,L,H)    [deprecated] The impact on confidentiality here; use
                                                            cvss:v3.
    cvss:mi                           str(enums=X,N,L,H)    [deprecated] The impact on integrity here; use cvss:v3.
    cvss:ma                           str(enums=X,N,L,H)    [deprecated] The impact on availability here; use cvss:v3.
    cvss:cr                           str(enums=X,L,M,H)    [deprecated] How much confidentiality matters here; use
                                                            cvss:v3.
    cvss:ir                           str(enums=X,L,M,H)    [deprecated] How much integrity matters here; use cvss:v3.
    cvss:ar                           str(enums=X,L,M,H)    [deprecated] How much availability matters here; use
                                                            cvss:v3.
    cvss:score                        float                 [deprecated] The score; use the one with the version.
    cvss:score:base                   float                 [deprecated] The base score; use the one with the version.
    cvss:score:temporal               float                 [deprecated] The temporal score; use the one with the
                                                            version.
    cvss:score:environmental          float                 [deprecated] The environmental score; use the one with the
                                                            version.
    cwes                              {it:sec:cwe}          The kinds of weakness that it is.

risk:vuln:soft:range  guid  [new] The versions of a software product that have a vulnerability.
    vuln          risk:vuln         The vulnerability.
    version:min   it:prod:softver   The first version that has it.
    version:max   it:prod:softver   The last version that has it.

risk:hasvuln  guid  [deprecated] Something has a vulnerability; use risk:vulnerable.
    vuln          risk:vuln         The vulnerability.
    person        ps:person         The person that has it.
    org           ou:org            The organization that has it.
    place         geo:place         The place that has it.
    software      it:prod:softver   The software that has it.
    hardware      it:prod:hardware  The hardware that has it.
    spec          mat:spec          The kind of thing that has it.
    item          mat:item          The thing that has it.
    host          it:host           The host that has it.

risk:vulnerable  guid  [new] Something is open to a vulnerability or technique.
    vuln          risk:vuln             The vulnerability.
    technique     ou:technique          The technique.
    period        ival                  From when to when.
    node          ndef                  The node.
    mitigated     bool                  Whether something was done about it.
    mitigations   {risk:mitigation}     What was done about it.

risk:alert:taxonomy  taxonomy  Kinds of alerts.
    @is meta:taxonomy

risk:alert:verdict:taxonomy  taxonomy  [new] What alerts turn out to be.
    @is meta:taxonomy

risk:alert  guid  Something that somebody should look at.
    type              risk:alert:taxonomy           What kind of alert it is.
    name              str                           A short title.
    desc              str                           [text] What was seen.
    status            int(enums=$ALERT_STATUS)      [new] How far it has been dealt with.
    benign            bool                          [new] Whether it turned out to be harmless.
    priority          meta:priority                 [new] How urgent it is.
    severity          meta:severity                 [new] How grave it is.
    verdict           risk:alert:verdict:taxonomy   [new] What it turned out to be. Ex: benign.false_positive
    assignee          syn:user                      [new] The user who deals with it.
    ext:assignee      ps:contact                    [new] Who deals with it, if not a user.
    engine            it:prod:softver               [new] The software that raised it.
    detected          time                          When it was raised.
    updated           time                          [new] When it was last changed.
    vuln              risk:vuln                     The vulnerability that it is about.
    attack            risk:attack                   The attack that it is about.
    url               inet:url                      Where it is shown.
    ext:id            str                           Its identifier in another system.
    host              it:host                       [new] The host that raised it.
    service:platform  inet:service:platform         [new] The platform that raised it.
    service:instance  inet:service:instance         [new deprecated] The instance that raised it.
    service:account   inet:service:account          [new] The account that it is about.

risk:compromisetype  taxonomy  Kinds of compromises. Ex: cno.breach
    @is meta:taxonomy

risk:compromise  guid  An adversary got into something.
    @columns time lasttime name reporter:name
    name              str(lower onespace)   A short title.
    desc              str                   [text] What happened.
    reporter          ou:org                [new] The organization that reported it.
    reporter:name     ou:name               [new] The name of the organization that reported it.
    ext:id            str                   [new] The identifier that the reporter uses.
    url               inet:url              [new] Where it is told of.
    type              risk:compromisetype   What kind of compromise it is. Ex: cno.breach
    vector            risk:attack           [new] The attack that let the adversary in.
    target            ps:contact            Who was harmed.
    attacker          ps:contact            Who did it.
    campaign          ou:campaign           The campaign that it was part of.
    time              time                  When it began.
    lasttime          time                  When the adversary was last seen.
    duration          duration              How long it went on.
    detected          time                  [new] When it was found.
    loss:pii          int                   How many records of persons were lost.
    loss:econ         econ:price            What it cost the target.
    loss:life         int                   How many people died.
    loss:bytes        int                   How many bytes were lost.
    ransom:paid       econ:price            The ransom that was paid.
    ransom:price      econ:price            The ransom that was demanded.
    response:cost     econ:price            What it cost to deal with it.
    theft:price       econ:price            The worth of what was stolen.
    econ:currency     econ:currency         The currency of the amounts.
    severity          meta:severity         [new] How grave it was.
    goal              ou:goal               [new] What the attacker mainly wanted.
    goals             {ou:goal}             [new] What else the attacker wanted.
    tag               syn:tag               [new] The tag that marks what belongs to it.
    techniques        {ou:technique}        [deprecated] The techniques that were used; use a uses edge.

risk:attacktype  taxonomy  Kinds of attacks.
    @is meta:taxonomy

risk:attack  guid  An adversary tried something.
    desc              str               [text] What was tried.
    type              risk:attacktype   What kind of attack it was. Ex: cno.phishing
    reporter          ou:org            [new] The organization that reported it.
    reporter:name     ou:name           [new] The name of the organization that reported it.
    time              time              When it began.
    detected          time              [new] When it was found.
    success           bool              Whether it worked.
    targeted          bool              Whether the target was chosen.
    goal              ou:goal           What the attacker wanted.
    campaign          ou:campaign       The campaign that it was part of.
    compromise        risk:compromise   The compromise that it was part of.
    severity          meta:severity     [new] How grave it was.
    sophistication    meta:sophistication  How skillfully it was done.
    prev              risk:attack       The attack before it.
    actor             entity:actor      [new] Who did it.
    actor:org         ou:org            [deprecated] The organization that did it; use attacker.
    actor:person      ps:person         [deprecated] The person that did it; use attacker.
    attacker          ps:contact        Who did it.
    target            ps:contact        [deprecated] Who it was done to; use a targets edge.
    target:org        ou:org            [deprecated] The organization that it was done to; use a targets edge.
    target:host       it:host           [deprecated] The host that it was done to; use a targets edge.
    target:person     ps:person         [deprecated] The person that it was done to; use a targets edge.
    target:place      geo:place         [deprecated] The place that it was done to; use a targets edge.
    via:ipv4          inet:ipv4         [deprecated] The IPv4 address that the target was reached by; use a uses edge.
    via:ipv6          inet:ipv6         [deprecated] The IPv6 address that the target was reached by; use a uses edge.
    via:email         inet:email        [deprecated] The e-mail address that the target was reached by; use a uses edge.
    via:phone         tel:phone         [deprecated] The phone number that the target was reached by; use a uses edge.
    used:vuln         risk:vuln         [deprecated] The vulnerability that was used; use a uses edge.
    used:url          inet:url          [deprecated] The URL that was used; use a uses edge.
    used:host         it:host           [deprecated] The host that was used; use a uses edge.
    used:email        inet:email        [deprecated] The e-mail address that was used; use a uses edge.
    used:file         file:bytes        [deprecated] The file that was used; use a uses edge.
    used:server       inet:server       [deprecated] The server that was used; use a uses edge.
    used:software     it:prod:softver   [deprecated] The software that was used; use a uses edge.
    techniques        {ou:technique}    [deprecated] The techniques that were used; use a uses edge.
    url               inet:url          [new] Where it is told of.
    ext:id            str               [new] Its identifier in another system.

risk:leak:type:taxonomy  taxonomy  [new] Kinds of leaks.
    @is meta:taxonomy

risk:leak  guid  [new] Somebody gave away what was not meant for others.
    @columns disclosed name owner::name reporter:name
    name              str(lower onespace)       A short title.
    desc              str                       [text] What happened.
    reporter          ou:org                    The organization that reported it.
    reporter:name     ou:name                   The name of the organization that reported it.
    disclosed         time                      When it was given away.
    owner             ps:contact                Whose it was.
    leaker            ps:contact                Who gave it away.
    recipient         ps:contact                Who got it.
    type              risk:leak:type:taxonomy   What kind of leak it was.
    goal              ou:goal                   What the leaker wanted.
    compromise        risk:compromise           The compromise that led to it.
    extortion         risk:extortion            The extortion that it was part of.
    public            bool                      Whether anybody can see it.
    public:url        inet:url                  Where anybody can see it.
    size:bytes        int(min=0)                How many bytes were given away.
    size:count        int(min=0)                How many records were given away.
    size:percent      int(min=0 max=100)        How much of the whole was given away, in percent.

risk:outage:type:taxonomy  taxonomy  [new] Kinds of outages.
    @is meta:taxonomy

risk:outage:cause:taxonomy  taxonomy  [new] Causes of outages.
    @is meta:taxonomy

risk:outage  guid  [new] Something that people rely on did not work.
    @columns period name provider:name reporter:name cause type
    name              str(lower onespace)           A short title.
    period            ival                          From when to when.
    type              risk:outage:type:taxonomy     What kind of outage it was. Ex: service.power
    cause             risk:outage:cause:taxonomy    Why it happened. Ex: nature.earthquake
    attack            risk:attack                   The attack that led to it.
    provider          ou:org                        The organization that provides what did not work.
    provider:name     ou:name                       The name of the organization that provides what did not work.
    reporter          ou:org                        The organization that reported it.
    reporter:name     ou:name                       The name of the organization that reported it.

risk:extortion:type:taxonomy  taxonomy  [new] Kinds of extortion.
    @is meta:taxonomy

risk:extortion  guid  [new] Somebody threatened to do harm unless something was given.
    @columns demanded name target::name reporter:name deadline
    name                          str(lower onespace)           A short title.
    desc                          str                           [text] What happened.
    reporter                      ou:org                        The organization that reported it.
    reporter:name                 ou:name                       The name of the organization that reported it.
    demanded                      time                          When the demand was made.
    deadline                      time                          By when it had to be met.
    goal                          ou:goal                       What the attacker wanted.
    type                          risk:extortion:type:taxonomy  What kind of extortion it was.
    attacker                      ps:contact                    Who demanded.
    target                        ps:contact                    Who was threatened.
    success                       bool                          Whether the target gave in.
    enacted                       bool                          Whether the threat was carried out.
    public                        bool                          Whether the demand was made in public.
    public:url                    inet:url                      Where the demand was made in public.
    compromise                    risk:compromise               The compromise that it rests on.
    demanded:payment:price        econ:price                    The amount that was demanded.
    demanded:payment:currency     econ:currency                 The currency of the amount.
    paid:price                    econ:price                    The amount that was paid.
    payments                      {econ:acct:payment}           The payments that were made.

risk:technique:masquerade  guid  [new] Something was made to look like something else.
    node          ndef          What was made to look so.
    period        ival          From when to when.
    target        ndef          What it was made to look like.
    technique     ou:technique  The technique that was used.
"""

EDGES = """
risk:vuln -(uses)> ou:technique             [new] The vulnerability is used by way of the technique.
risk:attack -(uses)> ou:technique           The attack used the technique.
risk:threat -(uses)> ou:technique           The threat uses the technique.
risk:tool:software -(uses)> ou:technique    The tool can carry out the technique.
risk:compromise -(uses)> ou:technique       [new] The compromise was done by the technique.
risk:extortion -(uses)> ou:technique        [new] The extortion was done by the technique.
risk:attack -(uses)> risk:vuln              The attack made use of the vulnerability.
risk:threat -(uses)> risk:vuln              The threat makes use of the vulnerability.
risk:tool:software -(uses)> risk:vuln       The tool makes use of the vulnerability.
risk:attack -(targets)> ou:industry         The attack aimed at the industry.
risk:compromise -(targets)> ou:industry     [new] The compromise aimed at the industry.
risk:threat -(targets)> ou:industry         The threat aims at the industry.
risk:threat -(targets)> *                   The threat aims at the node.
risk:threat -(uses)> *                      The threat makes use of the node.
risk:threat -(uses)> inet:service:platform  [new] The threat makes use of the platform.
risk:threat -(uses)> inet:service:app       [new deprecated] The threat makes use of the application.
risk:attack -(targets)> *                   The attack aimed at the node.
risk:attack -(uses)> *                      The attack made use of the node.
risk:tool:software -(uses)> *               The tool makes use of the node.
risk:compromise -(stole)> *                 The node was stolen in the compromise.
risk:mitigation -(addresses)> ou:technique  [new] The mitigation works against the technique.
risk:mitigation -(uses)> meta:rule          [new] The mitigation makes use of the rule.
risk:mitigation -(uses)> it:app:yara:rule   [new] The mitigation makes use of the rule.
risk:mitigation -(uses)> it:app:snort:rule  [new] The mitigation makes use of the rule.
risk:mitigation -(uses)> inet:service:rule  [new] The mitigation makes use of the rule.
risk:mitigation -(uses)> it:prod:softver    [new] The mitigation makes use of the software version.
risk:mitigation -(uses)> it:prod:hardware   [new] The mitigation makes use of the hardware.
risk:leak -(leaked)> *                      [new] The node was given away in the leak.
risk:leak -(enabled)> risk:leak             [new] The leak made the other one possible.
risk:extortion -(leveraged)> *              [new] The extortion threatened with the node.
risk:attack -(caused)> risk:outage          [new] The attack led to the outage.
risk:outage -(impacted)> *                  [new] The node suffered from the outage.
risk:alert -(about)> *                      [new] The alert is about the node.
risk:tool:software -(uses)> math:algorithm  [new] The tool uses the algorithm.
"""
