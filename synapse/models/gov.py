"""Identifiers that governments and standards bodies give out."""

TYPES = """
iso:3166:cc       str(regex=^[a-z]{2}$ lower)   A country code of two letters (ISO 3166).
gov:intl:un:m49   int(min=1 max=999)            A region by its UN M49 number.
"""

FORMS = r"""
gov:cn:icp  int  A license to run a web site in China.
    org           ou:org        The organization that has it.

gov:cn:mucd  int  The cover number of a unit of the Chinese army.

gov:us:cage  str(lower)  A CAGE code, which the US government gives to its suppliers.
    name0         ou:name       The name of the organization.
    name1         str(lower)    The rest of the name.
    street        str(lower)    The street and number.
    city          str(lower)    The city.
    state         str(lower)    The state.
    zip           gov:us:zip    The ZIP code.
    cc            pol:iso2      The code of the country.
    country       str(lower)    The country.
    phone0        tel:phone     The first phone number.
    phone1        tel:phone     The second phone number.

gov:us:ssn  int  A US social security number.

gov:us:zip  int  A US ZIP code.

iso:oid  str(regex=^([0-2])((\.0)|(\.[1-9][0-9]*))*$)  An ISO object identifier.
    descr         str           What it stands for.
    identifier    str           Its name.
"""
