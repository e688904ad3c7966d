# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""Trades of care, teaching, law and public service: what they do, use, get wrong and learn."""

from __future__ import annotations

TRADES = """
nurse
title: staff nurse | ward nurse | senior nurse | night charge nurse
site: on the ward | on nights | in the day clinic
task: handing over at shift change | talking a frightened family through the night | checking doses twice | teaching students to take a blood pressure by hand
tool: the bedside scanner | the new infusion pump | our paper handover sheet | the early-warning chart
snag: a missing allergy note | a bed that was never free | a pump alarm nobody could hear | a discharge letter lost between two systems
win: cut the medication round to forty minutes | got through a whole month without a pressure sore | halved the falls on our corridor | moved handover back to the bedside
tip: read the patient before you read the screen | ask the cleaner, she has seen more than you | sit down when you bring bad news
folk: patients | families | relatives
field: nursing | acute care
study: Nursing Science | Health Sciences
skill: Triage | Wound care | Patient education | Shift planning | Medication safety | Palliative care
firm: General Hospital | Community Clinic | Heart Centre

teacher
title: science teacher | primary school teacher | maths teacher | deputy head
site: in the classroom | in the staff room | in the lab block
task: explaining fractions for the ninth time | marking forty essays on a Sunday | running the parents' evening | getting shy kids to argue out loud
tool: the shared gradebook | a box of old microscopes | our reading diary | the seating plan
snag: a timetable clash nobody owned | a class that had stopped asking questions | a projector that died mid-lesson | a report deadline in exam week
win: got every pupil to present once this term | brought the science fair back | cut homework and saw the marks go up | started a breakfast club with three toasters
tip: wait five seconds longer after a question | learn the names in the first week | never punish a wrong guess
folk: pupils | parents | students
field: teaching | secondary education
study: Education | Applied Mathematics
skill: Lesson planning | Classroom management | Assessment design | Curriculum work | Mentoring
firm: Academy | Grammar School | Primary School

doctor
title: family doctor | paediatrician | junior doctor | consultant in emergency medicine
site: in the practice | in A&E | on call
task: listening for longer than the slot allows | writing letters patients can read | breaking a complicated plan into three steps | saying I do not know yet
tool: the referral form | our triage line | the old ultrasound | the shared medication list
snag: a referral that sat in the wrong inbox | a test ordered three times | a waiting list that only grew | a drug interaction the system missed
win: took two weeks off the wait for a first appointment | stopped ordering a scan that helped nobody | set up a phone hour that people use | got the pharmacy and us on one list
tip: let people finish their first sentence | write the plan on paper and hand it over | call the pharmacist first
folk: patients | parents | colleagues in the hospital
field: medicine | primary care
study: Medicine | Public Health
skill: Diagnostics | Clinical audit | Patient safety | Family medicine | Ultrasound
firm: Medical Practice | University Hospital | Health Centre

social worker
title: social worker | family support worker | team manager in children's services
site: in the field | in the duty team | at the drop-in
task: keeping a promise to a teenager | sitting in a kitchen and not judging | writing court reports in plain words | finding a flat by Friday
tool: the case file | the duty phone | our genogram board | the risk form
snag: a case that moved district twice | a form that asks everything but the question | a landlord who stopped answering | a caseload no one would sign for
win: kept three siblings together | closed a case because it was really done | got the housing office to sit in on our meetings | brought caseloads under twenty
tip: turn up when you said you would | ask the children, not only about them | write as if the family will read it, they will
folk: families | young people | foster carers
field: social work | child protection
study: Social Work | Sociology
skill: Safeguarding | Crisis intervention | Report writing | Mediation | Motivational interviewing
firm: Family Services | Youth Trust | Council

lawyer
title: employment lawyer | in-house counsel | associate | contracts manager
site: in the deal room | at the tribunal | in legal
task: cutting a contract from forty pages to nine | telling a client not to sue | reading the annex everybody skipped | preparing a nervous witness
tool: the clause library | our redline template | the case bundle | the deadline calendar
snag: a definition that meant two things | an annex from the wrong deal | a limitation date in a private calendar | a signature page without a contract
win: settled before the hearing | rewrote our standard terms so that sales can read them | won a case nobody wanted to take | got procurement to call us earlier
tip: read the definitions last and again | pick up the phone before you write the letter | say the weak point yourself
folk: clients | colleagues in sales | claimants
field: employment law | commercial law
study: Law | Labour Law
skill: Contract drafting | Negotiation | Litigation | Data protection | Legal research
firm: & Partners | Legal | Chambers

pharmacist
title: community pharmacist | hospital pharmacist | dispensary manager
site: behind the counter | in the dispensary | on the ward round
task: ringing the surgery about a dose | explaining an inhaler properly | counting controlled drugs on a Friday evening | finding a substitute that is in stock
tool: the robot | our shortage board | the interaction check | the blister packer
snag: a shortage nobody announced | two boxes that look the same | a prescription in pencil | a fridge that warmed up overnight
win: got the surgery to stop faxing | moved lookalike boxes apart and had no mix-up since | brought returns down by a third | started a quiet hour for questions
tip: open the bag and show it | ask what else they take, then ask again | put lookalikes on different shelves
folk: customers | patients | carers
field: pharmacy | medicines management
study: Pharmacy | Clinical Pharmacology
skill: Dispensing | Medicines review | Stock control | Vaccination | Counselling
firm: Pharmacy | Apothecary Group | Hospital Pharmacy

researcher
title: research associate | postdoc | lab manager | principal scientist
site: in the lab | in the field station | at the microscope
task: repeating the control for the fourth time | cleaning other people's data | writing the methods section first | teaching a student to pipette
tool: the plate reader | our shared notebook | the freezer inventory | the mass spectrometer
snag: a contaminated batch | a result that went away with more samples | a reviewer who wanted another year of work | a freezer alarm at 3 a.m.
win: published the null result | got the protocol down to one day | shared the raw data with the paper | trained two technicians who now run it better than I do
tip: label it as if you will be ill tomorrow | plot the raw points before any average | write down what you expected first
folk: students | reviewers | collaborators
field: cell biology | environmental chemistry
study: Molecular Biology | Chemistry
skill: Experimental design | Microscopy | Statistics | Grant writing | Lab safety
firm: Institute | Research Centre | Biosciences

librarian
title: branch librarian | archivist | digital collections lead
site: at the desk | in the reading room | in the stacks
task: helping someone print a benefits form | weeding shelves without starting a war | describing a box of letters nobody has opened | reading aloud to twenty toddlers
tool: the catalogue | our scanner | the reservation shelf | the visitor counter
snag: a donation of four hundred encyclopaedias | a leak over local history | a search box that finds everything but the title | a licence that ran out on a Monday
win: dropped the fines and got the books back | opened on Sundays | put the parish registers online | doubled the number of children with a card
tip: never laugh at a question | put the local authors by the door | walk the shelves before you buy
folk: readers | visitors | students
field: public libraries | archives
study: Library Science | History
skill: Cataloguing | Digital preservation | Reference work | Event planning | Metadata
firm: Library | City Archive | University Library

police planner
title: emergency planner | fire officer | dispatcher | community safety lead
site: in the control room | at the station | on exercise
task: planning for the storm that may not come | answering calls when all lines are full | debriefing without blame | running a drill at four in the morning
tool: the call map | the radio | our shelter list | the incident log
snag: a road closure missing on the map | two teams on one channel | a shelter without a key holder | a siren test on the wrong day
win: got ambulances out ninety seconds sooner | ran the first exercise with the neighbouring county | found a key holder for every shelter | moved debriefs to the same day
tip: write the time down first | plan for the person who is not there | test the key before the flood
folk: callers | volunteers | residents
field: emergency planning | civil protection
study: Public Administration | Safety Engineering
skill: Incident command | Risk assessment | Radio procedure | Exercise design | First aid
firm: County Fire Service | Civil Protection | Emergency Control

physiotherapist
title: physiotherapist | sports therapist | rehab lead
site: in the gym | on the stroke unit | in the practice
task: teaching someone to stand up again | explaining pain without scaring anyone | writing exercises people will really do | getting a runner to rest
tool: the parallel bars | our exercise sheets | the treadmill | the outcome score
snag: a plan of twelve exercises | a brace in the wrong size | a referral that said only knee | a patient sent home on a Friday
win: got a patient back on his allotment | cut no-shows by ringing the day before | swapped twelve exercises for three | opened the gym to former patients
tip: give three exercises, not twelve | ask what they want to do again | touch the sore side last
folk: patients | athletes | relatives
field: rehabilitation | physiotherapy
study: Physiotherapy | Sports Science
skill: Gait analysis | Manual therapy | Stroke rehabilitation | Goal setting | Exercise planning
firm: Rehab Centre | Physio | Sports Clinic
"""
