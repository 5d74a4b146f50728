"""ATT&CK is loaded without a warning: neither in the log of the Cortex, nor for a user who edits what was loaded."""

from __future__ import annotations

import logging
import pathlib

import pytest

import synapse.demo.attack as s_attack
import synapse.demo.stix as s_stix
import tests.lib.cortex.serving as t_serving


async def test_no_warning(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, t_serving.proxy(core) as prox:
        caplog.clear()
        await s_attack.load(prox)
        assert await core.count('it:mitre:attack:technique') == 835
        assert [rec.getMessage() for rec in caplog.records if rec.levelno >= logging.WARNING] == []
        nodes = list(s_stix.nodes(s_stix.Knowledge()))
        used = {f'{form}:{name}' for (form, _), info in nodes for name in info.get('props', ())}
        assert [form for (form, _), _ in nodes if core.model.reqForm(form).deprecated] == []
        assert [full for full in used if core.model.reqProp(full).deprecated] == []
