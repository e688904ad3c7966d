# ruff: noqa: E501 - one template or key a line, so that a section can be read down
"""Trades of offices, software, money and media: what they do, use, get wrong and learn."""

from __future__ import annotations

TRADES = """
software engineer
title: backend developer | software engineer | platform engineer | tech lead
site: in production | on call | in code review
task: deleting code nobody had owned for years | reading logs at two in the morning | naming things | splitting a migration into boring steps
tool: the feature flag | our staging cluster | the query planner | the old build script
snag: a retry loop without a limit | a time zone in a column called date | a cache that remembered too much | a certificate that expired on a Sunday
win: took the build from forty minutes to six | turned off the last of the cron jobs | got the error rate to a boring number | replaced three services by one table
tip: read the error message to the end | make it boring | write the rollback before the release
folk: users | reviewers | on-call colleagues
field: software engineering | backend development
study: Computer Science | Software Engineering
skill: Python | PostgreSQL | Code review | Incident response | API design | Observability
firm: Software | Systems | Labs

data analyst
title: data analyst | analytics engineer | statistician | reporting lead
site: in the weekly numbers | in the warehouse | in the quarterly review
task: asking what the number is for | explaining why two dashboards disagree | cleaning dates typed by humans | drawing the chart that ends the meeting
tool: the metrics catalogue | our nightly load | one honest bar chart | the spreadsheet that runs the company
snag: a join that doubled the customers | a metric with three definitions | a missing week in March | a dashboard nobody had opened since spring
win: retired sixty dashboards | found the refund that was paid twice | got finance and product onto one definition | ran an experiment that said no
tip: count the rows before and after | ask who will act on it | show the range, not only the mean
folk: stakeholders | product managers | colleagues in finance
field: analytics | statistics
study: Statistics | Economics
skill: SQL | Data modelling | Experiment design | Storytelling with data | Forecasting
firm: Analytics | Insights | Data

designer
title: product designer | UX researcher | service designer | content designer
site: in usability tests | in the design review | at the whiteboard
task: watching someone fail at my own form | cutting words from a screen | sketching with people who say they cannot draw | testing with a screen reader
tool: the paper prototype | our component library | a wall of sticky notes | the contrast checker
snag: a button that looked like a headline | a form with nineteen required fields | an icon nobody could name | a flow that only worked for the demo account
win: cut the form to five questions | got support calls down by a quarter | made the whole journey work with a keyboard | threw away a feature and nobody noticed
tip: watch, do not help | test it on the bus | write the words first
folk: users | researchers | developers
field: service design | product design
study: Interaction Design | Psychology
skill: User research | Prototyping | Accessibility | Content design | Facilitation
firm: Design | Studio | Digital

accountant
title: accountant | financial controller | payroll lead | auditor
site: at month end | in payroll | at the client's
task: closing the books in four days | chasing a receipt from February | explaining a provision to engineers | reconciling two cents on principle
tool: the ledger | our closing checklist | the bank feed | one very old spreadsheet
snag: an invoice paid twice | a cost centre with no owner | a supplier with three names | an accrual nobody reversed
win: closed in four days | got every expense claim paid within a week | found the error that had carried over for six years | moved payroll without a single wrong payslip
tip: reconcile before you explain | ask for the contract, not the summary | keep a note of every odd thing
folk: clients | budget holders | suppliers
field: accounting | financial control
study: Accounting and Finance | Business Administration
skill: Month-end close | Payroll | IFRS | Internal audit | Budgeting
firm: Accounting | Audit | Finance

recruiter
title: talent partner | recruiter | people lead | HR business partner
site: in interviews | in the talent team | at the career fair
task: writing a job ad a human wrote | giving feedback to someone we turned down | talking a manager out of a fifth interview | reading between the lines of a short CV
tool: the scorecard | our careers page | the reference call | the interview guide
snag: a candidate nobody had answered | a salary band that was out of date | an interview panel of six | a role that changed halfway through
win: answered every applicant within five days | filled three roles from inside | dropped the degree requirement | got the panel down to two people
tip: say the salary in the first call | write the feedback the same day | ask what they want to stop doing
folk: candidates | hiring managers | new joiners
field: recruiting | people operations
study: Psychology | Human Resources
skill: Interviewing | Employer branding | Onboarding | Labour law basics | Coaching
firm: Talent | People | Search

salesperson
title: account manager | sales lead | key account manager | business developer
site: on the road | in the pipeline review | at the trade fair
task: losing a deal and calling back anyway | asking the second question | driving four hours for a coffee | writing an offer that fits on one page
tool: the pipeline | our price list | a notebook with a pen | the demo account
snag: a quote with last year's prices | a contact who had left in spring | a demo without internet | a discount promised by somebody else
win: won back a customer we had lost | closed the quarter without a single discount | turned a complaint into our best reference | cut the offer from thirty pages to one
tip: ask, then be quiet | send the bad news first | write down what they said, not what you sold
folk: customers | buyers | prospects
field: sales | key account management
study: Business Administration | Marketing
skill: Negotiation | Account planning | Presenting | Pricing | Active listening
firm: Trading | Sales | Solutions

journalist
title: reporter | editor | podcast producer | photo editor
site: in the newsroom | on deadline | at the council meeting
task: ringing the ninth number on the list | cutting eight hundred words to five hundred | reading council papers so that others need not | checking a quote with the person who said it
tool: the recorder | our style guide | the archive | a public records request
snag: a source who changed her mind | a caption with the wrong bridge | a table hidden on page 214 | a correction we ran too late
win: got the figures released after two years | kept local courts in the paper | ran the correction on the front page | trained six volunteers to read budgets
tip: call once more | read the annex | ask the caretaker what really happened
folk: readers | sources | editors
field: local journalism | audio production
study: Journalism | Political Science
skill: Interviewing | Editing | Fact checking | Data journalism | Audio production
firm: Gazette | Media | Press

project manager
title: project manager | scrum master | programme lead | change manager
site: in the Monday stand-up | in the steering group | in the project office
task: saying no to the third priority | writing minutes people act on | asking what done means | keeping a plan shorter than a page
tool: the risk list | our one-page plan | the burn-down chart | a timer
snag: a milestone with no owner | a dependency we heard of in the lift | a decision made in a chat that got deleted | a kickoff without the people who do the work
win: finished on time by doing less | cancelled eleven meetings | got two departments to share one plan | stopped a project that should have been stopped in May
tip: write down who decides | end the meeting early | ask the quietest person first
folk: sponsors | stakeholders | project teams
field: project management | change management
study: Business Informatics | Industrial Engineering
skill: Risk management | Facilitation | Planning | Stakeholder work | Budget control
firm: Consulting | Projects | Advisory

marketer
title: content marketer | brand manager | community manager | SEO specialist
site: in the campaign review | on the editorial calendar | at the booth
task: writing one sentence eleven times | killing a campaign that won prizes and sold nothing | answering every comment by hand | talking to a customer instead of a persona
tool: the newsletter | our editorial calendar | the search console | a plain landing page
snag: a campaign link that led nowhere | a banner in the wrong language | a slogan nobody could say aloud | a mailing sent to everyone
win: doubled replies by writing shorter | stopped paying for clicks from bots | got the product team to write the release notes | grew the newsletter to people who read it
tip: say it to a neighbour first | delete the first paragraph | ask five customers before you ask an agency
folk: readers | customers | subscribers
field: marketing | communications
study: Communication Studies | Marketing
skill: Copywriting | Campaign planning | Search | Community management | Brand strategy
firm: Brands | Communications | Agency

support specialist
title: support specialist | customer success manager | help desk lead | field trainer
site: in the queue | on the phones | on the help desk
task: answering the same question kindly for the fiftieth time | reproducing a bug from a blurry photo | writing the article that closes two hundred tickets | calling people back when I said I would
tool: the macro library | our status page | the ticket queue | a second monitor
snag: a ticket that bounced through five teams | a password reset that locked everybody out | an update nobody told us about | an angry customer who was right
win: answered everything within a day for a month | got the bug fixed instead of the macro improved | cut the queue to zero on a Friday | moved phones to the people who like phones
tip: repeat the problem in their words | say what happens next and when | thank the angry ones
folk: customers | callers | admins
field: customer support | technical training
study: Information Systems | Communication Studies
skill: Troubleshooting | Technical writing | De-escalation | Product training | Ticket triage
firm: Support | Services | Care
"""
