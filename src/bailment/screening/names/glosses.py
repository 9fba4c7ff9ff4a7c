"""Generic words of business names: one concept a line, then the words that say it.

A concept is what two names are compared by, so "Tech", "Technologies" and "技术" agree. Words of Han names
stand in `han_words`, those of Cyrillic and Arabic names in `cyrillic_words` and `arabic_words`; each of them
names concepts of this table or of `lexicon`, which has more of them in all scripts at once. A word belongs
here when it says what a company does or is and not which one it is. Words that say next to nothing (group,
holding, international) are `FILLERS`: they weigh less, and a missing one does not count against a match.
"""

from bailment.screening.names.lexicon import LATIN as LEXICON
from bailment.screening.names.tables import listed

_FILLERS = """
group: group grp groupe gruppe grupo gruppo gruppa groups jituan
holding: holding holdings hldg hldgs holdco
international: international intl int internacional internationale internazionale global worldwide world
enterprise: enterprise enterprises entreprise entreprises empresa empresas entrp predpriyatie
general: general main
national: national federal natl nacional nationale nazionale state
concern: concern kontsern konzern
association: association assn assoc assotsiatsiya union unions
organisation: organisation establishment organization org organisations organizations
united: united
new: new
branch: branch filial representative office headquarters
limited: partners partnership
com: com net www
autonomous: autonomous
trust: trust fund funds series
business: business businesses
park: park parks zone
high: high
products: product products goods articles
china-adjective: prc
services: service services srvc srvcs srvces svc svcs servicios servis
solutions: solutions solution
private: private public
region: area areas regional district province provincial city municipal municipality prefecture county
jsc-words: joint stock shareholding incorporated
"""

_GENERIC = """
academy: academy academies
advertising: advertising media publicity
aerospace: aerospace spacecraft space astronautics astronautic kosmicheskie
agriculture: agriculture agricultural agri agro farming agrotech
aircraft: aircraft airplane aeroplane planes samolet
airlines: air airlines airline airways avialinii
aluminium: aluminium aluminum
appliance: appliance appliances
architecture: architecture architectural design designs designer
asset: asset assets
automation: automation automatic automated automatics
automobile: automobile automobiles automotive auto motor motors vehicle vehicles cars avto
aviation: aviation avia aero aeronautical aeronautics aeronautic aviatsiya
bank: bank banks banque banco banka banking bk bankas banca
battery: battery batteries accumulator
biological: biological biology biotech biotechnology bio biotechnologies biotec
biopharmaceutical: biopharmaceutical biopharmaceuticals biopharma biomedical
brewery: brewery breweries brewing beer
broadcasting: broadcasting television tv radio
building-materials: buildingmaterials
bureau: bureau okb tskb skb kb cdb
capital: capital
cement: cement
centre: centre center centr tsentr centro zentrum
ceramics: ceramics ceramic
charitable: charitable charity charities
chemical: chemical chemicals chemistry chem khim himiya petrochem
clothing: clothing garment garments apparel fashion
cloud: cloud
coal: coal
commercial: commercial commerce merchandise
communication: communication communications comm comms communic
computer: computer computers computing computation
construction: construction constructions constr construct stroy building
consulting: consulting consultancy consultants advisory consultant
contracting: contracting contractors contractor
control: control controls
copper: copper
cosmetics: cosmetics cosmetic beauty
credit: credit
culture: culture cultural
data: data bigdata
defence: defence defense
department: department dept
development: development dev developments devel
device: device devices terminal terminals
digital: digital
display: display displays monitor monitors
distribution: distribution distributors distributor sales
drone: drone drones uav unmanned
economic: economic economical economy
education: education educational training school
electric-power: electricpower
electric: electric electrical electricals electricity
electronics: electronics electronic elec electr electron elektronik elektronika electrotechnology
electronic-commerce: ecommerce
elevator: elevator elevators lift
energy: energy energies energetika
engine: engine engines turbine turbines
engineering: engineering engg eng engineers engineer inzhiniring ingenieria
entertainment: entertainment games game gaming
environment: environment environmental ecological ecology
equipment: equipment equip equipments apparatus
exchange: exchange
export: export exports
film: film films pictures
finance: finance financing financial fin finances finans
fishery: fishery fisheries fishing aquatic seafood
food: food foods foodstuff foodstuffs
forestry: forestry timber wood
foundation: foundation fond fondation
furniture: furniture
gas: gas
geological: geological geology exploration prospecting
glass: glass
gold: goldmine
government: government govt
hardware: hardware
health: health healthcare
heavy-industry: heavyindustry heavyindustries
high-tech: hightech hitech hightechnology
hospital: hospital hospitals clinic medical-center
hotel: hotel hotels hospitality
housing: housing
import-export: importexport impex
industry: industry industries industrial ind indus inds industrie industria industriya
information: information info informatics it
innovation: innovation innovations innovative innovate
institute: institute inst institut institutes researchinstitute nii tsnii vnii cnii
instrument: instrument instruments instrumentation meter meters
insurance: insurance ins assurance reinsurance
integrated-circuit: integratedcircuit integratedcircuits ic microelectronics microelectronic
intelligent: intelligent intelligence smart ai
internet: internet web online
investment: investment investments invest inv investing investors
iron-and-steel: steel iron ironsteel steelworks metallurgical metallurgy
laboratory: laboratory laboratories lab labs
laser: laser lasers
lease: lease leasing rental
logistics: logistics logistic freight forwarding warehousing
machine-building: machinebuilding mashinostroitelnyy mechanicalengineering
machine-tool: machinetool machinetools
machinery: machinery machine machines mechanical mechanics mach
management: management mgmt mgt administration
manufacture: manufacturing manufacture manufacturers manufacturer mfg manuf mfr production fabrication
marine: marine maritime sea
market: market markets supermarket
material: material materials
measurement: measurement measuring measure
medical: medical medicine
memory: memory storage
metal: metal metals metallic
microwave: microwave
military: military
mineral: mineral minerals
mining: mining mine mines mines minerals-mining
missile: missile missiles rocket rockets
mobile: mobile cellular
mould: mould mold moulds
network: network networks networking
new-energy: newenergy
new-material: newmaterial newmaterials advancedmaterial advancedmaterials
nonferrous: nonferrous
nuclear: nuclear atomic
oil: oil oils petroleum oilfield neft petro petrol
ordnance: ordnance weapons weapon arms armament armaments munitions
optical: optical optics optic
optoelectronics: optoelectronics optoelectronic optoelectronical photoelectric photoelectronics
optoelectronics: photonics opto photoelectron
paper: paper pulp papermaking packaging
people: people peoples
pesticide: fertilizer fertilisers fertilizers
petrochemical: petrochemical petrochemicals
pharmaceutical: pharmaceutical pharmaceuticals pharma pharmacy drug drugs
pipe: pipe pipes pipeline pipelines tube tubes
plant: plant plants factory factories works mill mills zavod fabrika kombinat combine manufactory
plastic: plastic plastics rubber
port: port ports harbour harbor terminal-port
postal: postal post mail express
power: power
precision: precision
printing: printing print publishing press
procurement: procurement supply supplies supplier suppliers
property: property properties realestate realty estate land
railway: railway railways rail railroad railroads
renewable: renewable solar photovoltaic photovoltaics pv wind
research: research researches
resources: resources resource
restaurant: restaurant catering restaurants
road: road roads bridge bridges highway expressway
robot: robot robots robotics robotic
satellite: satellite satellites
science: science sciences sci scientific scientif
science-production: scientificproduction researchproduction scienceproduction npo npp rpc rpa spa
securities: securities security-brokerage broker brokerage
security: security safety protection surveillance
semiconductor: semiconductor semiconductors semicon
sensor: sensor sensors sensing
ship: ship ships vessel boat
shipbuilding: shipbuilding shipyard shipyards dockyard shipbuilders verf
shipping: shipping navigation lines ocean
software: software
special: special specialized specialised
sport: sport sports
statistics: audit accounting
stone: stone
systems: system systems sys
technical: technicals
technology: technology technologies tech technical technological tec techno technologie tecnologia
technology: tecnologias tekhnologii tehnologii tekhnologiya technique techniques
telecom: telecom telecommunication telecommunications telecoms telco telekom tele
textile: textile textiles silk cotton
tire: tire tyre tires tyres
tobacco: tobacco
tool: tool tools
tourism: tourism travel tourist tours
toys: toys toy
trade: trade trading traders trader tradings commerciale comercial torgovyy torg trd
transport: transport transportation trans transports trucking carrier haulage
university: university univ polytechnic universidad universite universitaet universitet college
video: video audio
water: water hydro hydraulic
wine: wine liquor spirits distillery
wireless: wireless
wire: wire cable cables wires
brothers: brothers bros sons
military-unit: brigade regiment battalion division guard guards unit army forces force corps command
component: component components parts accessories
valve: valve valves
bearing: bearing bearings
alloy: alloy alloys
rare-earth: rareearth
lithium: lithium
chip: chip chips
nano: nano nanotechnology
circuit-board: pcb circuit circuits
vision: vision visual
lighting: lighting lamps lamp light led leds
inspection: inspection testing test detection
decoration: decoration decorations decorating
garden: garden landscape landscaping
seed: seed seeds
feed: feed feeds
dairy: dairy milk
tea: tea
stationery: stationery
department-store: departmentstore mall
watch: watch watches clock
jewellery: jewellery jewelry
leather: leather
footwear: footwear shoes
power-supply: powersupply
transformer: transformer transformers
compressor: compressor compressors
airconditioner: airconditioner airconditioning
refrigeration: refrigeration cooling
pump: pump pumps
radar: radar radars
navigation: navigations
salvage: salvage
dredging: dredging
guarantee: guarantee guaranty
futures: futures
auction: auction
human-resources: humanresources
exhibition: exhibition expo
vaccine: vaccine vaccines
gene: gene genes genetics genomics
helicopter: helicopter helicopters
maintenance: maintenance repair overhaul
monitoring: monitoring
station: station stations
model: model models
pawn: pawn
blacksea: blacksea
caspian: caspian
river: river
tactical: tactical
universal: universal
foreign: foreign external overseas
chemical-fibre: chemicalfiber chemicalfibre fiber fibre fibres fibers
vacuum: vacuum
firefighting: firefighting
supply-chain: supplychain
quantum: quantum
airport: airport airports
grain: grain
fruit: fruit
sugar: sugar
salt: salt
heavy-machinery: heavymachinery
crane: crane cranes
motorcycle: motorcycle motorcycles
bicycle: bicycle bicycles
coating: coating coatings paint
refractory: refractory refractories
insulation: insulation
islamic: islamic
import: import imports
mortgage: mortgage
savings: savings
confectionery: confectionery
drilling: drilling
mechanical-electrical: electromechanical
home: home household
optical-fibre: opticalfiber
electric-vehicle: electricvehicle ev
doors: doors door windows
iot: iot
stationary-storage: energystorage
hydrogen: hydrogen
antenna: antenna antennas
radio-frequency: rf radiofrequency
crystal: crystal crystals
wafer: wafer wafers
hydraulic: hydraulics
casting: casting castings foundry
forging: forging forgings
welding: welding
fastener: fastener fasteners screws screw
concrete: concrete
bag: bags bag luggage
craft: crafts craft handicrafts
gift: gifts gift
sanitary: sanitary bathroom
pet: pet pets
pigment: pigment pigments dye dyes dyestuff
tractor: tractor tractors
reagent: reagent reagents
certification: certification
complex: complex complexes
poultry: poultry meat
agency: agency agencies authority
committee: committee commission council
ministry: ministry
party: party front movement
rural: rural village
advanced: advanced
applied: applied application applications
vocational: vocational
affairs: affairs
studies: studies study
operation: operation operations operating operator
installation: installation installations
marketing: marketing
brokerage: brokers
wells: well wells
natural: natural
supervision: supervision supervisory inspectorate
reform: reform
directorate: directorate
integrated: integrated comprehensive
pioneering: pioneering entrepreneurship startup venture ventures
planning: planning
rice: rice
seasoning: seasoning condiment flavor flavour fragrance
knitting: knitting knitwear
dyeing: dyeing
zipper: zipper zippers
flooring: flooring
waterproof: waterproof waterproofing
charging: charging charger
connector: connector connectors
relay: relay relays
capacitor: capacitor capacitors
module: module modules
lens: lens lenses
lidar: lidar
fuel-cell: fuelcell
special-steel: specialsteel
pneumatic: pneumatic
seal: seal sealing seals
stamping: stamping
cnc: cnc numericalcontrol
plating: plating electroplating
adhesive: adhesive adhesives glue
ink: ink inks
biochemical: biochemical biochemistry
rehabilitation: rehabilitation
irrigation: irrigation
waste: waste
recycling: recycling recycled
duty-free: dutyfree
tax: tax taxation
factoring: factoring
eye: eyewear glasses
underwear: underwear lingerie
display: screen screens
kitchen: kitchen kitchenware
glassfibre: glassfiber fiberglass
launch: launch
vehicle-parts: autoparts
urban: urban
civil: civil
police: police policing
prosecutor: prosecutor prosecutors procuratorate
court: court
prison: prison prisons penitentiary
customs: customs
border: border
interior: interior
intelligence-service: intelligence-agency
forensic: forensic forensics
meteorology: meteorological meteorology hydrometeorological
survey: survey surveying mapping cartographic geodesy
geography: geographic geographical geospatial
remote-sensing: remotesensing
tanker: tanker tankers
bulk: bulk
container: container containers
soda: soda
potash: potash potassium
nitrogen: nitrogen azot ammonia
methanol: methanol
urea: urea
polymer: polymer polymers polymeric resin resins
olefin: olefin olefins polyethylene polypropylene
aromatics: aromatics aromatic
silicon: silicon silica
titanium: titanium
magnesium: magnesium
tungsten: tungsten
zinc: zinc
nickel: nickel
tin: tin
lead-metal: leadworks
ore: ore ores
coke: coke coking
graphite: graphite carbon
magnet: magnet magnets magnetic magnetics
switchgear: switchgear switch switches
boiler: boiler boilers
fan: fans blower
gear: gear gears transmission
spring: springs
abrasive: abrasive abrasives
filter: filter filters
bus: bus buses coach
truck: truck trucks lorry
trailer: trailer trailers
locomotive: locomotive locomotives railcar wagon wagons
signal: signal signals signalling signaling
news: news newspaper daily journal
theatre: theatre theater
museum: museum
library: library
law: law legal
teachers: teachers normal
politics: political politics
language: language languages linguistic
arts: arts art fineart
music: music musical conservatory conservatoire
nursing: nursing elderly
veterinary: veterinary livestock animal husbandry
cancer: cancer oncology
dental: dental
traditional-medicine: herbal herbs
diagnostics: diagnostics diagnostic
oceanography: oceanographic oceanology oceanography
virology: virology microbiology
physics: physics physical
mathematics: mathematics mathematical
acoustics: acoustics acoustic
optics-mechanics: optomechanical
cybernetics: cybernetics
cyber: cyber cybersecurity
hydropower: hydropower hydroelectric
thermal: thermal heat heating
coastal: coastal coast
fleet: fleet navy naval
airforce: airforce
ground: ground
staff: staff
space-force: cosmodrome spaceport
payment: payment payments pay
settlement: settlement clearing depository
cooperative: cooperative cooperatives coop
labour: labor labour workers employment
reconstruction: reconstruction rebuilding
refinery: refinery refining refineries
lubricant: lubricant lubricants
bitumen: bitumen asphalt
explosive: explosive explosives
cartridge: cartridge cartridges ammunition
gun: gun guns artillery
armour: armor armour armored armoured
tank: tank tanks
electronic-warfare: warfare
experimental: experimental experiment pilot
assembly: assembly assembling
serial: serial
wholesale: wholesale retail
warehouse: warehouse warehouses storehouse
shop: shop store stores shops
flour: flour bakery bread bakeries
edible-oil: edibleoil
beverage: beverage beverages drinks juice
coffee: coffee
perfume: perfume perfumes
carpet: carpet carpets
detergent: detergent detergents soap
tile: tile tiles
brick: brick bricks
steel-structure: steelstructure
escrow: escrow
expertise: expertise
standard: standards standardization metrology
patent: patent patents
design-institute: designinstitute
archive: archive archives
election: election electoral
emergency: emergency rescue disaster
migration: migration
youth: youth
women: women
charity-relief: relief humanitarian aid
religion: religious mosque church temple
revolution: revolution revolutionary
republic: republic
democratic: democratic
production-corps: productioncorps
prosperity: prosperity
arsenal: arsenal
propulsion: propulsion
guidance: guidance
avionics: avionics
composite: composite composites
superconductor: superconductor superconducting superconductivity
photonic-chip: photonic
infrared: infrared
thermal-imaging: imaging
speech: speech voice
biometric: biometric biometrics
face: facial face
simulation: simulation simulator
training-centre: drill
telephone: telephone telephony phone phones
offshore: offshore
subsea: subsea underwater
"""

# Runs of words that say one concept: "Research Institute", "Science and Technology" (with `and` passed over).
_PHRASES = """
technology: science technology
import-export: import export
shipping: marine shipping
phosphate: phosphate mining
trade-union: trade association
import-export: import & export
property: real estate
new-energy: new energy
new-material: new material
new-material: advanced material
integrated-circuit: integrated circuit
machine-tool: machine tool
machine-building: machine building
machine-building: mechanical engineering
iron-and-steel: iron and steel
nonferrous: non ferrous
grid: power grid
grid: electric grid
locomotive: freight car construction
locomotive: locomotive construction
intelligent: artificial intelligence
mechanical-electrical: machinery electric
mechanical-electrical: electric machinery
power: power power
power: manufacture power
institute: research institute
institute: science research institute
academy: research academy
heavy-industry: heavy industry
heavy-industry: heavy machinery
integrated-circuit: micro electronics
chemical-fibre: chemical fiber
missile: guided missile
supply-chain: supply chain
electronic-commerce: electronic commerce
park: industry park
park: technology park
park: science park
iot: internet of things
stationary-storage: energy storage
optical-fibre: optical fiber
optical-fibre: optical fibre
electric-vehicle: electric vehicle
airconditioner: air conditioning
high-tech: high technology
high-tech: hi technology
gas: natural gas
electric-power: electric power
electric-power: power electric
science-production: science production
science-production: research production
construction: construction engineering
building-materials: construction material
rare-earth: rare earth
power-supply: power procurement
human-resources: human resources
circuit-board: circuit board
department-store: department store
biological: life science
battery: lithium battery
robot: robot technology
police: public security
aerospace: aeronautics astronautics
aviation: civil aviation
bureau: design bureau
bureau: experimental design bureau
bureau: special design bureau
bureau: construction bureau
instrument: instrument making
instrument: instrument building
instrument: instrument design
instrument: instrument manufacture
aircraft: aircraft building
aircraft: aircraft construction
engine: engine building
engine: engine manufacture
shipbuilding: ship building
shipbuilding: ship yard
shipbuilding: ship repair
automobile: car manufacture
machine-building: machine manufacture
electric: electric engineering
remote-sensing: remote sensing
virology: micro biology
chemical: chemical industry
petrochemical: petroleum chemical
refinery: oil refinery
airlines: air lines
shipping: shipping lines
trade: trade house
medical: medical device
steel-structure: steel structure
optical: optical mechanical
hydropower: water power
renewable: solar energy
renewable: solar power
renewable: wind power
airforce: air force
edible-oil: edible oil
institute: scientific institute
institute: project institute
plastic: plastic products
electronics: electronic components
intelligence-service: intelligence service
"""


def _table(text: str) -> dict[str, str]:
    words = {}
    for line in text.strip().splitlines():
        concept, _, said = line.partition(": ")
        words[concept] = concept
        words.update(dict.fromkeys(said.split(), concept))
    return words


def _phrases(text: str, words: dict[str, str]) -> dict[tuple[str, ...], str]:
    phrases = {}
    for line in text.strip().splitlines():
        concept, _, said = line.partition(": ")
        parts = tuple(words.get(word, word) for word in said.split() if word not in {"and", "&"})
        phrases[parts] = concept
    return phrases


_FILLER_WORDS = _table(_FILLERS)
FILLERS = frozenset(_FILLER_WORDS.values())
# Where both tables have a word, what a company does outweighs a filler.
_WORDS = {
    **LEXICON,
    **{concept: concept for concept in LEXICON.values()},
    **_FILLER_WORDS,
    **_table(_GENERIC),
}
# With the plural of each: a table that had to hold them would lack some.
CONCEPTS = {
    **{f"{word}s": concept for word, concept in _WORDS.items() if len(word) > 4 and word[-1] not in "sy"},
    **_WORDS,
}
PHRASES = _phrases(_PHRASES, CONCEPTS)
LONGEST_PHRASE = max(map(len, PHRASES))

# Words that only hold a name together. They weigh nothing and need no counterpart, but they can be a syllable
# of a joined name ("Da Hua"), so they are kept.
STOPS = frozenset(
    listed("""
the far of and for in de la le les du des di da do del della der die das und y e et el al a an en
para por i no to at by all with named after im imeni dr
""")
)
