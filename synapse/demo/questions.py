"""Three questions worth asking, each as one line of Storm that can be pasted into the prompt."""

from __future__ import annotations

import typing


class Question(typing.NamedTuple):
    """What is asked, and how."""

    text: str
    storm: str


# A subquery in braces looks aside and leaves the pipeline as it was: so the group walks to its own techniques first,
# and then on to its software and what that can do. TA0006 is the tactic "Credential Access".
CREDENTIALS = (
    'it:mitre:attack:group:name=apt29'
    ' { -(uses)> it:mitre:attack:technique +:tactics*[=TA0006]'
    ' $lib.print(`{$node.value()} {:name}: by itself`) }'
    ' -(uses)> it:mitre:attack:software $soft=:name'
    ' -(uses)> it:mitre:attack:technique +:tactics*[=TA0006]'
    ' $lib.print(`{$node.value()} {:name}: through {$soft}`) | spin'
)

QUESTIONS = (
    Question('How does APT29 get at credentials: by itself, and through which software?', CREDENTIALS),
    Question(
        'Which groups use Mimikatz?',
        'it:mitre:attack:software:name=mimikatz <(uses)- it:mitre:attack:group'
        ' $lib.print(`{$node.value()} {:name}`) | spin',
    ),
    Question(
        'What can be done against phishing (T1566)?',
        'it:mitre:attack:technique=T1566 <(mitigates)- it:mitre:attack:mitigation',
    ),
)
