"""Redirect URIs of apps for Mastodon: which can be registered. Which fits is told by `oauth.redirects.fits`.

Apps of this protocol use short schemes of their own (`mastodon-android-auth://callback`), which have no owner
as reversed domains have. So the rule here is wider than for partners' clients, and says which are refused:
every scheme that a browser, or the system behind it, handles by itself.
"""

import re

from bailment.oauth.redirects import can_be_registered

# Shown on a page, to be copied.
OOB = "urn:ietf:wg:oauth:2.0:oob"
MOST_URIS = 16
_OWN = re.compile(r"([a-z][a-z0-9+.-]{1,63}):[\x21-\x7e]{1,512}")
_TRICKS = re.compile(r"[#*\\@\"'<>`{}|^]|(?:^|/)(?:\.|%2e){1,2}(?:/|\?|$)", re.IGNORECASE)
_HANDLED = re.compile(
    r"https?|wss?|s?ftp|ftps|file|filesystem|blob|data|javascript|vbscript|livescript|mocha|about|view-source|"
    r"resource|jar|chrome.*|.*-extension|extension|edge|brave|opera|vivaldi|moz-.*|safari.*|x-safari.*|"
    r"mailto|tel|telnet|callto|facetime.*|sms.*|mms.*|sip|sips|ssh|smb|cifs|nfs|afp|dav|davs|webdav.*|ldap|ldaps|"
    r"rtsp|news|nntp|gopher|irc|ircs|magnet|urn|cid|mid|feed|pcast|geo|maps|market|itms.*|android-app|"
    r"intent|content|settings|app-settings|prefs|app-prefs|shortcuts|workflow|x-apple.*|apple.*|"
    r"ms-.*|search-ms|search|shell|hcp|help|vnd\..*|steam|bitcoin|web\+.*|wyciwyg|res|its|mk|mhtml|"
    r"x-web-search|microsoft.*|windows.*|bluetooth|openid.*|otpauth.*|fido|webcal|addbook|calshow"
)


def can_be_apps(uri: str) -> bool:
    """Tell whether an app can register `uri`: OOB, https, loopback, or a scheme of the app's own."""
    if uri == OOB or can_be_registered(uri):
        return True
    match = _OWN.fullmatch(uri)
    return match is not None and not _HANDLED.fullmatch(match[1]) and not _TRICKS.search(uri)


def leads_to(uri: str) -> str:
    """Say in a word where a redirect URI leads, for the person who is asked: a host, or a scheme."""
    if uri == OOB:
        return ""
    scheme, _, rest = uri.partition(":")
    host = rest.removeprefix("//").partition("/")[0].partition("?")[0]
    return host if scheme in ("http", "https") else f"{scheme}:"
