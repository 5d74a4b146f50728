"""Every common kind of indicator comes in from a CSV file, with no warning and nothing lost."""

from __future__ import annotations

import collections
import csv
import json
import pathlib

import synapse.tools.csvtool as s_csvtool
from tests.tools.conftest import Run

ROWS = pathlib.Path(__file__).parent / 'indicators.csv'

# A comma in a value parts the fields of a form that has several.
SCRIPT = """
for ($form, $valu, $prop, $propv) in $rows {
    $valu = $valu.strip()
    if ($lib.model.type($form).opts.fields) { $valu = $valu.split(",", maxsplit=1) }
    [ *$form=$valu .seen=(2020, 2021) +#feed.osint=2020 ]
    if $prop { [ :$prop=$propv ] }
}
"""


def test_common_indicators(run: Run, tmp_path: pathlib.Path) -> None:
    (tmp_path / 'load.storm').write_text(SCRIPT)
    log = tmp_path / 'log.jsonl'
    args = ('-t', '--logfile', str(log), '--csv-header', str(tmp_path / 'load.storm'), str(ROWS))
    with ROWS.open() as file:
        rows = list(csv.DictReader(file))
    assert run(s_csvtool.main, *args) == (0, [f'{len(rows)} nodes.'])
    mesgs = [json.loads(line) for line in log.read_text().splitlines()]
    assert not [mesg for mesg in mesgs if mesg[0] in ('warn', 'err')]
    nodes = [mesg[1] for mesg in mesgs if mesg[0] == 'node']
    assert collections.Counter(node[0][0] for node in nodes) == collections.Counter(row['form'] for row in rows)
    for row, node in zip(rows, nodes, strict=True):
        assert not row['prop'] or row['prop'] in node[1]['props'], row
        assert node[1]['tags']['feed.osint'] != [None, None] and '.seen' in node[1]['props']
