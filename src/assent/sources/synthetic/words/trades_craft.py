# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""Trades of making, moving, building and feeding: what they do, use, get wrong and learn."""

from __future__ import annotations

TRADES = """
electrician
title: electrician | site electrician | installation inspector | master electrician
site: on site | in the switch room | on the roof
task: tracing a fault in a wall somebody else wired | labelling a board so the next person can read it | fitting heat pumps in old houses | explaining a tripped breaker without sighing
tool: the insulation tester | a good pair of side cutters | the thermal camera | our fuse board template
snag: a neutral shared between two circuits | a drawing that matched nothing | a cable one metre short | a junction box behind the kitchen units
win: finished the school wiring before term | passed inspection first time | trained two apprentices who stayed | rewired the bakery overnight without losing a loaf
tip: prove it dead, then prove the tester | label it while you still know | photograph the wall before the plaster goes on
folk: customers | apprentices | site managers
field: electrical installation | building services
study: Electrical Engineering | Building Services
skill: Fault finding | Heat pumps | Inspection and testing | Solar installation | Apprentice training
firm: Electric | Installations | Building Services

chef
title: head chef | sous chef | pastry chef | canteen manager
site: in the kitchen | on the pass | during service
task: writing a menu around what the boat brought | keeping calm with forty tickets on the rail | teaching a commis to taste | counting stock after midnight
tool: the combi oven | a sharp knife | the prep list | our walk-in fridge
snag: a delivery without the fish | a dishwasher that gave up on a Saturday | a table of twelve that became nineteen | an allergy nobody passed on
win: got waste under four per cent | gave everyone two days off in a row | kept the same team for a year | put soup back on the menu and sold out
tip: taste it cold as well | feed the pot washer first | write the order down, you will forget
folk: guests | suppliers | waiters
field: hospitality | catering
study: Hospitality Management | Culinary Arts
skill: Menu planning | Stock control | Food safety | Pastry | Kitchen management
firm: Kitchens | Brasserie | Catering

logistics
title: transport planner | warehouse manager | dispatcher | supply chain analyst
site: in the depot | on the dock | in the planning office
task: replanning eleven routes before breakfast | getting a driver home by Friday | arguing about pallets | finding the one missing carton
tool: the scanner gun | our dock calendar | the forklift | the route sheet
snag: a container stuck in customs | a barcode printed upside down | a truck at the wrong gate | a promised slot that never existed
win: got the first truck out before six | took empty kilometres down by a fifth | cut picking errors in half | gave drivers a warm room and a real coffee machine
tip: walk the route before you plan it | believe the driver, not the map | count it twice when it matters
folk: drivers | customers | pickers
field: logistics | freight planning
study: Supply Chain Management | Logistics
skill: Route planning | Inventory control | Customs | Forecasting | Forklift training
firm: Logistics | Freight | Haulage

mechanic
title: maintenance technician | mechanic | workshop foreman | reliability engineer
site: on the line | in the workshop | in the pit
task: listening to a bearing before it fails | rebuilding a gearbox from three broken ones | writing up a repair so that nights can follow it | ordering parts before the machine asks for them
tool: the vibration meter | a torque wrench | our spare parts shelf | the maintenance log
snag: a seal that failed every six weeks | a manual in the wrong language | a sensor wired backwards since 2016 | a spare that did not fit
win: ran the line for ninety days without a stop | found the leak everyone had given up on | got operators to grease their own machines | cleared the backlog of work orders
tip: clean it first, then look | hand-tighten, breathe, then torque | ask nights what they hear
folk: operators | apprentices | customers
field: maintenance | mechanical engineering
study: Mechanical Engineering | Mechatronics
skill: Root cause analysis | Hydraulics | Preventive maintenance | Welding | Machine safety
firm: Works | Industrial | Machine Service

civil engineer
title: site engineer | structural engineer | project engineer | bridge inspector
site: on site | at the culvert | in the site cabin
task: setting out in the rain | checking a drawing against the hole in the ground | telling a client the bridge needs closing | explaining a load path to councillors
tool: the total station | our concrete log | the level | the as-built drawings
snag: a gas main that was on no plan | a pour delayed by frost | rebar bent to last year's drawing | a pile that hit a boulder
win: opened the footbridge two weeks early | reused the old steel instead of scrapping it | finished without a lost-time injury | got the neighbours to wave at us again
tip: walk the ground before you draw it | dig a trial hole | believe the level, not your eye
folk: residents | subcontractors | councillors
field: civil engineering | bridge maintenance
study: Civil Engineering | Structural Engineering
skill: Setting out | Structural inspection | Site supervision | Concrete | Drainage design
firm: Civil | Engineers | Construction

farmer
title: farm manager | agronomist | dairy farmer | vineyard manager
site: in the milking parlour | in the field | at the market
task: getting hay in before the rain | walking the rows at first light | teaching a machine to tell beet from weed | filling in a subsidy form
tool: the soil probe | the old tractor | our grazing plan | the weather station
snag: a gate left open | a late frost | a drain that collapsed under the maize | a milk price that moved on a Friday
win: got through the dry spell without buying feed | brought the hedge back and the birds with it | halved what we spray | sold every box at the gate
tip: look at the roots, not the leaves | fix the gate today | buy good boots
folk: neighbours | buyers | seasonal workers
field: farming | agronomy
study: Agricultural Science | Viticulture
skill: Soil management | Herd health | Crop planning | Direct sales | Irrigation
firm: Farm | Vineyards | Dairy

architect
title: architect | project architect | conservation officer | urban planner
site: on site | in the studio | at the planning meeting
task: drawing a stair that fits | keeping old windows out of the skip | explaining a section to the neighbours | measuring a house that has no right angle
tool: the site model | a roll of tracing paper | our detail library | the sun study
snag: a beam where the lift should go | a planning note from 1974 | a window schedule in three versions | a budget without a roof
win: saved the staircase | got twelve flats out of an empty school | moved in without a single leak | talked the client out of a car park
tip: visit at night and in the rain | draw it at one to one | ask who cleans it
folk: tenants | clients | neighbours
field: architecture | urban planning
study: Architecture | Town Planning
skill: Detailing | Conservation | Site supervision | Community consultation | Energy retrofit
firm: Architects | Studio | Planning

plumber
title: heating engineer | plumber | gas fitter | service engineer
site: on call | in the boiler house | under somebody's sink
task: finding a leak by ear | balancing radiators in a tower block | telling people the boiler is beyond saving | crawling under a floor with a torch in my teeth
tool: the press gun | the leak camera | our van stock | the flue gas analyser
snag: a stopcock painted shut | a boiler with no history | a thread from another century | a pump fitted back to front
win: kept the care home warm through the cold week | did eleven services in a day and had lunch | cut call-backs by half | moved the whole street off oil
tip: find the stopcock before you start | flush it twice | leave the place cleaner than it was
folk: customers | tenants | caretakers
field: heating and plumbing | building services
study: Building Services | Energy Technology
skill: Heat pumps | Leak detection | Gas safety | Commissioning | Customer care
firm: Heating | Plumbing & Gas | Energy Service

shop manager
title: store manager | bakery manager | visual merchandiser | shift lead
site: on the shop floor | at the till | in the stock room
task: opening at six with two people missing | dealing with a queue and a smile | writing a rota everyone can live with | counting stock on New Year's Day
tool: the rota | the till | our display table | the returns book
snag: a delivery during the rush | a price label from last season | a freezer that failed over the holiday | a voucher nobody had announced
win: kept the whole team through the winter | beat last year by eight per cent | cut shrinkage without a single new camera | gave Sundays back to the parents
tip: stand at your own door for a minute | say thank you on the shop floor | put the milk where people look
folk: customers | staff | regulars
field: retail | food retail
study: Retail Management | Business Administration
skill: Team leadership | Rota planning | Merchandising | Stock control | Customer service
firm: Stores | Market | Bakery

seafarer
title: second officer | ship engineer | port agent | harbour pilot
site: on the bridge | in the engine room | on the quay
task: standing the four-to-eight watch | berthing in a cross wind | keeping a crew of six nations fed and friendly | writing a passage plan by hand
tool: the radar | the ballast log | our checklist | a paper chart
snag: a pilot ladder on the wrong side | a port that closed while we were in sight of it | a fuel sample that failed | a shackle nobody had inspected
win: made the tide with ten minutes to spare | sailed a season without an injury | got internet for the crew mess | trained a cadet who now has her own watch
tip: look out of the window | ask twice, then ask the bosun | sleep when it is calm
folk: crew | cadets | stevedores
field: shipping | port operations
study: Nautical Science | Marine Engineering
skill: Navigation | Ballast management | Crew management | Safety drills | Cargo planning
firm: Shipping | Port Agency | Maritime
"""
