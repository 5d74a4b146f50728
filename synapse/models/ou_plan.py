"""What organizations want and do: goals, campaigns, techniques, assets."""

FORMS = """
ou:goalname  str(lower onespace)  [new] The name of a goal.

ou:goal:type:taxonomy  taxonomy  [new] Kinds of goals.
    @is meta:taxonomy

ou:goal  guid  Something to be reached.
    @columns name
    name              ou:goalname               [alts=names] The name of the goal.
    names             {ou:goalname}             [new] Other names of the goal.
    type              ou:goal:type:taxonomy     What kind of goal it is.
    desc              str                       [text] What is to be reached.
    prev              ou:goal                   [deprecated] The goal that comes before it.
    reporter          ou:org                    [new] The organization that reported it.
    reporter:name     ou:name                   [new] The name of the organization that reported it.

ou:hasgoal  (org=ou:org, goal=ou:goal)  [deprecated] An organization has a goal; use ou:org:goals.
    org           ou:org        [ro] The organization.
    goal          ou:goal       [ro] The goal.
    stated        bool          Whether the organization says so itself.
    window        ival          From when to when it has the goal.

ou:camptype  taxonomy  Kinds of campaigns.
    @is meta:taxonomy

ou:campname  str(lower onespace)  [new] The name of a campaign.

ou:campaign  guid  What somebody did to reach a goal.
    @columns name names reporter:name tag period
    org                       ou:org                    The organization that carried it out.
    org:name                  ou:name                   The name of the organization.
    org:fqdn                  inet:fqdn                 The domain name of the organization.
    goal                      ou:goal                   [alts=goals] What it was mainly for.
    slogan                    lang:phrase               [new] Its slogan.
    actors                    {ps:contact ,}            Who took part.
    goals                     {ou:goal ,}               What else it was for.
    success                   bool                      Whether it reached its goals.
    name                      ou:campname               [alts=names] The name of the campaign. Ex: operation overlord
    names                     {ou:campname}             [new] Other names of the campaign.
    reporter                  ou:org                    [new] The organization that reported it.
    reporter:name             ou:name                   [new] The name of the organization that reported it.
    type                      str                       [deprecated] What kind it is; use camptype.
    sophistication            meta:sophistication       How skillfully it was done.
    timeline                  meta:timeline             [new] What happened when.
    camptype                  ou:camptype               [hint=taxonomy] What kind of campaign it is.
    desc                      str                       [text] What was done.
    period                    ival                      From when to when it went on.
    cost                      econ:price                What it cost.
    budget                    econ:price                What it was meant to cost.
    currency                  econ:currency             The currency of the amounts.
    goal:revenue              econ:price                What it was meant to bring.
    result:revenue            econ:price                What it brought.
    goal:pop                  int                       How many people it was meant to reach.
    result:pop                int                       How many people it reached.
    team                      ou:team                   The team that carried it out.
    conflict                  ou:conflict               The conflict that it was part of.
    techniques                {ou:technique}            [deprecated] The techniques that were used; use a uses edge.
    tag                       syn:tag                   [new] The tag that marks what belongs to it.
    mitre:attack:campaign     it:mitre:attack:campaign  [new] The ATT&CK entry for it.
    ext:id                    str(strip)                [new] Its identifier in another system.

ou:conflict  guid  A conflict in which several take part.
    name          str(onespace)     The name of the conflict.
    started       time              When it began.
    ended         time              When it ended.
    timeline      meta:timeline     What happened when.

ou:contribution  guid  What somebody gave to a campaign.
    from                  ps:contact            Who gave.
    campaign              ou:campaign           The campaign.
    value                 econ:price            What it was worth.
    currency              econ:currency         The currency of the worth.
    time                  time                  When it was given.
    material:spec         mat:spec              The kind of things that were given.
    material:count        int                   How many things were given.
    monetary:payment      econ:acct:payment     The payment that was made.
    personnel:count       int                   How many people were sent.
    personnel:jobtitle    ou:jobtitle           The job that the people did.

ou:technique  guid  A way in which something is done.
    @columns name reporter:name tag
    name                      str(lower onespace)           The name of the technique.
    names                     {str(lower onespace)}         [new] Other names of the technique.
    type                      ou:technique:taxonomy         What kind of technique it is.
    sophistication            meta:sophistication           How much skill it takes.
    desc                      str                           [text] How it is done.
    tag                       syn:tag                       The tag that marks what belongs to it.
    mitre:attack:technique    it:mitre:attack:technique     The ATT&CK entry for it.
    reporter                  ou:org                        [new] The organization that reported it.
    reporter:name             ou:name                       [new] The name of the organization that reported it.
    ext:id                    str(strip)                    [new] Its identifier in another system.
    parent                    ou:technique                  [new] The technique that it is a case of.

ou:technique:taxonomy  taxonomy  Kinds of techniques.
    @is meta:taxonomy

ou:asset:type:taxonomy  taxonomy  [new] Kinds of assets.
    @is meta:taxonomy

ou:asset:status:taxonomy  taxonomy  [new] States of assets.
    @is meta:taxonomy

ou:asset  guid  [new] Something that an organization has to take care of.
    @columns id name org::name
    org                       ou:org                    The organization.
    id                        str(strip)                Its identifier in the organization.
    name                      str(lower onespace)       The name of the asset.
    period                    ival                      From when to when it was an asset.
    status                    ou:asset:status:taxonomy  The state that it is in.
    type                      ou:asset:type:taxonomy    What kind of asset it is.
    priority                  meta:priority             How important it is.
    priority:confidentiality  meta:priority             How important it is that nobody else sees it.
    priority:integrity        meta:priority             How important it is that nobody changes it.
    priority:availability     meta:priority             How important it is that it can be used.
    node                      ndef                      The node that it is.
    place                     geo:place                 Where it is.
    owner                     ps:contact                Who answers for it.
    operator                  ps:contact                Who runs it.

ou:enacted:status:taxonomy  taxonomy  [new] How far something is put into practice.
    @is meta:taxonomy

ou:enacted  guid  [new] An organization follows a policy, a standard or a requirement.
    @is proj:task
    @fill task=adoption task
    org           ou:org                                        The organization.
    doc           ndef(forms=doc:policy,doc:standard,doc:requirement)  What it follows.
    scope         ndef                                          Where it follows it.

ou:requirement:type:taxonomy  taxonomy  [new deprecated] Kinds of requirements.
    @is meta:taxonomy

ou:requirement  guid  [new deprecated] Something that has to be so.
    name          str(lower onespace)           The name of the requirement.
    type          ou:requirement:type:taxonomy  What kind of requirement it is.
    text          str                           [text] What has to be so.
    optional      bool                          Whether it may be left out.
    priority      meta:priority                 How important it is.
    goal          ou:goal                       The goal that it serves.
    active        bool                          Whether it counts now.
    issued        time                          When it was made.
    period        ival                          From when to when it counts.
    issuer        ps:contact                    Who made it.
    assignee      ps:contact                    Who has to see to it.
    deps          {ou:requirement}              The requirements that it rests on.
    deps:min      int(min=0)                    How many of those have to be met.
"""

EDGES = """
ou:campaign -(uses)> ou:technique  The campaign used the technique.
ou:campaign -(targets)> *          The campaign aimed at the node.
ou:campaign -(uses)> *             The campaign made use of the node.
ou:contribution -(includes)> *     The contribution contained the node.
ou:technique -(uses)> risk:vuln    [new] The technique makes use of the vulnerability.
"""
