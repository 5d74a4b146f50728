"""``$lib.inet.imap``: reading a mailbox (spec: storm-runtime.md 20).

The client library blocks, so each call is made in a thread, one after the other on a connection; its timeout bounds
how long that thread is held. A connection is closed with its query.
"""

from __future__ import annotations

import asyncio
import re
import typing

import imapclient
import imapclient.exceptions

import synapse.exc as s_exc
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.services.axon as s_libaxon
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Runtime = s_runtime.Runtime
Retn = tuple[bool, Any]
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.inet.imap', 'Mailboxes.')
s_registry.typedoc(
    'inet:imap:server', 'A connection to a mailbox. Its methods return (true, value) and raise ImapError.'
)
_UIDS = re.compile(r'[0-9*]+(:[0-9*]+)?(,[0-9*]+(:[0-9*]+)?)*')
_CONTROL = re.compile(r'[\x00-\x1f\x7f]')
_WRAPPED = re.compile(r'^(command: \w+ => |\w+ failed: )?(\[[A-Z-]+\] )?')
_STATES = {'LOGIN': ('NONAUTH',), 'SELECT': ('AUTH', 'SELECTED'), 'LIST': ('AUTH', 'SELECTED'), 'UID': ('SELECTED',)}


class ImapServer(s_coerce.StormObj):
    """A connection."""

    storm_name = 'inet:imap:server'

    def __init__(self, client: imapclient.IMAPClient) -> None:
        self.client = client
        self.state = 'NONAUTH'  # as RFC 3501 has them
        self.lock = asyncio.Lock()

    def storm_repr(self) -> str:
        return f'inet:imap:server: {self.client.host}'

    async def ask(self, rt: Runtime, command: str, func: typing.Callable[..., Any], *args: Any) -> Any:
        """Call a function of the client in a thread. Raises: ImapError, TimeOut."""
        if self.state not in _STATES[command]:
            mesg = f'{command} not allowed in the {self.state} state.'
            raise s_exc.ImapError(mesg=mesg, state=self.state, command=command)
        await rt.out.publish()
        async with self.lock:
            return await _threaded('Timed out waiting for IMAP server response.', func, *args)

    def close(self) -> None:
        """Leave, or at least hang up."""
        try:
            self.client.logout()
        except (imapclient.exceptions.IMAPClientError, OSError, ValueError):
            self.client.shutdown()


async def _threaded(late: str, func: typing.Callable[..., Any], *args: Any) -> Any:
    try:
        return await asyncio.to_thread(func, *args)
    except TimeoutError as e:
        raise s_exc.TimeOut(mesg=late) from e
    except (imapclient.exceptions.IMAPClientError, OSError, ValueError, LookupError) as e:
        raise s_exc.ImapError(mesg=_mesg(e), status=False) from e


def _mesg(e: Exception) -> str:
    """Return what the server said, without what the layers of the client wrapped around it."""
    text = str(e)
    found = re.search(r"""b(['"])(.*)\1""", text)
    return _WRAPPED.sub('', found[2] if found else text)


def _plain(what: str, text: str) -> str:
    """Return text that cannot end the line it is sent in. Raises: BadArg."""
    if _CONTROL.search(text):
        raise s_exc.BadArg(mesg=f'{what} must not have control characters.', name=what)
    return text


def _uids(text: str) -> str:
    if _UIDS.fullmatch(text) is None:
        raise s_exc.ImapError(mesg=f'Not a set of UIDs: {text}', status=False)
    return text


@lib('$lib.inet.imap.connect', readonly=False)
async def imap_connect(
    rt: Runtime, host: str, port: int = 993, timeout: int = 30, ssl: bool = True, ssl_verify: bool = True
) -> ImapServer:
    """Connect to an IMAP server. Raises: AuthDeny, ImapError, TimeOut."""
    rt.confirm(('storm', 'inet', 'imap', 'connect'))
    await rt.out.publish()
    ctx = s_outbound.tls_context(rt.query.core.cortex.conf.get('tls:ca:dir'), ssl_verify, None) if ssl else None

    def connect() -> imapclient.IMAPClient:
        limits = imapclient.SocketTimeout(connect=timeout, read=timeout)
        return imapclient.IMAPClient(host, port, ssl=ssl, ssl_context=ctx, timeout=limits)

    if not 0 <= port < 65536:
        raise s_exc.ImapError(mesg='The port must be 0-65535.', status=False)
    server = ImapServer(await _threaded('Timed out waiting for IMAP server hello.', connect))

    async def close() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(server.close)

    rt.query.spawn(close())
    return server


@method('inet:imap:server', 'login', readonly=False)
async def server_login(rt: Runtime, obj: ImapServer, user: str, passwd: str) -> Retn:
    """Tell who we are. Raises: ImapError, TimeOut, BadArg."""
    user, passwd = _plain('user', user), _plain('passwd', passwd)
    if user.isascii() and passwd.isascii():
        quoted = user.replace('\\', '\\\\').replace('"', '\\"')
        await obj.ask(rt, 'LOGIN', obj.client.login, f'"{quoted}"', passwd)
    else:
        await obj.ask(rt, 'LOGIN', obj.client.plain_login, user, passwd)  # LOGIN knows only ASCII
    obj.state = 'AUTH'
    return (True, None)


@method('inet:imap:server', 'list', readonly=False)
async def server_list(rt: Runtime, obj: ImapServer, reference_name: str = '""', pattern: str = '*') -> Retn:
    """Return (true, names) of mailboxes. Raises: ImapError, TimeOut, BadArg."""
    base = _plain('reference_name', '' if reference_name == '""' else reference_name)
    found = await obj.ask(rt, 'LIST', obj.client.list_folders, base, _plain('pattern', pattern))
    return (True, [s_coerce.tostr(name) for _, _, name in found])


@method('inet:imap:server', 'select', readonly=False)
async def server_select(rt: Runtime, obj: ImapServer, mailbox: str = 'INBOX') -> Retn:
    """Open a mailbox. Raises: ImapError, TimeOut, BadArg."""
    await obj.ask(rt, 'SELECT', obj.client.select_folder, _plain('mailbox', mailbox))
    obj.state = 'SELECTED'
    return (True, None)


@method('inet:imap:server', 'search', readonly=False)
async def server_search(rt: Runtime, obj: ImapServer, *args: str, charset: Any = 'utf-8') -> Retn:
    """Return (true, UIDs) of the mails that fit the words of an IMAP SEARCH. Raises: ImapError, TimeOut, BadArg."""
    words = [_plain('args', word) for word in args] or ['ALL']
    found = await obj.ask(rt, 'UID', obj.client.search, words, None if charset is None else s_coerce.tostr(charset))
    return (True, [str(uid) for uid in found])


@method('inet:imap:server', 'fetch', readonly=False)
async def server_fetch(rt: Runtime, obj: ImapServer, uid: int) -> Any:
    """Store a mail in the Axon and return its file:bytes, or (false, text) if there is none.

    Raises: ImapError, TimeOut, AuthDeny.
    """
    rt.confirm_edit('node', 'add', 'file:bytes')
    found = await obj.ask(rt, 'UID', obj.client.fetch, str(uid), ['RFC822'])
    mail = found.get(uid, {}).get(b'RFC822')
    if mail is None:
        return (False, f'No data received from fetch request for uid {uid}.')
    return await store_file(rt, mail, 'message/rfc822')


async def store_file(rt: Runtime, byts: bytes, mime: str) -> s_view.Node:
    """Store bytes in the Axon and return the file:bytes node for them. Raises: AuthDeny."""
    axon = await rt.query.core.cortex.getAxon()
    info = await axon.hashset((await axon.put(byts))[1])
    mark = rt.editor.mark()
    node = s_libaxon.add_node(rt, 'file:bytes', f'sha256:{info["sha256"]}', {'size': len(byts), 'mime': mime, **info})
    rt.edited(mark)
    return node


@method('inet:imap:server', 'markSeen', readonly=False)
async def server_mark_seen(rt: Runtime, obj: ImapServer, uid_set: str) -> Retn:
    """Mark mails, such as 1,3:5, as seen. Raises: ImapError, TimeOut."""
    await obj.ask(rt, 'UID', obj.client.add_flags, _uids(uid_set), ['\\Seen'], True)
    return (True, None)


@method('inet:imap:server', 'delete', readonly=False)
async def server_delete(rt: Runtime, obj: ImapServer, uid_set: str) -> Retn:
    """Delete mails, such as 1,3:5. Raises: ImapError, TimeOut."""

    def delete(uids: str) -> None:
        obj.client.add_flags(uids, ['\\Deleted'], True)
        if obj.client.has_capability('UIDPLUS'):
            obj.client.uid_expunge(uids)
        else:
            obj.client.expunge()

    await obj.ask(rt, 'UID', delete, _uids(uid_set))
    return (True, None)
