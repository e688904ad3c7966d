"""Which column of which file is which kind of data. A table to be checked line by line; no rule lives here.

    file | columns | category | what else is read from it

A record is a row of a file, as far as it has values in columns of one category: a row of `Profile` is a name,
a summary, a position and contact details. `?` after a category: the announcement does not name this kind of
data; it may be counted as that category or as none, and the report says so. `*`: every column no line names.

created     when the record was made                    about       a date in it that says nothing of its making
visibility  who could see it                            example     may be shown to its owner, cut
values      every `;`-separated value is a record       once        the same text in two files is one record
inferred    what the platform concludes or sells        original    a link to somebody else's post makes it a quote
salary      a question about pay is `salary`            photo       a profile picture is `profile.photo`
birth       the owner's birth date                      joined      when the account was made
owner       the owner's name

Names are compared without case, spaces and underscores. `FILES` says what holds for a whole file:
who wrote its records (`them`: the other person), who else is in them, who can see them where that is the
same for all, and other names of the file.
"""

from __future__ import annotations

from assent.vocabulary.identifiers import Category

PLATFORM = "LinkedIn"
"""Whose export this is; fills `<platform>` in a pack's menus."""

COLUMNS = """
Profile | First Name, Last Name | profile.name | example, owner
Profile | Maiden Name | profile.name | example
Profile | Headline | profile.position | example
Profile | Industry | profile.position |
Profile | Summary | profile.summary | example, once
Profile | Birth Date | credential | birth
Profile | Address, Zip Code, Instant Messengers | contact |
Profile | Geo Location, Twitter Handles, Websites | profile.other ? | example
Profile Summary | Profile Summary | profile.summary | example, once
Positions | Company Name, Title | profile.position | example
Positions | Description, Location | profile.position |
Positions | Started On, Finished On | profile.position | about
Education | School Name, Degree Name | profile.education | example
Education | Notes, Activities | profile.education |
Education | Start Date, End Date | profile.education | about
Skills | Name | profile.skill | example
Languages | Name | profile.other | example
Languages | Proficiency | profile.other |
Certifications | Name, Authority | profile.other | example
Certifications | Url, License Number | profile.other |
Certifications | Started On, Finished On | profile.other | about
Projects | Title | profile.other | example
Projects | Description, Url | profile.other |
Projects | Started On, Finished On | profile.other | about
Publications | Name | profile.publication | example
Publications | Description, Publisher, Url | profile.publication |
Publications | Published On | profile.publication | about
Patents | * | profile.patent | example
Honors | Title | profile.other | example
Honors | Description | profile.other |
Honors | Issued On | profile.other | about
Volunteering | Company Name, Role | profile.other | example
Volunteering | Cause, Description | profile.other |
Volunteering | Started On, Finished On | profile.other | about
TestScores | Name | profile.other | example
TestScores | Description, Score | profile.other |
TestScores | Tested On | profile.other | about
Courses | * | profile.other | example
Organizations | * | profile.other | example
Causes You Care About | * | profile.other ? | example
Hashtag_Follows | * | activity.feed | example

Connections | First Name, Last Name, URL, Email Address, Company, Position | contact |
Connections | Connected On | contact | about
ImportedContacts | Source, FirstName, MiddleName, LastName, FullName, Companies, Title, Emails | contact |
ImportedContacts | PhoneNumbers, Addresses, Sites, InstantMessageHandles, Location, Profiles, Birthday | contact |
ImportedContacts | CreatedAt, UpdatedAt, BookmarkedAt | contact | about
Invitations | From, To, Direction, inviterProfileUrl, inviteeProfileUrl | contact |
Invitations | Message | message.private |
Invitations | Sent At | contact | created
messages | CONVERSATION ID, CONVERSATION TITLE, FROM, SENDER PROFILE URL, TO | message.private |
messages | RECIPIENT PROFILE URLS, SUBJECT, CONTENT, FOLDER, ATTACHMENTS | message.private |
messages | IS MESSAGE DRAFT, IS CONVERSATION DRAFT | message.private |
messages | DATE | message.private | created
guide_messages | CONVERSATION ID, CONVERSATION TITLE, FROM, SENDER PROFILE URL, TO | message.private |
guide_messages | RECIPIENT PROFILE URLS, SUBJECT, CONTENT, FOLDER, ATTACHMENTS | message.private |
guide_messages | DATE | message.private | created
learning_coach_messages | CONVERSATION ID, CONVERSATION TITLE, FROM, SENDER PROFILE URL, TO | message.private |
learning_coach_messages | RECIPIENT PROFILE URLS, SUBJECT, CONTENT, FOLDER, ATTACHMENTS | message.private |
learning_coach_messages | DATE | message.private | created
learning_role_play_messages | CONVERSATION ID, CONVERSATION TITLE, FROM, SENDER PROFILE URL, TO | message.private |
learning_role_play_messages | RECIPIENT PROFILE URLS, SUBJECT, CONTENT, FOLDER, ATTACHMENTS | message.private |
learning_role_play_messages | DATE | message.private | created

Endorsement_Received_Info | Skill Name | endorsement | example
Endorsement_Received_Info | Endorser First Name, Endorser Last Name, Endorser Public Url | endorsement |
Endorsement_Received_Info | Endorsement Status | endorsement |
Endorsement_Received_Info | Endorsement Date | endorsement | created
Endorsement_Given_Info | Skill Name | endorsement | example
Endorsement_Given_Info | Endorsee First Name, Endorsee Last Name, Endorsee Public Url | endorsement |
Endorsement_Given_Info | Endorsement Status | endorsement |
Endorsement_Given_Info | Endorsement Date | endorsement | created
Recommendations_Received | First Name, Last Name, Company, Job Title, Text, Status | recommendation |
Recommendations_Received | Creation Date | recommendation | created
Recommendations_Given | Text | recommendation | example
Recommendations_Given | First Name, Last Name, Company, Job Title, Status | recommendation |
Recommendations_Given | Creation Date | recommendation | created

Shares | ShareCommentary | post | example
Shares | ShareLink, MediaUrl | post |
Shares | SharedUrl | post | original
Shares | Visibility | post | visibility
Shares | Date | post | created
InstantReposts | Link | repost |
InstantReposts | Date | repost | created
Comments | Message | comment | example
Comments | Link | comment |
Comments | Date | comment | created
Reactions | Type, Link | activity.feed |
Reactions | Date | activity.feed | created
Votes | OptionText | poll.response | example
Votes | Link | poll.response |
Votes | Date | poll.response | created
Company Follows | Organization | activity.feed | example
Company Follows | Followed On | activity.feed | created
Member_Follows | FullName, Status | activity.feed |
Member_Follows | Date | activity.feed | created
Events | Event Name | activity.feed ? | example
Events | Status, External Url | activity.feed ? |
Events | Event Time | activity.feed ? | about
Rich_Media | Media Description | post ? | example, photo
Rich_Media | Media Link | post ? | photo
Rich_Media | Date/Time | post ? | created, photo
Saved_Items | savedItem | activity.feed ? |
Saved_Items | CreatedTime | activity.feed ? | created
saved_articles | Name | activity.feed ? | example
saved_articles | Link | activity.feed ? |
saved_articles | Saved At | activity.feed ? | created
SearchQueries | Search Query | activity.feed ? | example
SearchQueries | Time | activity.feed ? | created
Learning | Content Title | activity.feed ? | example
Learning | Content Description, Content Type, Content Saved | activity.feed ? |
Learning | Notes taken on videos (if taken) | activity.feed ? |
Learning | Content Last Watched Date (if viewed) | activity.feed ? | created
Learning | Content Completed At (if completed) | activity.feed ? | about
Reviews | Review Text | activity.feed ? | example
Reviews | Reviewee, Review Type, Review Section, Rating, Reviewer, Review Tags | activity.feed ? |
Reviews | Creation Date | activity.feed ? | created

Ad_Targeting | * | activity.ads | values, inferred
Ads Clicked | Ad Title/Id | activity.ads |
Ads Clicked | Ad clicked Date | activity.ads | created
LAN Ads Engagement | Action, Ad Title/Id, Page/App | activity.ads |
LAN Ads Engagement | Date | activity.ads | created
Inferences_about_you | Category, Type of inference, Description, Inference | activity.ads | inferred
Inferred credibility scores | * | activity.ads | inferred

Registration | Registered At | credential | joined, about
Registration | Registration Ip, Subscription Types | credential |
Email Addresses | Email Address, Confirmed, Primary | credential |
Email Addresses | Updated On | credential | about
PhoneNumbers | Extension, Number, Type | credential |
Whatsapp Phone Numbers | Number, Extension, Is_WhatsApp_Number | credential |
Logins | IP Address, User Agent, Login Type | credential |
Logins | Login Date | credential | created
Security Challenges | IP Address, User Agent, Country, Challenge Type | credential |
Security Challenges | Challenge Date | credential | created
Account Status History | Event | credential |
Account Status History | Time | credential | created
Private_identity_asset | Private Identity Asset Name, Private Identity Asset Raw Text | credential |
Verifications | First name, Middle name, Last name, Verification type, Organization name | credential |
Verifications | Email address, Country, State, City, Year of birth, Issuing authority | credential |
Verifications | Document type, Verification service provider | credential |
Verifications | Verified date, Expiry date | credential | about
Receipts | * | payment |
Receipts_v2 | First Name, Last Name, Billing Country, Postal Code, Payment Method Type | payment |
Receipts_v2 | Invoice Number, Description, Tax Amount, Sub Total, Total Amount, Currency Code | payment |
Receipts_v2 | Transaction Made At | payment | created

Job Applications | Company Name, Job Title | job.application | example
Job Applications | Job Url | job.application |
Job Applications | Question And Answers | job.application | salary
Job Applications | Resume Name | resume | example
Job Applications | Contact Email, Contact Phone Number | contact |
Job Applications | Application Date | job.application | created
Job Applicant Saved Answers | Question, Answer | job.application | salary
Job Applicant Saved Screening Question Responses | Question, Answer | job.application | salary
Saved Jobs | Job Title, Company Name | activity.feed ? | example
Saved Jobs | Job Url | activity.feed ? |
Saved Jobs | Saved Date | activity.feed ? | created
SavedJobAlerts | ALERT_PARAMETERS | activity.feed ? | example
SavedJobAlerts | QUERY_CONTEXT, SAVED_SEARCH_ID | activity.feed ? |
Job Seeker Preferences | Job Titles, Introduction Statement | recruiter.interaction ? | example
Job Seeker Preferences | Locations, Industries, Company Employee Count, Preferred Job Types | recruiter.interaction ? |
Job Seeker Preferences | Open To Recruiters, Dream Companies, Profile Shared With Job Poster | recruiter.interaction ? |
Job Seeker Preferences | Job Title For Searching Fast Growing Companies | recruiter.interaction ? |
Job Seeker Preferences | Job Seeker Activity Level, Preferred Start Time Range | recruiter.interaction ? |
Job Seeker Preferences | Mode Of Transportation, Maximum Commute Duration | recruiter.interaction ? |
Job Seeker Preferences | Open Candidate Visibility, Job Seeking Urgency Level | recruiter.interaction ? |
Job Seeker Preferences | Semantic Preferences | recruiter.interaction ? |
Job Seeker Preferences | Phone Number, Commute Preference Starting Address | contact |
Job Seeker Preferences | Commute Preference Starting Time | contact |

Providers | * | profile.other ? | example
Providers | Creation Time | profile.other ? | created
Engagements | Body, Marketplace Type, Free Consultation included | message.private ? |
Engagements | Currency Code, Currency Amount, Billing Time Unit | payment |
Engagements | Creation Time | message.private ? | created
Opprtunities | Questions and Answers, Marketplace Type, Service Category, Location | message.private ? |
Opprtunities | Preferred Providers, Status | message.private ? |
Opprtunities | Creation Time | message.private ? | created
"""

FILES = """
Endorsement_Received_Info | written by them | with endorsed | |
Endorsement_Given_Info | | with endorsed | |
Recommendations_Received | written by them | with recommended | | Recommendations Received
Recommendations_Given | | with recommended | | Recommendations Given
Job Applications | | with recruiter | |
Job Applicant Saved Answers | | with recruiter | |
Job Applicant Saved Screening Question Responses | | with recruiter | |
Job Seeker Preferences | | with recruiter | |
InstantReposts | | | | quotes
messages | | with correspondent | private |
guide_messages | | | private |
learning_coach_messages | | | private | LearningCoachMessages
learning_role_play_messages | | | private |
Invitations | | with correspondent | private |
Connections | | with contact | private |
ImportedContacts | | with contact | private | Contacts
Member_Follows | | | |
SearchQueries | | | private |
Saved_Items | | | private |
saved_articles | | | private |
Learning | | | private |
Saved Jobs | | | private |
SavedJobAlerts | | | private |
Opprtunities | | | | Opportunities
TestScores | | | | Test Scores
"""

NOT_RECORDS = frozenset({"No conversations found"})
"""Lines some files hold instead of a header and rows."""

VISIBILITIES = {
    "PUBLIC": "public",
    "MEMBER_NETWORK": "public",
    "LOGGED_IN": "public",
    "CONNECTIONS": "connections",
    "CONTAINER": "group",
    "GROUP": "group",
    "PRIVATE": "private",
    "ONLY_ME": "private",
}
"""`MEMBER_NETWORK` is every member of the network: taken as public, the reading in which more is used."""

GROUP_ACTIVITY = Category("group.activity")
WRITTEN_IN_GROUPS = frozenset({Category("post")})
"""What counts as activity in a group when a group is who could see it; the announcement names that by itself."""

SALARY_WORDS = (
    "salary compensation remuneration wage ctc gehalt vergütung lohn salaire rémunération salario sueldo "
    "stipendio retribuzione salaris loon salário remuneração lön løn lønn palkka wynagrodzenie plat mzda"
).split()

PHOTO_WORDS = ("profile photo", "profile picture", "background photo", "profilfoto", "photo de profil", "profielfoto")
