"""Credentials and access."""

FORMS = """
auth:creds  guid
    email             inet:email
    user              inet:user
    phone             tel:phone
    passwd            inet:passwd
    passwdhash        it:auth:passwdhash
    account           it:account
    website           inet:url
    host              it:host
    wifi:ssid         inet:wifi:ssid
    web:acct          inet:web:acct         [deprecated]
    service:account   inet:service:account  [new]

auth:access  guid
    creds         auth:creds
    time          time
    success       bool
    person        ps:person
"""
