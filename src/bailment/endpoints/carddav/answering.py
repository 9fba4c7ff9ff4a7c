"""From a request that is understood to its answer: what to disclose, and what of it goes out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.types import Receive

from bailment.endpoints.carddav.codec import Caller, encode_card, is_dpop, parse_accept, receipt_field
from bailment.endpoints.carddav.elements import MOST_BODY
from bailment.endpoints.carddav.multistatus import (
    all_gone,
    card_speller,
    multistatus,
    needs_state,
    not_there,
    of_collection,
    too_many,
)
from bailment.endpoints.carddav.names import d, element
from bailment.endpoints.carddav.places import BOOK, MEMBERS, Kind, Place
from bailment.endpoints.carddav.problems import (
    XML,
    challenge_response,
    described,
    error_response,
    refused_response,
    violated_response,
)
from bailment.endpoints.carddav.reports import Expand, Nobody, parse_report
from bailment.endpoints.carddav.rfc4918 import Wanted, parse_depth, parse_finite_depth, parse_propfind
from bailment.endpoints.carddav.rfc6352 import AddressData, Multiget, Query
from bailment.endpoints.carddav.rfc6578 import StaleToken, Sync, page_of, token_uri
from bailment.endpoints.credentials import Headers, Unauthenticated
from bailment.endpoints.wire import Response, read_body
from bailment.model.answers import Answer, Card, Cards, Refused, StaleSync, Unauthorized
from bailment.model.disclosure import Ask, Route
from bailment.people.card import plain_card

Disclose = Callable[[Ask], Awaitable[Answer]]
# Takes a token's stored form, the device's id and the time.
Known = Callable[[bytes, str, int], Awaitable[bool]]

# Up to here a body is read before anything is known about who sends it: a device's usual question fits.
_MOST_FROM_ANYBODY = 16 << 10
# A filter takes some microseconds a card.
_CARDS_A_TURN = 500


@dataclass(frozen=True, slots=True)
class Call:
    """One request by a caller whose credentials have been read."""

    disclose: Disclose
    known: Known
    origin: str
    headers: Headers
    receive: Receive
    caller: Caller

    @property
    def minimal(self) -> bool:
        """Whether the client wants nothing told of what is not there (RFC 8144, and Microsoft's `Brief`)."""
        prefer = self.headers.get(b"prefer").replace(" ", "").lower()
        return "return=minimal" in prefer or self.headers.get(b"brief").lower() == "t"

    async def check(self) -> None:
        """Check a password, where no disclosure will.

        Raises:
            Unauthenticated: it is not good.
        """
        caller = self.caller
        if caller.device_id and not await self.known(caller.token_hash, caller.device_id, caller.now):
            raise Unauthenticated("no such device, or its password has ended", where="Authorization")

    async def body(self) -> bytes:
        """Read the body; a large one only of who has a good password."""
        body = await read_body(self.receive, MOST_BODY)
        if len(body) > _MOST_FROM_ANYBODY:
            await self.check()
        return body

    def refusal(self, answer: Answer) -> Response:
        """Return the answer to who is shown no cards."""
        match answer:
            case Refused():
                return refused_response(answer)
            case StaleSync():
                return violated_response(StaleToken())
            case Unauthorized():
                return challenge_response(answer.reason, dpop=is_dpop(self.headers), proof=answer.proof)
        raise AssertionError("who asks for cards is answered with cards")


async def reading(call: Call, method: str, place: Place) -> Response:
    """Answer a method that reads."""
    if method == "PROPFIND":
        return await _propfind(call, place)
    if method == "REPORT":
        return await _report(call, place)
    return await _get(call, place)


async def _get(call: Call, place: Place) -> Response:
    form = parse_accept(call.headers.get(b"accept"))
    answer = await call.disclose(call.caller.ask(Route.SOME, form=form, friend_ids=(place.person_id,)))
    if not isinstance(answer, Cards):
        return call.refusal(answer)
    return (
        encode_card(answer.cards[0], form, call.headers, answer.receipt) if answer.cards else _absent(answer)
    )


def _absent(answer: Cards) -> Response:
    return error_response(404, described(b"absent", "there is nothing here"), receipt_field(answer.receipt))


async def _propfind(call: Call, place: Place) -> Response:
    depth = parse_finite_depth(call.headers.get(b"depth"))
    wanted = parse_propfind(await call.body(), minimal=call.minimal)
    if place.kind is Kind.CARD:
        return await _one(call, place, wanted)
    kinds = (place.kind, *(MEMBERS.get(place.kind, ()) if depth else ()))
    return await _collections(call, kinds, wanted, listing=place.kind is Kind.BOOK and depth == 1)


async def _one(call: Call, place: Place, wanted: Wanted, instead: dict[str, bytes] | None = None) -> Response:
    answer = await call.disclose(call.caller.ask(Route.SOME, friend_ids=(place.person_id,)))
    if not isinstance(answer, Cards):
        return call.refusal(answer)
    if not answer.cards:
        return _absent(answer)
    return _told(answer, map(card_speller(wanted, instead=instead), answer.cards))


async def _collections(
    call: Call,
    kinds: Iterable[Kind],
    wanted: Wanted,
    *,
    listing: bool = False,
    instead: dict[str, bytes] | None = None,
) -> Response:
    """Answer about collections, and where `listing` about all cards; a disclosure only where it has to be."""
    spell = partial(of_collection, wanted=wanted, instead=instead)
    if not listing and not (Kind.BOOK in kinds and needs_state(wanted)):
        await call.check()
        return multistatus(map(spell, kinds))
    answer = await call.disclose(call.caller.ask(Route.FRIENDS))
    if not isinstance(answer, Cards):
        return call.refusal(answer)
    parts = [spell(kind, state=token_uri(answer.sync)) for kind in kinds]
    if listing:
        parts += map(card_speller(wanted), answer.cards)
    return _told(answer, parts)


def _told(answer: Cards, parts: Iterable[bytes]) -> Response:
    return multistatus(parts, receipt_field(answer.receipt))


async def _report(call: Call, place: Place) -> Response:
    depth = call.headers.get(b"depth")
    report = parse_report(await call.body(), place.kind, depth, call.origin, minimal=call.minimal)
    if isinstance(report, Multiget):
        return await _multiget(call, place, report)
    if isinstance(report, Query):
        return await _query(call, place, report)
    if isinstance(report, Sync):
        return await _sync(call, report)
    if isinstance(report, Expand):
        if place.kind is Kind.CARD:
            return await _one(call, place, report.wanted, report.instead)
        return await _collections(call, (place.kind,), report.wanted, instead=report.instead)
    await call.check()
    return _nobody(report)


def _nobody(report: Nobody) -> Response:
    if not report.set:
        return multistatus(())
    content = element(d("principal-search-property-set")).replace(b"/>", b' xmlns:D="DAV:"/>')
    return Response(200, b'<?xml version="1.0" encoding="utf-8"?>\n' + content, [XML])


async def _multiget(call: Call, place: Place, report: Multiget) -> Response:
    hrefs = report.hrefs
    if place.kind is Kind.CARD:
        # What is asked of a card is answered about that card (section 8.7).
        hrefs = {href: person_id * (person_id == place.person_id) for href, person_id in hrefs.items()}
    ids = tuple(dict.fromkeys(person_id for person_id in hrefs.values() if person_id))
    if not ids:
        await call.check()
        return multistatus(map(not_there, hrefs))
    answer = await call.disclose(call.caller.ask(Route.SOME, form=report.data.form, friend_ids=ids))
    if not isinstance(answer, Cards):
        return call.refusal(answer)
    there = {card.person_id for card in answer.cards}
    missing = [not_there(href) for href, person_id in hrefs.items() if person_id not in there]
    return _told(answer, [*_spelled(report.wanted, report.data, answer.cards), *missing])


def _spelled(wanted: Wanted, data: AddressData, cards: Iterable[Card]) -> list[bytes]:
    spell = card_speller(wanted, data.opening)
    return [spell(card) for card in (cards if data.parts is None else map(data.cut, cards))]


async def _query(call: Call, place: Place, report: Query) -> Response:
    depth = parse_depth(call.headers.get(b"depth"), "1")
    ask = call.caller.ask(Route.FRIENDS, form=report.data.form)
    if place.kind is Kind.CARD:
        ask = call.caller.ask(Route.SOME, form=report.data.form, friend_ids=(place.person_id,))
    elif depth == "0":
        # The address book alone, which is no card.
        await call.check()
        return multistatus(())
    answer = await call.disclose(ask)
    if not isinstance(answer, Cards):
        return call.refusal(answer)
    found = await _found(answer.cards, report)
    parts = _spelled(report.wanted, report.data, found[: report.limit])
    # It does not count towards the limit, and some clients read no further than the limit.
    return _told(answer, [too_many(place.href), *parts] if len(found) > len(parts) else parts)


async def _found(cards: Sequence[Card], report: Query) -> list[Card]:
    """Return the cards that a filter finds; now and then whoever else waits has a turn."""
    found: list[Card] = []
    for start in range(0, len(cards), _CARDS_A_TURN):
        some = cards[start : start + _CARDS_A_TURN]
        found += [card for card in some if report.finds(plain_card(card.text))]
        await asyncio.sleep(0)
    return found


async def _sync(call: Call, report: Sync) -> Response:
    answer = await call.disclose(call.caller.ask(Route.FRIENDS, since=report.position.since))
    if not isinstance(answer, Cards):
        return call.refusal(answer)
    page = page_of(answer, report.position, report.limit)
    parts = [*map(card_speller(report.wanted), page.cards), *all_gone(page.gone)]
    if page.cut_off:
        parts.append(too_many(BOOK))
    parts.append(element(d("sync-token"), page.token.encode()) + b"\n")
    return _told(answer, parts)
