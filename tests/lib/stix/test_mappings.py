"""The mappings that we start with: each is accepted by its own check, and is a copy that users may change."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.stix.exporting as s_exporting
import synapse.lib.stix.importing as s_importing
import synapse.lib.stix.objects as s_objects
import synapse.lib.storm.grammar as s_grammar
import synapse.models as s_models


def test_export_mapping_is_for_forms_that_exist() -> None:
    model = s_models.load()
    s_exporting.check(s_exporting.default(), lambda form: model.form(form) is not None)
    for info in s_exporting.default()['forms'].values():
        for mapping in info['stix'].values():
            texts = [
                *mapping['props'].values(),
                *(rel[2] for kind in ('rels', 'revs') for rel in mapping.get(kind, ())),
            ]
            assert all(s_grammar.parse_query(text) for text in texts)


def test_import_mapping_has_its_own_shape() -> None:
    config = s_importing.default()
    assert s_importing.check_config(config) == config
    for item in (config['bundle'], *config['objects'].values(), *config['relationships']):
        assert s_grammar.parse_query(item['storm'])
    assert set(config['objects']) <= s_objects.TYPES


@pytest.mark.parametrize('default', [s_exporting.default, s_importing.default])
def test_users_get_copies(default: typing.Callable[[], dict[str, typing.Any]]) -> None:
    def spoil(item: typing.Any) -> None:
        for valu in item.values() if isinstance(item, dict) else item:
            if isinstance(valu, (dict, list)):
                spoil(valu)
        item.clear()

    before = default()
    spoil(default())
    assert default() == before


def test_relationships_have_an_identifier_of_their_ends() -> None:
    one, two = (s_objects.node_object('identity', ('ou:org', valu))['id'] for valu in ('a' * 32, 'b' * 32))
    ids = {s_objects.relationship(*ends)['id'] for ends in ((one, 'uses', two), (two, 'uses', one), (one, 'uses', two))}
    assert len(ids) == 2


@pytest.mark.parametrize('tick', [-(2**63), 2**63 - 1, 253402300800000])
def test_no_timestamp_beyond_the_calendar(tick: int) -> None:
    with pytest.raises(s_exc.BadArg):
        s_objects.timestamp(tick)
