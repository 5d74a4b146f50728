"""Names that scraping goes by: URL schemes, top level domains, directories."""

from __future__ import annotations

import functools

import publicsuffixlist

# Schemes of URLs: those registered with IANA that are letters and digits only, and a few that are not registered.
SCHEMES = frozenset(
    """
    aaa aaas about acap acct acd acr adiumxtra adt afp afs aim amss android appdata apt ar ark at attachment aw barion
    bb beshare bitcoin bitcoincash blob bluetooth bolo brid browserext cabal calculator callto cap cast casts chrome
    cid coap coaps content crid cstr cvs dab dat data dav dhttp diaspora dict did dis dns dntp doi dpp drm drop dtmi
    dtn dvb dvx dweb ed2k eid elsi embedded ens ethereum example facetime fax feed feedready fido file filesystem
    finger fish fm ftp geo gg git gitoid gizmoproject go gopher graph grd gtalk h323 ham hcap hcp http https hydrazone
    hyper iax icap icon ilstring im imap info iotdisco ipfs ipn ipns ipp ipps irc irc6 ircs iris isostore itms jabber
    jar jms keyparc lastfm lbry ldap ldaps leaptofrogans lid lorawan lpa lvlt magnet mailserver mailto maps market
    matrix message mid mms modem mongodb moz msnim msrp msrps mss mt mtqp mumble mupdate mvn mvrp mvrps news nfs ni
    nih nntp notes num ocf oid onenote opaquelocktoken openid openpgp4fpr otpauth p1 pack palm paparazzi payment payto
    pkcs11 platform pop pres prospero proxy psyc pttp pwid qb query redis rediss reload res resource rmi rsync rtmfp
    rtmp rtsp rtsps rtspu sarif secondlife service session sftp sgn shc shelter sieve simpleledger simplex sip sips
    skype smb smp sms smtp snews snmp soldat spiffe spotify ssb ssh starknet steam stun stuns submit svn swh swid
    swidpath tag taler teamspeak teapot tel teliaeid telnet tftp things thismessage thzp tip tn3270 tool turn turns tv
    udp unreal upt urn ut2004 vemmi ventrilo ves videotex vnc vscode vsls w3 wais wcr web3 webcal wifi wpid ws wss
    wtai wyciwyg xcon xfire xftp xmpp xrcp xri ymsgr

    aha ftps mysql postgresql slack socks4 socks4a socks5 socks5h tcp unk webpack
    """.split()
)
SCHEME_MAX = max(map(len, SCHEMES))

# Top level domains that are in use, but not in the root zone.
EXTRA_TLDS = frozenset({'bit', 'onion', 'bazar'})

# The first directory of absolute paths that are meant as such.
POSIX_ROOTS = (
    'bin boot cdrom dev etc home lib lib64 lib32 libx32 media mnt opt proc root run sbin srv sys tmp usr var'.split()
)

# File names that are devices on Windows. Compared as they are written: in lower case they are found in many texts.
WINDOWS_DEVICES = frozenset(
    ['CON', 'PRN', 'AUX', 'NUL', *(f'{name}{numb}' for name in ('COM', 'LPT') for numb in range(10))]
)


@functools.cache
def _suffixes() -> publicsuffixlist.PublicSuffixList:
    return publicsuffixlist.PublicSuffixList(accept_unknown=False, only_icann=True)


@functools.lru_cache(maxsize=4096)
def is_tld(label: str) -> bool:
    """Is this lower-case ASCII text (``com``, ``xn--p1ai``) a top level domain?"""
    return label in EXTRA_TLDS or _suffixes().publicsuffix(f'x.{label}') is not None
