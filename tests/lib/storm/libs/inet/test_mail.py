"""``$lib.inet.imap`` and ``$lib.inet.smtp`` against servers on real sockets, with and without TLS."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import ssl
import typing

import aiosmtpd.smtp
import pytest
import trustme

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.libs.inet.mailbox as t_mailbox
import tests.waiting as t_waiting

Opts = dict[str, typing.Any]
MAILS = {1: b'From: a@b.c\r\nSubject: hi\r\n\r\nbody one\r\n', 2: b'From: a@b.c\r\n\r\ntwo \xff\r\n', 7: b'\r\n'}
CONNECT = '$s = $lib.inet.imap.connect("127.0.0.1", port=$port, ssl=$tls, ssl_verify=$check, timeout=(5))'
OPEN = f'{CONNECT} $s.login(visi, secret) $s.select()'


def server_tls() -> tuple[trustme.CA, ssl.SSLContext]:
    ca, ctx = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert('127.0.0.1').configure_cert(ctx)
    return ca, ctx


def given(port: int, tls: bool = False, check: bool = True) -> Opts:
    return {'vars': {'port': port, 'tls': tls, 'check': check}}


@contextlib.asynccontextmanager
async def mailbox(
    dirn: pathlib.Path, answers: dict[str, bytes | None] | None = None
) -> typing.AsyncIterator[tuple[s_cortex.Cortex, t_mailbox.Mailbox, Opts]]:
    """Run a Cortex and a mailbox without TLS; gives both, and options for queries that use it."""
    box = t_mailbox.Mailbox(dict(MAILS), answers)
    async with t_mailbox.serve(box) as port, t_serving.cortex(dirn) as core:
        yield core, box, given(port)


async def fails(core: s_cortex.Cortex, text: str, opts: Opts) -> s_exc.SynErr:
    with pytest.raises(s_exc.SynErr) as err:
        await core.callStorm(text, opts)
    return err.value


# IMAP


async def test_reading_a_mailbox(tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, box, opts):
        text = f"""{CONNECT} return(([
            $s.login(visi, secret), $s.list(), $s.select(), $s.search(UNSEEN), $s.markSeen("1:2"), $s.search(UNSEEN),
            $s.delete("2,7"), $s.search(), $lib.vars.type($s)]))"""
        retn = await core.callStorm(text, opts)
        done = (True, None)
        seen = (True, ('1', '2', '7')), done, (True, ('7',))
        assert retn == (
            (done, (True, ('INBOX', 'Deleted Items')), done, *seen, done, (True, ('1',)), 'inet:imap:server')
        )
        assert list(box.mails) == [1]


async def test_deleting_leaves_what_others_marked(tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, box, opts):
        box.flags[7].add('\\Deleted')
        box.more = 'UIDPLUS'
        assert await core.callStorm(f'{OPEN} return($s.delete("1"))', opts) == (True, None)
        assert list(box.mails) == [2, 7]
        box.more = ''
        assert await core.callStorm(f'{OPEN} return($s.delete("2"))', opts) == (True, None)
        assert list(box.mails) == []


async def test_fetch_makes_files(tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, _, opts):
        nodes = [node async for node in core.nodes(f'{OPEN} yield $s.fetch("1") yield $s.fetch((2))', opts)]
        nodes.sort(key=lambda node: -node.get('size'))
        assert [node.get('size') for node in nodes] == [len(MAILS[1]), len(MAILS[2])]
        assert {node.get('mime') for node in nodes} == {'message/rfc822'}
        for node, uid in zip(nodes, (1, 2), strict=True):
            assert node.valu == f'sha256:{node.get("sha256")}' and node.get('md5') and node.get('sha1')
            text = 'return($lib.axon.read($sha256))'
            assert await core.callStorm(text, {'vars': {'sha256': node.get('sha256')}}) == MAILS[uid]
        retn = await core.callStorm(f'{OPEN} return($s.fetch(77))', opts)
        assert retn == (False, 'No data received from fetch request for uid 77.')
        assert (await fails(core, f'{OPEN} $s.fetch(newp)', opts)).errname == 'BadCast'


async def test_words_of_a_search(tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, box, opts):
        text = f"""{OPEN} $s.search(FROM, foo, SUBJECT, "bar baz") $s.search(FROM, foo, charset=$lib.null)
            $s.search(FROM, "fü") $s.search((5)) $s.select("a\\"b c")"""
        assert (await fails(core, text, opts)).get('mesg') == 'no mailbox "a\\"b c"'
        assert [line for line in box.lines if 'SEARCH' in line] == [
            'UID SEARCH CHARSET utf-8 FROM foo SUBJECT "bar baz"',
            'UID SEARCH FROM foo',
            'UID SEARCH CHARSET utf-8 FROM {3}fü',
            'UID SEARCH CHARSET utf-8 5',
        ]


@pytest.mark.parametrize(
    ('text', 'name', 'mesg'),
    [
        ('$s.login(visi, newp)', 'ImapError', 'Invalid credentials'),
        ('$s.login("vüsi", newp)', 'ImapError', 'Invalid credentials'),
        ('$s.login("visi\\r\\nA1 LOGOUT", secret)', 'BadArg', 'user must not have control characters.'),
        ('$s.list()', 'ImapError', 'LIST not allowed in the NONAUTH state.'),
        ('$s.login(visi, secret) $s.search()', 'ImapError', 'UID not allowed in the AUTH state.'),
        ('$s.login(visi, secret) $s.login(visi, secret)', 'ImapError', 'LOGIN not allowed in the AUTH state.'),
        ('$s.login(visi, secret) $s.select(newp)', 'ImapError', 'no mailbox "newp"'),
        ('$s.login(visi, secret) $s.select("a\\nb")', 'BadArg', 'mailbox must not have control characters.'),
        ('$s.login(visi, secret) $s.select() $s.search(NEWP)', 'ImapError', 'cannot search for NEWP'),
        (
            '$s.login(visi, secret) $s.select() $s.search("a\\r\\nb")',
            'BadArg',
            'args must not have control characters.',
        ),
        ('$s.login(visi, secret) $s.select() $s.search(a, charset=newp)', 'ImapError', 'unknown encoding: newp'),
        ('$s.login(visi, secret) $s.select() $s.delete("1 2")', 'ImapError', 'Not a set of UIDs: 1 2'),
        ('$s.login(visi, secret) $s.select() $s.markSeen("")', 'ImapError', 'Not a set of UIDs: '),
    ],
)
async def test_imap_refusals(text: str, name: str, mesg: str, tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, _, opts):
        err = await fails(core, f'{CONNECT} {text}', opts)
        assert (err.errname, err.get('mesg')) == (name, mesg)


async def test_servers_that_misbehave(tmp_path: pathlib.Path) -> None:
    answers = {'UID FETCH': None, 'UID SEARCH': b'what?\r\nTAG OK\r\n', 'LIST': b'TAG NO nope\r\n'}
    async with mailbox(tmp_path / 'core', answers) as (core, _, opts):
        assert (await fails(core, f'{OPEN} $s.list()', opts)).get('mesg') == 'nope'
        for text in ('$s.search()', '$s.fetch(1)', 'try { $s.fetch(1) } catch * as e {} $s.select()'):
            assert (await fails(core, f'{OPEN} {text}', opts)).errname == 'ImapError'


async def test_a_connection_ends_with_its_query(tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, box, opts):
        await core.callStorm(OPEN, opts)
        await fails(core, f'{OPEN} $lib.raise(Foo, bar)', opts)
        await t_waiting.until(lambda: not box.clients)
        assert box.lines.count('LOGOUT') == 2


async def test_imap_over_tls(tmp_path: pathlib.Path) -> None:
    ca, ctx = server_tls()
    (tmp_path / 'cas').mkdir()
    ca.cert_pem.write_to_path(str(tmp_path / 'cas' / 'ca.pem'))
    box = t_mailbox.Mailbox(dict(MAILS))
    async with t_mailbox.serve(box, ctx) as port:
        async with t_serving.cortex(tmp_path / 'core') as core:
            err = await fails(core, CONNECT, given(port, tls=True))
            assert err.errname == 'ImapError' and 'CERTIFICATE_VERIFY_FAILED' in err.get('mesg')
            assert await core.callStorm(f'{OPEN} return($s.search())', given(port, True, False)) == (
                (True, ('1', '2', '7'))
            )
        async with t_serving.cortex(tmp_path / 'core2', **{'tls:ca:dir': str(tmp_path / 'cas')}) as core:
            assert (await core.callStorm(f'{OPEN} return($s.search())', given(port, tls=True)))[0] is True


async def test_imap_servers_that_are_not_there(tmp_path: pathlib.Path) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with t_serving.cortex(tmp_path / 'core') as core, await asyncio.start_server(mute, '127.0.0.1', 0) as server:
        port = server.sockets[0].getsockname()[1]
        text = '$lib.inet.imap.connect("127.0.0.1", port=$port, ssl=$lib.false, timeout=(1))'
        err = await fails(core, text, given(port))
        assert (err.errname, err.get('mesg')) == ('TimeOut', 'Timed out waiting for IMAP server hello.')
        for port in (1, 99999, -1):
            assert (await fails(core, text, given(port))).errname == 'ImapError'
        assert (await fails(core, '$lib.inet.imap.connect(localhost, port=newp)', {})).errname == 'BadCast'


async def test_who_may_use_mail(tmp_path: pathlib.Path) -> None:
    async with mailbox(tmp_path / 'core') as (core, _, opts):
        low = await core.auth.addUser('low')
        opts['user'] = low.iden
        assert (await fails(core, CONNECT, opts)).get('perm') == 'storm.inet.imap.connect'
        text = '$m = $lib.inet.smtp.message() $m.send("127.0.0.1", port=$port)'
        assert (await fails(core, text, opts)).get('perm') == 'storm.inet.smtp.send'
        await low.setRules([(True, ('storm', 'inet'))])
        assert (await fails(core, f'{OPEN} $s.fetch(1)', opts)).get('perm') == 'node.add.file:bytes'
        assert (await core.callStorm(f'{OPEN} return($s.search())', opts))[0] is True
        for text in (CONNECT, '$lib.inet.smtp.message()'):
            assert (await fails(core, text, {**opts, 'readonly': True})).errname == 'IsReadOnly'


# SMTP


class Inbox:
    """What an SMTP server was sent."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], str, bool, str | None]] = []

    async def handle_RCPT(
        self, server: typing.Any, session: typing.Any, envelope: typing.Any, address: str, options: typing.Any
    ) -> str:
        if 'newp' in address:
            return '550 no such user'
        envelope.rcpt_tos.append(address)
        return '250 ok'

    async def handle_DATA(self, server: typing.Any, session: typing.Any, envelope: typing.Any) -> str:
        who = session.auth_data.decode() if session.auth_data else None
        text = envelope.content.decode()
        tls = server.transport.get_extra_info('sslcontext') is not None
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, text, tls, who))
        return '250 ok'


def check(server: typing.Any, session: typing.Any, envelope: typing.Any, mechanism: str, data: typing.Any) -> object:
    good = (data.login, data.password) == (b'visi', b'secret')
    return aiosmtpd.smtp.AuthResult(success=good, handled=False, auth_data=data.login)


@contextlib.asynccontextmanager
async def smtp(tls: ssl.SSLContext | None = None, **opts: typing.Any) -> typing.AsyncIterator[tuple[Inbox, int]]:
    """Run an SMTP server; gives what it gets, and the port."""
    inbox, loop = Inbox(), asyncio.get_running_loop()
    opts = {'authenticator': check, 'auth_require_tls': False, 'enable_SMTPUTF8': True, 'hostname': 'test', **opts}
    server = await loop.create_server(lambda: aiosmtpd.smtp.SMTP(inbox, **opts), '127.0.0.1', 0, ssl=tls)
    try:
        yield inbox, server.sockets[0].getsockname()[1]
    finally:
        server.close()


WRITE = """$m = $lib.inet.smtp.message() $m.sender="visi@vertex.link" $m.recipients.append("foo@bar.com")
    $m.headers.Subject="hü" $m.text=hello """
SEND = 'return($m.send("127.0.0.1", port=$port))'


async def test_sending(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, smtp() as (inbox, port):
        opts = given(port)
        assert await core.callStorm(f'{WRITE} $m.html="<b>hellö</b>" $m.recipients.append(5) {SEND}', opts) == (
            True,
            {},
        )
        sender, recipients, text, tls, who = inbox.mails.pop()
        assert (sender, recipients, tls, who) == ('visi@vertex.link', ['foo@bar.com', '5'], False, None)
        for part in ('Subject: =?utf-8?', 'From: visi@vertex.link', 'Date: ', 'multipart/alternative', 'text/html'):
            assert part in text
        assert 'hello' in text and 'foo@bar.com' not in text  # who gets it is not told
        text = f'{WRITE} $m.headers.from="Foo <foo@bar.com>" $m.headers.To=x@y.z $m.text=$lib.null $m.html=hi {SEND}'
        assert await core.callStorm(text, opts) == (True, {})
        text = inbox.mails.pop()[2]
        assert 'from: Foo <foo@bar.com>' in text and 'To: x@y.z' in text and 'From:' not in text
        assert await core.callStorm(f'{WRITE} $m.recipients.append(newp@a.b) {SEND}', opts) == (True, {})


@pytest.mark.parametrize(
    ('text', 'err', 'mesg'),
    [
        ('$m.text=$lib.undef', 'StormRuntimeError', 'The inet:smtp:message has no HTML or text body.'),
        ('$m.sender=$lib.null', 'ValueError', 'No From header provided in message'),
        ('$m.recipients.pop()', 'ValueError', 'No recipient headers provided in message'),
        ('$m.recipients.pop() $m.recipients.append(newp@a.b)', 'SMTPRecipientsRefused', 'no such user'),
        ('$m.headers.X="a\\r\\nBcc: z@z.z"', 'ValueError', 'Header values may not contain'),
        ('$m.headers."X:\\r\\nBcc"="z@z.z"', 'BadArg', 'Not a name of a header'),
        ('$m.headers."X Y"=z', 'BadArg', 'Not a name of a header'),
        ('$m.headers.""=z', 'BadArg', 'Not a name of a header'),
        ('$m.sender="a@b.c\\r\\nBcc: z@z.z"', 'ValueError', 'Header values may not contain'),
        ('return($m.send("127.0.0.1", port=newp))', 'BadCast', 'newp'),
        ('return($m.send("127.0.0.1", port=99999))', 'BadArg', 'The port must be 0-65535.'),
        ('return($m.send("127.0.0.1", port=1))', 'SMTPConnectError', 'Error connecting to 127.0.0.1 on port 1'),
        ('return($m.send("127.0.0.1", port=$port, user=visi, passwd=newp))', 'SMTPAuthenticationError', '535'),
        ('return($m.send("127.0.0.1", port=$port, starttls=$lib.true))', 'SMTPException', 'STARTTLS'),
        ('return($m.send("127.0.0.1", port=$port, usetls=$lib.true))', 'SMTPConnectError', 'WRONG_VERSION_NUMBER'),
        ('return($m.send(a, usetls=$lib.true, starttls=$lib.true))', 'BadArg', 'are mutually exclusive arguments.'),
    ],
)
async def test_what_cannot_be_sent(text: str, err: str, mesg: str, tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, smtp() as (inbox, port):
        ok, info = await core.callStorm(f'{WRITE} {text} {SEND}', given(port))
        assert (ok, info['err']) == (False, err) and mesg in info['errmsg'] and {'errfile', 'errline'} <= info.keys()
        assert ('errinfo' in info) is (err in ('StormRuntimeError', 'BadCast', 'BadArg'))
        assert inbox.mails == []


async def test_smtp_with_users_and_tls(tmp_path: pathlib.Path) -> None:
    _, ctx = server_tls()
    async with t_serving.cortex(tmp_path / 'core') as core:
        async with smtp() as (inbox, port):
            text = f'{WRITE} return($m.send("127.0.0.1", port=$port, user=visi, passwd=secret))'
            assert await core.callStorm(text, given(port)) == (True, {})
            assert inbox.mails[0][3:] == (False, 'visi')
        for how, server in (
            ('usetls', smtp(ctx)),
            ('starttls', smtp(tls_context=ctx, require_starttls=True, auth_require_tls=True)),
        ):
            async with server as (inbox, port):
                text = f'{WRITE} return($m.send("127.0.0.1", port=$port, {how}=$lib.true, ssl_verify=$check))'
                ok, info = await core.callStorm(text, given(port))
                assert not ok and 'CERTIFICATE_VERIFY_FAILED' in info['errmsg']
                assert await core.callStorm(text, given(port, check=False)) == (True, {})
                assert [mail[3] for mail in inbox.mails] == [True]


async def test_the_message_as_an_object(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        text = '$m = $lib.inet.smtp.message() $m.text=(5) return(([$lib.vars.type($m), $m.text, $m.html, $m.headers]))'
        assert await core.callStorm(text) == ('inet:smtp:message', '5', None, {})
        for name in ('headers', 'recipients', 'newp'):
            err = await fails(core, f'$m = $lib.inet.smtp.message() $m.{name} = foo', {})
            assert err.errname == 'NoSuchName'
        assert (await fails(core, 'return($lib.inet.smtp.message())', {})).errname == 'NoSuchType'
