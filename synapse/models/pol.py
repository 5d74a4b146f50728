"""Countries, elections, immigration."""

TYPES = """
pol:iso2      str(regex=^[a-z0-9]{2}$ lower)
pol:iso3      str(regex=^[a-z0-9]{3}$ lower)
pol:isonum    int
"""

FORMS = """
pol:country  guid
    flag          file:bytes
    iso2          pol:iso2
    iso3          pol:iso3
    isonum        pol:isonum
    pop           int               [deprecated]
    tld           inet:fqdn
    name          geo:name          [alts=names]
    names         {geo:name}
    government    ou:org            [new]
    place         geo:place
    founded       time
    dissolved     time
    vitals        pol:vitals
    currencies    {econ:currency}   [new]

pol:immigration:status:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

pol:immigration:status  guid  [new]
    contact       ps:contact
    country       pol:country
    type          pol:immigration:status:type:taxonomy
    state         str(enums=requested,active,rejected,revoked,renounced)
    began         time
    ended         time

pol:vitals  guid
    country           pol:country
    asof              time
    area              geo:area
    population        int
    currency          econ:currency
    econ:currency     econ:currency
    econ:gdp          econ:price

pol:election  guid
    name          str(onespace lower)
    time          time

pol:race  guid
    election      pol:election
    office        pol:office
    voters        int
    turnout       int

pol:office  guid
    title         ou:jobtitle
    position      ou:position
    termlimit     int
    govbody       ou:org

pol:term  guid
    office        pol:office
    start         time
    end           time
    race          pol:race
    contact       ps:contact
    party         ou:org

pol:candidate  guid
    id            str(strip)    [new]
    votes         int           [new]
    contact       ps:contact
    race          pol:race
    campaign      ou:campaign
    winner        bool
    party         ou:org
    incumbent     bool

pol:pollingplace  guid
    election      pol:election
    name          geo:name
    place         geo:place
    opens         time
    closes        time
    opened        time
    closed        time
"""
