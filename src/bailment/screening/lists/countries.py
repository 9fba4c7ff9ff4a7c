"""Names of countries, as lists print them, to ISO 3166-1 alpha-2 codes.

The table holds every code of ISO 3166-1 and, because registers use it, XK for Kosovo, which is not in the
standard. Places that are no country in it have no code: "Region: Kafia Kingi", "undetermined", and the
Netherlands Antilles, which ended in 2010 and left three successors.
"""

import functools
import unicodedata

# A line a country: the code, its short name, and other spellings that lists use.
_TABLE = """
AD|Andorra
AE|United Arab Emirates|UAE|U.A.E.
AF|Afghanistan
AG|Antigua and Barbuda
AI|Anguilla
AL|Albania
AM|Armenia
AO|Angola
AQ|Antarctica
AR|Argentina
AS|American Samoa
AT|Austria
AU|Australia
AW|Aruba
AX|Aland Islands
AZ|Azerbaijan
BA|Bosnia and Herzegovina|Bosnia-Herzegovina|Bosnia
BB|Barbados
BD|Bangladesh
BE|Belgium
BF|Burkina Faso
BG|Bulgaria
BH|Bahrain
BI|Burundi
BJ|Benin
BL|Saint Barthelemy
BM|Bermuda
BN|Brunei|Brunei Darussalam
BO|Bolivia|Bolivia, Plurinational State of|Plurinational State of Bolivia
BQ|Bonaire, Sint Eustatius and Saba|Caribbean Netherlands
BR|Brazil
BS|Bahamas|Bahamas, The
BT|Bhutan
BV|Bouvet Island
BW|Botswana
BY|Belarus
BZ|Belize
CA|Canada
CC|Cocos (Keeling) Islands
CD|Congo, Democratic Republic of the|Democratic Republic of the Congo|Congo (Kinshasa)|DR Congo|Zaire
CF|Central African Republic
CG|Congo|Congo, Republic of the|Republic of the Congo|Congo (Brazzaville)
CH|Switzerland
CI|Cote d'Ivoire|Cote d Ivoire|Ivory Coast
CK|Cook Islands
CL|Chile
CM|Cameroon
CN|China|People's Republic of China|China, People's Republic of|PRC|P.R. China|Mainland China
CO|Colombia
CR|Costa Rica
CU|Cuba
CV|Cabo Verde|Cape Verde
CW|Curacao
CX|Christmas Island
CY|Cyprus
CZ|Czechia|Czech Republic
DE|Germany
DJ|Djibouti
DK|Denmark
DM|Dominica
DO|Dominican Republic
DZ|Algeria
EC|Ecuador
EE|Estonia
EG|Egypt
EH|Western Sahara
ER|Eritrea
ES|Spain
ET|Ethiopia
FI|Finland
FJ|Fiji
FK|Falkland Islands|Falkland Islands (Malvinas)
FM|Micronesia|Micronesia, Federated States of|Federated States of Micronesia
FO|Faroe Islands
FR|France
GA|Gabon
GB|United Kingdom|UK|Great Britain|United Kingdom of Great Britain and Northern Ireland|England
GD|Grenada
GE|Georgia
GF|French Guiana
GG|Guernsey
GH|Ghana
GI|Gibraltar
GL|Greenland
GM|Gambia|Gambia, The
GN|Guinea
GP|Guadeloupe
GQ|Equatorial Guinea
GR|Greece
GS|South Georgia and the South Sandwich Islands
GT|Guatemala
GU|Guam
GW|Guinea-Bissau
GY|Guyana
HK|Hong Kong|Hong Kong SAR|Hong Kong, China
HM|Heard Island and McDonald Islands
HN|Honduras
HR|Croatia
HT|Haiti
HU|Hungary
ID|Indonesia
IE|Ireland
IL|Israel
IM|Isle of Man|Man, Isle of
IN|India
IO|British Indian Ocean Territory
IQ|Iraq
IR|Iran|Iran, Islamic Republic of|Islamic Republic of Iran
IS|Iceland
IT|Italy
JE|Jersey
JM|Jamaica
JO|Jordan
JP|Japan
KE|Kenya
KG|Kyrgyzstan|Kyrgyz Republic
KH|Cambodia
KI|Kiribati
KM|Comoros
KN|Saint Kitts and Nevis|St. Kitts and Nevis
KP|Korea, North|North Korea|Democratic People's Republic of Korea|Korea, Democratic People's Republic of|DPRK
KR|Korea, South|South Korea|Republic of Korea|Korea, Republic of|Korea
KW|Kuwait
KY|Cayman Islands
KZ|Kazakhstan
LA|Laos|Lao People's Democratic Republic|Lao PDR
LB|Lebanon
LC|Saint Lucia|St. Lucia
LI|Liechtenstein
LK|Sri Lanka
LR|Liberia
LS|Lesotho
LT|Lithuania
LU|Luxembourg
LV|Latvia
LY|Libya|Libyan Arab Jamahiriya
MA|Morocco
MC|Monaco
MD|Moldova|Moldova, Republic of|Republic of Moldova
ME|Montenegro
MF|Saint Martin (French part)|Saint Martin
MG|Madagascar
MH|Marshall Islands
MK|North Macedonia|North Macedonia, The Republic of|Republic of North Macedonia|Macedonia
ML|Mali
MM|Burma|Myanmar|Burma (Myanmar)
MN|Mongolia
MO|Macau|Macao|Macau SAR|Macao SAR
MP|Northern Mariana Islands
MQ|Martinique
MR|Mauritania
MS|Montserrat
MT|Malta
MU|Mauritius
MV|Maldives
MW|Malawi
MX|Mexico
MY|Malaysia
MZ|Mozambique
NA|Namibia
NC|New Caledonia
NE|Niger
NF|Norfolk Island
NG|Nigeria
NI|Nicaragua
NL|Netherlands|Holland|Netherlands, Kingdom of the
NO|Norway
NP|Nepal
NR|Nauru
NU|Niue
NZ|New Zealand
OM|Oman
PA|Panama
PE|Peru
PF|French Polynesia
PG|Papua New Guinea
PH|Philippines
PK|Pakistan
PL|Poland
PM|Saint Pierre and Miquelon
PN|Pitcairn
PR|Puerto Rico
PS|Palestine|Palestine, State of|Palestinian|West Bank|Gaza|Region: Gaza|Region: West Bank
PT|Portugal
PW|Palau
PY|Paraguay
QA|Qatar
RE|Reunion
RO|Romania
RS|Serbia
RU|Russia|Russian Federation
RW|Rwanda
SA|Saudi Arabia
SB|Solomon Islands
SC|Seychelles
SD|Sudan
SE|Sweden
SG|Singapore
SH|Saint Helena, Ascension and Tristan da Cunha|Saint Helena
SI|Slovenia
SJ|Svalbard and Jan Mayen
SK|Slovakia|Slovak Republic
SL|Sierra Leone
SM|San Marino
SN|Senegal
SO|Somalia
SR|Suriname
SS|South Sudan
ST|Sao Tome and Principe
SV|El Salvador
SX|Sint Maarten (Dutch part)|Sint Maarten
SY|Syria|Syrian Arab Republic
SZ|Eswatini|Swaziland
TC|Turks and Caicos Islands
TD|Chad
TF|French Southern Territories
TG|Togo
TH|Thailand
TJ|Tajikistan
TK|Tokelau
TL|Timor-Leste|East Timor
TM|Turkmenistan
TN|Tunisia
TO|Tonga
TR|Turkey|Turkiye
TT|Trinidad and Tobago
TV|Tuvalu
TW|Taiwan|Taiwan, Province of China|Chinese Taipei
TZ|Tanzania|Tanzania, United Republic of|United Republic of Tanzania
UA|Ukraine
UG|Uganda
UM|United States Minor Outlying Islands
US|United States|United States of America|USA|U.S.A.|U.S.
UY|Uruguay
UZ|Uzbekistan
VA|Holy See|Vatican City|Vatican City State
VC|Saint Vincent and the Grenadines|St. Vincent and the Grenadines
VE|Venezuela|Venezuela, Bolivarian Republic of|Bolivarian Republic of Venezuela
VG|Virgin Islands, British|British Virgin Islands|Virgin Islands (British)
VI|Virgin Islands, U.S.|US Virgin Islands|U.S. Virgin Islands|Virgin Islands (U.S.)
VN|Vietnam|Viet Nam
VU|Vanuatu
WF|Wallis and Futuna
WS|Samoa
XK|Kosovo
YE|Yemen
YT|Mayotte
ZA|South Africa
ZM|Zambia
ZW|Zimbabwe
"""


def _key(name: str) -> str:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)
    )
    words = "".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split()
    return " ".join(word for word in words if word != "the")


def _spellings() -> dict[str, str]:
    lines = [line.split("|") for line in _TABLE.split("\n") if line]
    return {_key(spelling): line[0] for line in lines for spelling in line}


_CODES = _spellings()


@functools.lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code, in capitals, of a name or code; "" where there is none."""
    return _CODES.get(_key(name), "")
