"""An object that a call returns *by reference*: the caller gets a handle on which it can make further calls.

The server keeps a Share in the session of the caller until either side ends it (spec: telepath.md 7). Subclass it, set
``typename``, and return an instance from an API method.
"""

from __future__ import annotations

import typing

import synapse.lib.base as s_base


class Share(s_base.Base):
    """Base class of dynamic shares (promise path ``synapse.lib.share.Share``).

    Attributes:
        typename: Name of the kind of share, sent to legacy clients.
        iden: Name within the session; set when it is returned from a call.
        link: The link on which it was made.
        item: What the subclass wants to keep.
    """

    typename: typing.ClassVar[str] = 'share'

    async def __anit__(self, link: typing.Any, item: typing.Any) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.link = link  # type: ignore[method-assign]
        self.item = item
        self.iden: str | None = None
