"""Proving one entry against the published checkpoint: the content of a `.tlog-proof` file."""

from bailment.answers.ports import Published
from bailment.ledger import tree
from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.note import parse_note
from bailment.ledger.proof import Proof
from bailment.ledger.tiles import WIDTH, HashReader, TileName, read_bundle
from bailment.model.errors import Conflict


def prove_entry(published: Published, index: int) -> tuple[Proof, bytes]:
    """Return the inclusion proof of an entry under the published checkpoint, and the entry's bytes.

    Raises:
        Conflict: the published ledger does not reach that far.
        Unavailable: a file of the ledger is missing.
        Tampered: a file of the ledger is damaged.
    """
    checkpoint = published.read("checkpoint")
    size = parse_checkpoint(parse_note(checkpoint).text).size
    if not 0 <= index < size:
        raise Conflict(f"the published ledger has entries 0 to {size - 1}")
    hashes = tree.prove_inclusion(HashReader(published, size), index, size)
    bundle, place = divmod(index, WIDTH)
    entries = read_bundle(published, TileName(None, bundle, min(WIDTH, size - bundle * WIDTH)))
    return Proof(index, tuple(hashes), checkpoint), entries[place]
