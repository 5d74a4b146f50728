"""Identifiers that governments and standards bodies give out."""

TYPES = """
iso:3166:cc       str(regex=^[a-z]{2}$ lower)
gov:intl:un:m49   int(min=1 max=999)
"""

FORMS = r"""
gov:cn:icp  int
    org           ou:org

gov:cn:mucd  int

gov:us:cage  str(lower)
    name0         ou:name
    name1         str(lower)
    street        str(lower)
    city          str(lower)
    state         str(lower)
    zip           gov:us:zip
    cc            pol:iso2
    country       str(lower)
    phone0        tel:phone
    phone1        tel:phone

gov:us:ssn  int

gov:us:zip  int

iso:oid  str(regex=^([0-2])((\.0)|(\.[1-9][0-9]*))*$)
    descr         str
    identifier    str
"""
