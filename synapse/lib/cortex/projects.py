"""The auth gates of projects: each proj:project node has one, on which its creator is allowed ``project.admin``."""

from __future__ import annotations

import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus


class Projects(s_nexus.Pusher):
    """Makes and removes the gates, whose idens are the guids of the nodes.

    Args:
        cell: The Cortex.
    """

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:projects', nexsroot=cell.nexsroot, slab=cell.slab)
        self.auth = cell.auth

    async def ensure(self, iden: str, user: str) -> None:
        """Make the gate of a project if there is none; the user is who made the project."""
        # anybody may make a node whose guid is the iden of a view: the gate of that is left alone
        if self.auth.getAuthGate(iden) is None:
            await self._push('project:add', iden, user)

    async def remove(self, iden: str) -> None:
        """Remove the gate of a project, with all rules on it."""
        if self._has(iden):
            await self._push('project:del', iden)

    def _has(self, iden: str) -> bool:
        gate = self.auth.getAuthGate(iden)
        return gate is not None and gate.type == 'storm:project'

    @s_nexus.Pusher.onPush('project:add')
    def _on_add(self, iden: str, user: str) -> None:
        if self.auth.getAuthGate(iden) is not None:
            return
        self.auth.addAuthGate(iden, 'storm:project')
        if self.auth.user(user) is not None:
            self.auth.apply_info('user', user, 'rules', ((True, ('project', 'admin')),), gateiden=iden)

    @s_nexus.Pusher.onPush('project:del')
    def _on_del(self, iden: str) -> None:
        if self._has(iden):
            self.auth.delAuthGate(iden)
