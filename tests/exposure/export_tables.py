"""What stands in each file of a realistic export, table by table."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

OWNER = "Mira Vermeer"
NAMES = ["Tom Bakker", "Ines Costa", "Jonas Weber", "Aoife Byrne", "Léa Moreau", "Piotr Nowak", "Sofia Rossi"]
TRADES = ["bridge inspection", "ward planning", "payroll", "soil surveys", "bakery shifts", "tram schedules"]
VERBS = ["I learned", "We measured", "My team changed", "Nobody told us", "A customer asked about", "Today I wrote up"]
ENDS = [
    "what the first winter does to it",
    "why the list was too long",
    "how we halved the waiting",
    "what broke, and when",
]
AD_TARGETING = (
    "Member Age,Buyer Groups,Company Names,Company Names,Company Follower of,Company Names,Company Category,Company Size,"
    "Degrees,degreeClass,Recent Device OS,Member Schools,Company Growth Rate,Fields of Study,Company Connections,"
    "Function By Size,Job Functions,Member Gender,Graduation Year,Member Groups,Company Industries,Member Interests,"
    "Interface Locales,interfaceLocale,Member Traits,High Value Audience Segments,Profile Locations,Company Revenue,"
    "Job Seniorities,Member Skills,Standard Audience Segments,Job Titles,Job Titles,Job Titles,Years of Experience"
).split(",")
CONNECTIONS_NOTES = (
    'Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing. '
    'You will only see email addresses for connections who have allowed it."\n\n'
)


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, quoted: bool = False) -> str:
    """RFC 4180, with LF."""
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator="\n", quoting=quoting).writerow(header)
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def export_tables(dice: random.Random, messages: int, *, old: bool) -> Iterator[tuple[str, str]]:
    yield from _profile(dice)
    yield from _others(dice, messages, old=old)
    yield from _activity(dice, messages, old=old)
    yield from _advertising(dice)
    yield from _account(dice)
    yield from _jobs(dice)


def _profile(dice: random.Random) -> Iterator[tuple[str, str]]:
    summary = "I inspect bridges & write about <b>rust</b>.\nIn the winters I teach."
    header = (
        "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,"
        "Twitter Handles,Websites,Instant Messengers"
    ).split(",")
    row = ["Mira", "Vermeer", "", "Kade 1", "May 1, 1990", "Bridge inspector", summary, "Civil engineering", "1011"]
    yield "Profile.csv", table(header, [[*row, "Utrecht, Netherlands", "[]", "[OTHER:https://example.org]", ""]])
    yield "Profile Summary.csv", table(["Profile Summary"], [[summary]])
    yield (
        "Positions.csv",
        table(
            "Company Name,Title,Description,Location,Started On,Finished On".split(","),
            [
                ["Rijnbrug", "Inspector", "Steel, concrete, weather", "Utrecht", "Feb 2019", ""],
                ["Waterland", "Trainee", "", "Edam", "2014", "Jan 2019"],
            ],
        ),
    )
    yield (
        "Education.csv",
        table(
            "School Name,Start Date,End Date,Notes,Degree Name,Activities".split(","),
            [["Delft", "2008", "2013", "", "Civil engineering", "Rowing"]],
        ),
    )
    yield "Skills.csv", table(["Name"], [["Rust"], ["Ultrasound"], ["Patience"]])
    yield "Languages.csv", table(["Name", "Proficiency"], [["Dutch", "Native"], ["English", "Full"]])
    yield (
        "Certifications.csv",
        table(
            "Name,Url,Authority,Started On,Finished On,License Number".split(","),
            [["Rope access", "", "IRATA", "Mar 2020", "", "77"]],
        ),
    )
    yield (
        "Projects.csv",
        table("Title,Description,Url,Started On,Finished On".split(","), [["Loupe", "A", "", "2021", ""]]),
    )
    yield (
        "Publications.csv",
        table(
            "Name,Published On,Description,Publisher,Url".split(","), [["On rivets", "Apr 12, 2021", "", "Staal", ""]]
        ),
    )
    yield "Honors.csv", table("Title,Description,Issued On".split(","), [["Best report", "", "Jun 2022"]])
    yield (
        "Volunteering.csv",
        table(
            "Company Name,Role,Cause,Started On,Finished On,Description".split(","),
            [["Food bank", "Driver", "", "2020", "", ""]],
        ),
    )
    yield "TestScores.csv", table("Tested On,Name,Description,Score".split(","), [["May 2012", "TOEFL", "", "110"]])
    yield "Courses.csv", table(["Name", "Number"], [["Fatigue of steel", "CT4120"]])
    yield "Organizations.csv", table(["Name", "Position"], [["Bridge society", "Treasurer"]])
    yield "Patents.csv", table(["Title", "Filed On"], [["A better magnet", "2023"]])
    yield "Causes You Care About.csv", table(["Cause"], [["Education"]])
    yield "Hashtag_Follows.csv", table(["Hashtag", "Date"], [["#bridges", "2022-01-01 10:00:00"]])


def _others(dice: random.Random, messages: int, *, old: bool) -> Iterator[tuple[str, str]]:
    header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On".split(",")
    rows = [
        [*_name(dice), "https://example.org/in/x", "", "Staal", "Welder", _day(dice, "%d %b %Y")]
        for _ in range(messages // 20 + 3)
    ]
    if old:
        header, rows = [*header[:2], *header[3:]], [[*row[:2], *row[3:]] for row in rows]
    yield "Connections.csv", CONNECTIONS_NOTES + table(header, rows)
    contacts = "Source,FirstName,LastName,Companies,Title,Emails,PhoneNumbers,CreatedAt,Addresses,Sites,InstantMessageHandles,FullName,Birthday,Location,BookmarkedAt,Profiles".split(
        ","
    )
    row = [
        "PHONE",
        "Tom",
        "Bakker",
        "",
        "",
        "tom@example.org",
        "",
        "2/3/19, 4:05 PM",
        "",
        "",
        "",
        "Tom Bakker",
        "1/2/65",
        "",
        "",
        "",
    ]
    yield ("Contacts.csv" if old else "ImportedContacts.csv"), table(contacts, [row])
    invitations = "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl".split(",")
    rows = [
        [OWNER, dice.choice(NAMES), "4/12/21, 8:03 AM", "We met at the lock", "OUTGOING", "u", "v"],
        [dice.choice(NAMES), OWNER, "12/30/20, 11:59 PM", "", "INCOMING", "v", "u"],
    ]
    cut = 5 if old else 7
    yield "Invitations.csv", table(invitations[:cut], [row[:cut] for row in rows])
    yield "messages.csv", _messages(dice, messages, old=old)
    short = "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER".split(
        ","
    )
    yield "guide_messages.csv", table(short, [])
    yield (
        "learning_coach_messages.csv",
        table(short, [["c", "", OWNER, "", "Coach", "", "2025-01-02 03:04:05 UTC", "", "How do I say no?", ""]]),
    )
    yield "learning_role_play_messages.csv", table(short, [])
    yield "LearningCoachMessages.csv", "No conversations found"
    endorsed = "Endorsement Date,Skill Name,{0} First Name,{0} Last Name,{0} Public Url,Endorsement Status"
    for direction, who, count in (("Received", "Endorser", 9), ("Given", "Endorsee", 4)):
        rows = [
            [_day(dice, "%Y/%m/%d %H:%M:%S UTC"), dice.choice(TRADES), *_name(dice), "", "ACCEPTED"]
            for _ in range(count)
        ]
        yield f"Endorsement_{direction}_Info.csv", table(endorsed.format(who).split(","), rows)
    recommended = "First Name,Last Name,Company,Job Title,Text,Creation Date,Status".split(",")
    for direction, count in (("Received", 3), ("Given", 2)):
        rows = [
            [
                *_name(dice),
                "Staal",
                "Lead",
                f"Somebody to count on. {dice.choice(ENDS)}",
                "02/29/24, 09:10 AM",
                "VISIBLE",
            ]
            for _ in range(count)
        ]
        yield f"Recommendations_{direction}.csv", table(recommended, rows)


def _messages(dice: random.Random, count: int, *, old: bool) -> str:
    header = (
        "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER,"
        "ATTACHMENTS,IS MESSAGE DRAFT,IS CONVERSATION DRAFT"
    ).split(",")
    width = 10 if old else 13
    rows = []
    for number in range(count):
        other = dice.choice(NAMES)
        words = " ".join(dice.choice((*TRADES, *ENDS, *VERBS)) for _ in range(dice.randint(2, 60)))
        text = f'Dear {other.split()[0]},\n\n"{words}", she said.\nUntil soon' if number % 3 else words
        sender, receiver = (OWNER, other) if number % 2 else (other, OWNER)
        rows.append(
            [
                f"2-{number // 9}",
                "",
                sender,
                "https://example.org/in/a",
                receiver,
                "https://example.org/in/b",
                _day(dice, "%Y-%m-%d %H:%M:%S UTC"),
                "",
                text,
                "INBOX",
                "",
                "No",
                "No",
            ][:width]
        )
    return table(header[:width], rows, quoted=True)


def _activity(dice: random.Random, messages: int, *, old: bool) -> Iterator[tuple[str, str]]:
    stamp = "%Y-%m-%d %H:%M:%S"
    shares = []
    for number in range(messages // 10 + 6):
        quoted = "https://www.linkedin.com/feed/update/urn:li:activity:7" if number % 5 == 4 else ""
        seen = ("MEMBER_NETWORK", "PUBLIC", "CONNECTIONS")[number % 3]
        shares.append([_day(dice, stamp), f"https://example.org/{number}", _sentence(dice), quoted, "", seen])
    width = 5 if old else 6
    header = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility".split(",")
    yield "Shares.csv", table(header[:width], [row[:width] for row in shares])
    yield (
        "InstantReposts.csv",
        table(["Date", "Link"], [[_day(dice, stamp), "https://example.org/r"] for _ in range(7)]),
    )
    yield (
        "Comments.csv",
        table(
            ["Date", "Link", "Message"], [[_day(dice, stamp), "l", _sentence(dice)] for _ in range(messages // 5 + 5)]
        ),
    )
    yield (
        "Reactions.csv",
        table(
            ["Date", "Type", "Link"],
            [[_day(dice, stamp), dice.choice(["LIKE", "PRAISE", "MAYBE"]), "l"] for _ in range(messages // 2 + 5)],
        ),
    )
    yield "Votes.csv", table(["Date", "Link", "OptionText"], [[_day(dice, stamp), "l", "Both"]])
    yield (
        "Company Follows.csv",
        table(["Organization", "Followed On"], [["Rijnbrug", _day(dice, "%a %b %d %H:%M:%S UTC %Y")]]),
    )
    yield (
        "Member_Follows.csv",
        'Notes:\n"Whom you follow"\n\n'
        + table(["Date", "Status", "FullName"], [[_day(dice, stamp), "Active", dice.choice(NAMES)]]),
    )
    yield "Saved_Items.csv", table(["savedItem", "CreatedTime"], [["urn:li:activity:9", _day(dice, stamp)]])
    yield "saved_articles.csv", table(["Saved At", "Link", "Name"], [[_day(dice, stamp), "l", "Rivets of the north"]])
    yield (
        "Rich_Media.csv",
        table(
            ["Date/Time", "Media Description", "Media Link"],
            [
                ["You uploaded a profile photo on April 12, 2026 at 8:03 AM (GMT)", "", "l"],
                ["You uploaded a feed photo on April 2, 2021 at 8:03 PM (GMT)", "A bridge", "l"],
            ],
        ),
    )
    yield (
        "Events.csv",
        table(["Event Name", "Event Time", "Status", "External Url"], [["Bridge day", "Sep 5, 2023", "ACCEPTED", ""]]),
    )
    yield (
        "SearchQueries.csv",
        table(
            ["Time", "Search Query"], [[_day(dice, "%Y/%m/%d %H:%M:%S UTC"), dice.choice(TRADES)] for _ in range(12)]
        ),
    )
    yield (
        "Learning.csv",
        "Content Title,Content Description,Content Type,Content Last Watched Date (if viewed),Content Completed At (if completed),Content Saved,Notes taken on videos (if taken),\nWriting reports,,COURSE,2024-05-06 07:08 UTC,N/A,false,N/A,\n",
    )
    yield (
        "Reviews.csv",
        table(
            "Reviewee,Review Type,Review Section,Creation Date,Rating,Review Text,Reviewer,Review Tags".split(","),
            [["A course", "", "", "2022-02-02 10:00:00", "5", "Clear", OWNER, ""]],
        ),
    )
    for title, written in (("Why bridges sing", "Created on 2021-03-04 10:11"), ("Été à Delft", "")):
        yield (
            f"Articles/Articles/{title}.html",
            f'<html><head><title>{title}</title></head><body><h1><a href="https://www.linkedin.com/pulse/x">{title}</a></h1><p class="created">{written}</p><div>They do &amp; we know why.</div></body></html>',
        )


def _advertising(dice: random.Random) -> Iterator[tuple[str, str]]:
    values = {
        "Member Age": "35-54",
        "Member Gender": "female",
        "Job Titles": "Inspector; Engineer",
        "Member Interests": "Steel; Rowing; Teaching",
        "Years of Experience": "12",
    }
    yield "Ad_Targeting.csv", table(AD_TARGETING, [[values.get(name, "") for name in AD_TARGETING]])
    yield (
        "Ads Clicked.csv",
        table(["Ad clicked Date", "Ad Title/Id"], [[_day(dice, "%Y/%m/%d %H:%M:%S UTC"), "123456"] for _ in range(4)]),
    )
    yield (
        "LAN Ads Engagement.csv",
        table(
            ["Action", "Date", "Ad Title/Id", "Page/App"],
            [["Click", _day(dice, "%Y/%m/%d %H:%M:%S UTC"), "77", "example.org"]],
        ),
    )
    yield (
        "Inferences_about_you.csv",
        table(
            ["Category", "Type of inference", "Description", "Inference"],
            [
                ["Demographics", "Seniority", "How senior we think you are", "Senior"],
                ["Interests", "Company size", "", "51-200"],
            ],
        ),
    )
    yield "Inferred credibility scores.csv", table(["Skill", "Score"], [["Rust", "0.71"]])


def _account(dice: random.Random) -> Iterator[tuple[str, str]]:
    yield (
        "Registration.csv",
        table(["Registered At", "Registration Ip", "Subscription Types"], [["9/17/11, 5:44 PM", "192.0.2.1", ""]]),
    )
    yield (
        "Email Addresses.csv",
        table(
            ["Email Address", "Confirmed", "Primary", "Updated On"],
            [["mira@example.org", "Yes", "Yes", "1/5/20, 1:02 PM"]],
        ),
    )
    yield "PhoneNumbers.csv", table(["Extension", "Number", "Type"], [["", "0612", "Mobile"]])
    yield "Whatsapp Phone Numbers.csv", table(["Number", "Extension", "Is_WhatsApp_Number"], [["0612", "", "true"]])
    yield (
        "Logins.csv",
        "Notes: login history\n"
        + table(
            ["Login Date", "IP Address", "User Agent", "Login Type"],
            [["Thu Feb 01 12:30:00 UTC 2024", "192.0.2.1", "Firefox", "NORMAL"]],
        ),
    )
    yield (
        "Security Challenges.csv",
        table(
            ["Challenge Date", "IP Address", "User Agent", "Country", "Challenge Type"],
            [["Thu Feb 01 12:30:00 UTC 2024", "192.0.2.1", "Firefox", "nl", "EMAIL"]],
        ),
    )
    yield "Account Status History.csv", table(["Time", "Event"], [["2011/09/17 17:44:00 UTC", "created"]])
    yield "Receipts.csv", table(["Transaction Made At", "Amount"], [["2019/02/03 10:00:00 UTC", "12"]])
    yield (
        "Receipts_v2.csv",
        table(
            "First Name,Last Name,Billing Country,Postal Code,Transaction Made At,Payment Method Type,Invoice Number,Description,Tax Amount,Sub Total,Total Amount,Currency Code".split(
                ","
            ),
            [["Mira", "Vermeer", "NL", "1011", "2/3/19, 4:05 PM", "CARD", "1", "Premium", "2", "10", "12", "EUR"]],
        ),
    )
    yield (
        "Private_identity_asset.csv",
        table(
            ["Private Identity Asset Name", "Private Identity Asset Raw Text"], [["cv.pdf", "Mira Vermeer, inspector"]]
        ),
    )
    yield (
        "Verifications/Verifications.csv",
        table(
            "First name,Middle name,Last name,Verification type,Organization name,Email address,Country,State,City,Year of birth,Issuing authority,Document type,Verification service provider,Verified date,Expiry date".split(
                ","
            ),
            [
                [
                    "Mira",
                    "",
                    "Vermeer",
                    "WORKPLACE",
                    "",
                    "",
                    "NL",
                    "",
                    "",
                    "1990",
                    "",
                    "",
                    "",
                    "2024-01-01 00:00:00 UTC",
                    "",
                ]
            ],
        ),
    )


def _jobs(dice: random.Random) -> Iterator[tuple[str, str]]:
    header = "Application Date,Contact Email,Contact Phone Number,Company Name,Job Title,Job Url,Resume Name,Question And Answers".split(
        ","
    )
    rows = [
        [
            "2/3/19, 4:05 PM",
            "mira@example.org",
            "0612",
            "Rijnbrug",
            "Inspector",
            "l",
            "cv.pdf",
            "Can you climb?:Yes | What salary do you expect?:4000",
        ]
    ]
    yield "Jobs/Job Applications.csv", table(header, rows)
    yield (
        "Jobs/Job Applications_1.csv",
        table(header, [["2/4/19, 4:05 PM", "", "", "Staal", "Welder", "l", "", "Why us?:Steel"]]),
    )
    yield (
        "Jobs/Saved Jobs.csv",
        table(["Saved Date", "Job Url", "Job Title", "Company Name"], [["2/3/19, 4:05 PM", "l", "Surveyor", "Kade"]]),
    )
    preferences = "Locations,Industries,Company Employee Count,Preferred Job Types,Job Titles,Open To Recruiters,Dream Companies,Profile Shared With Job Poster,Job Title For Searching Fast Growing Companies,Introduction Statement,Phone Number,Job Seeker Activity Level,Preferred Start Time Range,Commute Preference Starting Address,Commute Preference Starting Time,Mode Of Transportation,Maximum Commute Duration,Open Candidate Visibility,Job Seeking Urgency Level,Semantic Preferences".split(
        ","
    )
    yield (
        "Jobs/Job Seeker Preferences.csv",
        table(preferences, [["Utrecht", *[""] * 3, "Inspector", "Yes", "", "No", "", "I climb", "0612", *[""] * 9]]),
    )
    yield (
        "Jobs/Job Applicant Saved Answers.csv",
        table(["Question", "Answer"], [["Do you have a driving licence?", "Yes"]]),
    )
    yield (
        "Jobs/Job Applicant Saved Screening Question Responses.csv",
        table(["Question", "Answer"], [["What is your salary expectation?", "4000"], ["Years with steel?", "9"]]),
    )
    yield (
        "Jobs/Job Applicant Saved Screening Question Responses_1.csv",
        table(["Question", "Answer"], [["Wat is uw gewenste salaris?", "4000"]]),
    )
    yield (
        "SavedJobAlerts.csv",
        table(["ALERT_PARAMETERS", "QUERY_CONTEXT", "SAVED_SEARCH_ID"], [["bridge inspector, Utrecht", "", "5"]]),
    )
    yield (
        "Services Marketplace/Providers.csv",
        table(
            ["Creation Time", "Marketplace Type", "ProFinder Service Category", "Media"],
            [["2023-01-01 00:00:00 UTC", "SERVICE", "Inspection", ""]],
        ),
    )
    yield (
        "Services Marketplace/Engagements.csv",
        table(
            "Creation Time,Marketplace Type,Body,Currency Code,Currency Amount,Billing Time Unit,Free Consultation included".split(
                ","
            ),
            [["2023-01-02 00:00:00 UTC", "SERVICE", "I can come on Monday", "EUR", "90", "HOUR", "false"]],
        ),
    )
    yield (
        "Services Marketplace/Opprtunities.csv",
        table(
            "Creation Time,Marketplace Type,Service Category,Location,Questions and Answers,Preferred Providers,Status".split(
                ","
            ),
            [["2023-01-02 00:00:00 UTC", "SERVICE", "Inspection", "Utrecht", "When?:Monday", "", "OPEN"]],
        ),
    )


def _sentence(dice: random.Random) -> str:
    return f"{dice.choice(VERBS)} {dice.choice(TRADES)}: {dice.choice(ENDS)}."


def _name(dice: random.Random) -> list[str]:
    return dice.choice(NAMES).split()


def _day(dice: random.Random, form: str) -> str:
    instant = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(13 * 365 * 24 * 60))
    return instant.strftime(form)
