"""``$lib.inet.smtp``: sending mail (spec: storm-runtime.md 20). What goes wrong is an answer, not an error."""

from __future__ import annotations

import asyncio
import email.message
import email.utils
import logging
import re
import traceback
import typing

import aiosmtplib

import synapse.exc as s_exc
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Info = dict[str, Any]
Runtime = s_runtime.Runtime
logger = logging.getLogger(__name__)
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.inet.smtp', 'Sending mail.')
s_registry.typedoc('inet:smtp:message', 'A mail that is being written.')
_NAME = re.compile(r'[!-9;-~]+')  # RFC 5322, 3.6.8
_TEXTS = ('sender', 'text', 'html')


class SmtpMessage(s_coerce.StormObj):
    """A mail."""

    storm_name = 'inet:smtp:message'

    def __init__(self) -> None:
        self.sender: str | None = None
        self.text: str | None = None
        self.html: str | None = None
        self.headers: Info = {}
        self.recipients: list[Any] = []

    def storm_repr(self) -> str:
        return f'inet:smtp:message: {s_coerce.text(self.headers)}'

    def render(self) -> email.message.EmailMessage:
        """Return the mail as it is sent. Raises: StormRuntimeError, BadArg, ValueError."""
        if not self.text and not self.html:
            raise s_exc.StormRuntimeError(mesg='The inet:smtp:message has no HTML or text body.')
        mesg = email.message.EmailMessage()
        given = {s_coerce.tostr(name): s_coerce.tostr(valu) for name, valu in self.headers.items()}
        if self.sender and 'from' not in (name.lower() for name in given):
            given['From'] = self.sender
        if 'date' not in (name.lower() for name in given):
            given['Date'] = email.utils.format_datetime(email.utils.localtime())
        for name, valu in given.items():
            if _NAME.fullmatch(name) is None:
                raise s_exc.BadArg(mesg=f'Not a name of a header: {name!r}', name=name)
            mesg[name] = valu
        if self.text:
            mesg.set_content(self.text)
        if self.html and self.text:
            mesg.add_alternative(self.html, subtype='html')
        elif self.html:
            mesg.set_content(self.html, subtype='html')
        return mesg


@lib('$lib.inet.smtp.message', readonly=False)
def smtp_message(rt: Runtime) -> SmtpMessage:
    """Return a new mail."""
    return SmtpMessage()


s_registry.facts(
    'inet:smtp:message',
    getattr,
    {
        'sender': 'The address of the sender; can be assigned.',
        'text': 'The body as text; can be assigned.',
        'html': 'The body as HTML; can be assigned.',
        'headers': 'The headers, a dict. Without a From header, the sender is in it.',
        'recipients': 'The addresses to which it is sent, a list.',
    },
)


@s_registry.setter('inet:smtp:message')
def message_set(rt: Runtime, obj: SmtpMessage, name: Any, valu: Any) -> None:
    """Set sender, text or html; null takes it away."""
    name = s_coerce.tostr(name)
    if name not in _TEXTS:
        raise s_exc.NoSuchName(mesg=f'Setting {name} is not supported on inet:smtp:message.', name=name)
    setattr(obj, name, None if valu is None or valu is s_coerce.undef else s_coerce.tostr(valu))


class _How(typing.NamedTuple):
    host: str
    port: int
    user: str | None
    passwd: str | None
    usetls: bool
    starttls: bool
    timeout: int
    ssl_verify: bool


async def _send(rt: Runtime, obj: SmtpMessage, how: _How) -> None:
    mesg = obj.render()
    if how.usetls and how.starttls:
        raise s_exc.BadArg(mesg='usetls and starttls are mutually exclusive arguments.')
    if not 0 <= how.port < 65536:
        raise s_exc.BadArg(mesg='The port must be 0-65535.', port=how.port)
    ctx = None
    if how.usetls or how.starttls:
        ctx = s_outbound.tls_context(rt.query.core.cortex.conf.get('tls:ca:dir'), how.ssl_verify, None)
    async with asyncio.timeout(how.timeout):
        await aiosmtplib.send(
            mesg,
            sender=obj.sender,
            recipients=[s_coerce.tostr(addr) for addr in obj.recipients],
            hostname=how.host,
            port=how.port,
            username=how.user,
            password=how.passwd,
            use_tls=how.usetls,
            start_tls=how.starttls,  # never by itself: who says nothing gets plain text, as documented
            tls_context=ctx,
            timeout=how.timeout,
        )


def _told(e: Exception) -> Info:
    frame = traceback.extract_tb(e.__traceback__)[-1]
    name = e.errname if isinstance(e, s_exc.SynErr) else type(e).__name__
    info: Info = {'err': name, 'errmsg': str(e), 'errfile': frame.filename, 'errline': frame.lineno}
    return {**info, 'errinfo': e.items()} if isinstance(e, s_exc.SynErr) else info


@method('inet:smtp:message', 'send', readonly=False)
async def message_send(
    rt: Runtime,
    obj: SmtpMessage,
    host: str,
    port: Any = 25,
    user: Any = None,
    passwd: Any = None,
    usetls: bool = False,
    starttls: bool = False,
    timeout: Any = 60,
    ssl_verify: bool = True,
) -> tuple[bool, Info]:
    """Send the mail; returns (true, {}), or (false, info) of what went wrong.

    With ``usetls`` the connection begins with TLS, with ``starttls`` it is upgraded. Raises: AuthDeny.
    """
    rt.confirm(('storm', 'inet', 'smtp', 'send'))
    await rt.out.publish()
    try:
        user, passwd = (None if valu is None else s_coerce.tostr(valu) for valu in (user, passwd))
        port, timeout = s_coerce.toint(port), s_coerce.toint(timeout)
        await _send(rt, obj, _How(host, port, user, passwd, usetls, starttls, timeout, ssl_verify))
    except Exception as e:
        logger.debug('a mail was not sent', exc_info=e)
        return (False, _told(e))
    return (True, {})
