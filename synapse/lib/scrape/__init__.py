"""Scraping: find indicators in running text, also where they were defanged (``hxxp://foo[.]com``). spec: types.md 6

Three ideas:

- *Patterns propose, checks decide.* A finder is a pattern that runs once over the text and a check that a pattern
  cannot make: a known top level domain, a registered scheme, a port in range, the checksum of a coin address. What the
  data model has to say about a value comes last, in ``normed``.
- *Linear.* Every pattern starts only where a run of its characters starts and never gives characters back (possessive
  quantifiers, bounds), so that no text costs more than its length. A property test holds all finders to it.
- *Refang first, remember where.* Defanged spellings are replaced once, before anything is looked for; each hit is shown
  with the text and the offset that it had in the original.

Domains of knowledge come from libraries where there are good ones: top level domains from the public suffix list
(``publicsuffixlist``), the Keccak hash from ``pycryptodome``.

Read in this order: ``refang`` (defanged spellings, offsets), ``net`` (URLs, addresses, names), ``paths``, ``codes``
(hashes, CVE, CPE), ``coins`` (cryptocurrency addresses), ``tables`` (names), ``scraper`` (all of it together).
"""

import synapse.lib.scrape.scraper as s_scraper

Hit = s_scraper.Hit
FORMS = s_scraper.FORMS
scrape = s_scraper.scrape
parts = s_scraper.parts
first = s_scraper.first
normed = s_scraper.normed
matches = s_scraper.matches
