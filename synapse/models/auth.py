"""Credentials and access."""

FORMS = """
auth:creds  guid  What somebody needs to get access to something.
    email             inet:email            The e-mail address to log in with.
    user              inet:user             The user name to log in with.
    phone             tel:phone             The phone number to log in with.
    passwd            inet:passwd           The password to log in with.
    passwdhash        it:auth:passwdhash    The hash of the password.
    account           it:account            The account that is logged in to.
    website           inet:url              The web site that is logged in to.
    host              it:host               The host that is logged in to.
    wifi:ssid         inet:wifi:ssid        The wireless network that is joined.
    web:acct          inet:web:acct         [deprecated] The web account that is logged in to.
    service:account   inet:service:account  [new] The service account that is logged in to.

auth:access  guid  One use of credentials.
    creds         auth:creds    The credentials.
    time          time          When they were used.
    success       bool          Whether they let the user in.
    person        ps:person     Who used them.
"""
