"""The bridge: apps for Mastodon register themselves and log in unchanged, beside the flow of everybody else.

What such an app can do is bear a secret. So the bridge is weaker than the flow for partners' own clients
(pushed requests, `private_key_jwt`, DPoP), and is kept apart from it. The argument, after RFC 9700:

1. *Two kinds of client, told by their row.* An app's row has the method `APP_METHOD`, which nothing but
   `apps.register` writes. `rfc7523` knows no such method, so an app can neither push a request, refresh,
   start the device grant, introspect, nor manage a registration; and no ticket gives the method
   (`rfc7591.parse_client`), so no other client passes `apps.authenticate` or `authorize.begin`. Neither flow
   can be had by asking for the other.
2. *What comes here was refused before.* A request is the bridge's only where the first flow has no use for
   it: at `/oauth/authorize` one without `request_uri`, elsewhere one with a `client_secret`. Nothing that the
   first flow takes is looked at differently.
3. *Somebody answers for every app.* It is a client of the one integration that two operators have opened,
   in the public register; its grants name the build that was opened; it is taken only while the agreement
   takes secrets. Its token is a secret in the kernel's sense and never counts as bound. All of this is asked
   anew at every step, and by the kernel at every read.
4. *The redirect URI* is compared character by character, but for the port of a loopback address (section
   4.1.3). Because anybody can register an app, no error is ever sent to a redirect URI: the browser leaves
   only after a person has answered (section 4.11.2: no open redirect), and schemes that a browser or system
   handles itself cannot be registered.
5. *The code* is bound to client and redirect URI, good once and for a minute (five where it is copied by
   hand), and a second use ends what it gave (section 4.5). PKCE is asked for wherever a challenge was sent,
   with S256 alone; a verifier where none was sent is refused, for then somebody took the challenge away
   (section 4.8). `state` is echoed, and `iss` says who answered (RFC 9207).
6. *The scope* of a request is within what the app registered, and becomes authorization details that the
   person ticks item by item: what a scope would have opened and the person did not tick is in no mask.
7. *Registering costs little and lasts little*: so many apps an hour in all, and one that nobody has used goes
   after a day.

What stays weaker: who copies a token or an app's secret has it; a code that is shown to be copied can be
asked of a person by a swindler, whom the page warns of; an app's name is what it says of itself, and the page
says so.
"""
