"""A small IMAP server over a real socket: one user, one mailbox, just enough of RFC 3501 for a client to be tested."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import typing


class Mailbox:
    """The server, and what it holds.

    Attributes:
        mails: UID -> message. flags: UID -> flags. lines: What clients said, without their tags.
        answers: Command -> the whole answer to it, in place of the real one; None hangs up. more: Capabilities.
    """

    def __init__(self, mails: dict[int, bytes], answers: dict[str, bytes | None] | None = None) -> None:
        self.mails = mails
        self.flags: dict[int, set[str]] = {uid: set() for uid in mails}
        self.lines: list[str] = []
        self.answers = answers or {}
        self.clients = 0
        self.more = ''

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it leaves."""
        self.clients += 1
        try:
            writer.write(b'* OK ready\r\n')
            while line := await reader.readline():
                tag, _, text = line.decode(errors='surrogateescape').rstrip().partition(' ')
                while text.endswith('}'):  # a literal: so many bytes follow
                    writer.write(b'+ go on\r\n')
                    size = int(text.rpartition('{')[2][:-1])
                    text += (await reader.readexactly(size)).decode() + (await reader.readline()).decode().rstrip()
                self.lines.append(text)
                if not self.reply(writer, tag, text):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.clients -= 1
            writer.close()

    def reply(self, writer: asyncio.StreamWriter, tag: str, text: str) -> bool:
        """Answer one command; False ends the talk."""
        words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', text)
        name = ' '.join(words[:2]) if words[0].upper() == 'UID' else words[0]
        name = name.upper()
        if name in self.answers:
            answer = self.answers[name]
            if answer is None:
                return False
            writer.write(answer.replace(b'TAG', tag.encode()))
            return True
        func: typing.Any = getattr(self, 'do_' + name.lower().replace(' ', '_'), None)
        lines, status = (None, 'BAD what') if func is None else func(*words[name.count(' ') + 1 :])
        for item in lines or ():
            writer.write(b'* ' + (item if isinstance(item, bytes) else item.encode()) + b'\r\n')
        writer.write(f'{tag} {status}\r\n'.encode())
        return name != 'LOGOUT'

    def do_authenticate(self, *how: str) -> typing.Any:
        return [], 'NO [AUTHENTICATIONFAILED] Invalid credentials'

    def do_capability(self) -> typing.Any:
        return [f'CAPABILITY IMAP4rev1 AUTH=PLAIN {self.more}'], 'OK done'

    def do_noop(self) -> typing.Any:
        return [], 'OK done'

    def do_logout(self) -> typing.Any:
        return ['BYE'], 'OK done'

    def do_login(self, user: str, passwd: str) -> typing.Any:
        good = (user.strip('"'), passwd.strip('"')) == ('visi', 'secret')
        return [], 'OK done' if good else 'NO [AUTHENTICATIONFAILED] Invalid credentials'

    def do_list(self, base: str, pattern: str) -> typing.Any:
        return ['LIST (\\HasNoChildren) "/" INBOX', 'LIST (\\HasNoChildren) "/" "Deleted Items"'], 'OK done'

    def do_select(self, name: str) -> typing.Any:
        if name.strip('"').upper() != 'INBOX':
            return [], f'NO no mailbox {name}'
        return [f'{len(self.mails)} EXISTS', 'FLAGS (\\Seen \\Deleted)', 'OK [UIDVALIDITY 1]'], 'OK [READ-WRITE] done'

    def _search(self, *words: str) -> typing.Any:
        if 'NEWP' in words:
            return [], 'BAD cannot search for NEWP'
        uids = [uid for uid in self.mails if 'UNSEEN' not in words or '\\Seen' not in self.flags[uid]]
        return ['SEARCH' + ''.join(f' {uid}' for uid in uids)], 'OK done'

    do_search = do_uid_search = _search

    def do_uid_fetch(self, uids: str, *what: str) -> typing.Any:
        rows = []
        for indx, uid in enumerate(self._uids(uids)):
            body = self.mails[uid]
            rows.append(f'{indx + 1} FETCH (UID {uid} RFC822 {{{len(body)}}}\r\n'.encode() + body + b')')
        return rows, 'OK done'

    def do_uid_store(self, uids: str, what: str, flags: str) -> typing.Any:
        found = self._uids(uids)
        for uid in found:
            self.flags[uid] |= set(flags.strip('()').split(' '))
        return [f'{uid} FETCH (UID {uid} FLAGS ({" ".join(sorted(self.flags[uid]))}))' for uid in found], 'OK done'

    def do_expunge(self) -> typing.Any:
        return self.do_uid_expunge('1:999')

    def do_uid_expunge(self, uids: str) -> typing.Any:
        gone = [uid for uid in self._uids(uids) if '\\Deleted' in self.flags[uid]]
        for uid in gone:
            del self.mails[uid]
        return [f'{uid} EXPUNGE' for uid in gone], 'OK done'

    def _uids(self, text: str) -> list[int]:
        wanted: set[int] = set()
        for part in text.split(','):
            low, _, high = part.partition(':')
            wanted |= set(range(int(low), int(high or low) + 1))
        return [uid for uid in self.mails if uid in wanted]


@contextlib.asynccontextmanager
async def serve(box: Mailbox, tls: ssl.SSLContext | None = None) -> typing.AsyncIterator[int]:
    """Serve a mailbox; gives the port."""
    server = await asyncio.start_server(box.talk, '127.0.0.1', 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
