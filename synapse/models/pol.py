"""Countries, elections, immigration."""

TYPES = """
pol:iso2      str(regex=^[a-z0-9]{2}$ lower)    A country code of two letters (ISO 3166). Ex: us
pol:iso3      str(regex=^[a-z0-9]{3}$ lower)    A country code of three letters (ISO 3166). Ex: usa
pol:isonum    int                               A country code number (ISO 3166). Ex: 840
"""

FORMS = """
pol:country  guid  A country.
    flag          file:bytes        The flag.
    iso2          pol:iso2          The code of two letters.
    iso3          pol:iso3          The code of three letters.
    isonum        pol:isonum        The code number.
    pop           int               [deprecated] The number of people; use vitals.
    tld           inet:fqdn         The top level domain.
    name          geo:name          [alts=names] The name of the country.
    names         {geo:name}        Other names of the country.
    government    ou:org            [new] The government.
    place         geo:place         Where it is.
    founded       time              When it was founded.
    dissolved     time              When it ceased to exist.
    vitals        pol:vitals        Its latest numbers.
    currencies    {econ:currency}   [new] The currencies that are used.

pol:immigration:status:type:taxonomy  taxonomy  [new] Kinds of immigration status.
    @is meta:taxonomy

pol:immigration:status  guid  [new] What a country allows somebody from abroad.
    contact       ps:contact                                    Who it is about.
    country       pol:country                                   The country.
    type          pol:immigration:status:type:taxonomy          What kind of status it is. Ex: citizen.naturalized
    state         str(enums=requested,active,rejected,revoked,renounced)  How far it has come.
    began         time                                          From when.
    ended         time                                          Until when.

pol:vitals  guid  Numbers of a country at a time.
    country           pol:country       The country.
    asof              time              When the numbers were true.
    area              geo:area          The area.
    population        int               The number of people.
    currency          econ:currency     The national currency.
    econ:currency     econ:currency     The currency of the amounts.
    econ:gdp          econ:price        The gross domestic product.

pol:election  guid  An election.
    name          str(onespace lower)   The name of the election. Ex: 2022 united states senate election
    time          time                  When it was held.

pol:race  guid  The choice between candidates for an office.
    election      pol:election  The election.
    office        pol:office    The office.
    voters        int           How many people might vote.
    turnout       int           How many people voted.

pol:office  guid  An office that people are elected to.
    title         ou:jobtitle   The title of who holds it. Ex: senator
    position      ou:position   The position in the government.
    termlimit     int           How many terms one may serve.
    govbody       ou:org        The part of the government.

pol:term  guid  Somebody held an office for a time.
    office        pol:office    The office.
    start         time          From when.
    end           time          Until when.
    race          pol:race      The race that was won.
    contact       ps:contact    Who held it.
    party         ou:org        The party of who held it.

pol:candidate  guid  Somebody ran for an office.
    id            str(strip)    [new] The identifier that the authorities gave.
    votes         int           [new] How many votes the candidate got.
    contact       ps:contact    Who ran.
    race          pol:race      The race.
    campaign      ou:campaign   The campaign to be elected.
    winner        bool          Whether the candidate won.
    party         ou:org        The party of the candidate.
    incumbent     bool          Whether the candidate held the office before.

pol:pollingplace  guid  A place where people vote.
    election      pol:election  The election.
    name          geo:name      The name of the place.
    place         geo:place     The place.
    opens         time          When it is to open.
    closes        time          When it is to close.
    opened        time          When it opened.
    closed        time          When it closed.
"""
